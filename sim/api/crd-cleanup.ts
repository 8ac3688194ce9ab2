import { CRD_STORAGE, storageOf } from './crd.ts';
import type { ObjectStore } from './store.ts';
import type { WatchHub } from './watcher.ts';

/**
 * What the API server does when a CustomResourceDefinition goes: its objects go with it, then the
 * watches of its resource end. Unlike the real one it does not wait for the objects' finalizers.
 */
export function startCrdCleanup(store: ObjectStore, watches: WatchHub): () => void {
  return store.observe((storage, { type, object }) => {
    if (storage !== CRD_STORAGE || type !== 'DELETED') return;
    const custom = storageOf(object);
    for (const left of store.list(custom)) store.remove(custom, left);
    watches.end(custom);
  });
}
