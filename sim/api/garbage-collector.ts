import type { KubeObject } from './object.ts';
import { finalizersOf, metaTime, ownersOf } from './object.ts';
import type { ObjectStore } from './store.ts';

/**
 * What the garbage collector and namespace controller do: an object goes when its last
 * owner is gone, everything in a namespace goes with the namespace.
 */
export function startGarbageCollector(store: ObjectStore): () => void {
  let scheduled = false;
  const sweepSoon = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      sweep(store);
    });
  };
  return store.observe((storage, change) => {
    const endsNamespace = storage === '/namespaces' && change.type === 'DELETED';
    const hasOwners = change.type === 'ADDED' && ownersOf(change.object).length > 0;
    if (change.type === 'DELETED' || endsNamespace || hasOwners) sweepSoon();
  });
}

function sweep(store: ObjectStore): void {
  const uids = new Set<string>();
  const namespaces = new Set<string>();
  for (const { storage, object } of store.everything()) {
    if (object.metadata.uid !== undefined) uids.add(object.metadata.uid);
    if (storage === '/namespaces') namespaces.add(object.metadata.name);
  }
  const orphans = [...store.everything()].filter(({ object }) => isOrphan(object, uids, namespaces));
  for (const { storage, object } of orphans) removeOrMark(store, storage, object);
}

function isOrphan(object: KubeObject, uids: ReadonlySet<string>, namespaces: ReadonlySet<string>): boolean {
  const { namespace } = object.metadata;
  if (namespace !== undefined && !namespaces.has(namespace)) return true;
  const owners = ownersOf(object);
  return owners.length > 0 && owners.every((owner) => !uids.has(owner.uid));
}

function removeOrMark(store: ObjectStore, storage: string, object: KubeObject): void {
  if (finalizersOf(object).length === 0) {
    store.remove(storage, object);
  } else if (object.metadata.deletionTimestamp === undefined) {
    store.put(storage, { ...object, metadata: { ...object.metadata, deletionTimestamp: metaTime() } });
  }
}
