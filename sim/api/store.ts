import type { Change, ChangeType } from './event-history.ts';
import { EventHistory } from './event-history.ts';
import type { KubeObject } from './object.ts';
import { keyOf, objectKey } from './object.ts';

export type ChangeListener = (change: Change) => void;

interface Table {
  readonly objects: Map<string, KubeObject>;
  readonly history: EventHistory;
  readonly listeners: Set<ChangeListener>;
}

/**
 * All objects, keyed by storage ("group/plural") and "namespace/name", with one revision
 * counter for the whole cluster. Objects are immutable: a write replaces them.
 */
export class ObjectStore {
  readonly #tables = new Map<string, Table>();
  readonly #observers = new Set<(storage: string, change: Change) => void>();
  readonly #historyLimit: number;
  #revision = 1;

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  get revision(): number {
    return this.#revision;
  }

  get(storage: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#tables.get(storage)?.objects.get(objectKey(namespace, name));
  }

  /** Objects sorted by namespace and name. */
  list(storage: string, namespace?: string): KubeObject[] {
    const objects = [...(this.#tables.get(storage)?.objects.values() ?? [])];
    const chosen =
      namespace === undefined ? objects : objects.filter((o) => o.metadata.namespace === namespace);
    return chosen.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  /** Stores a new or changed object under the next revision and tells the watchers. */
  put(storage: string, object: KubeObject): KubeObject {
    const table = this.#table(storage);
    const previous = table.objects.get(keyOf(object));
    const stored = this.#stamp(object);
    table.objects.set(keyOf(stored), stored);
    this.#announce(storage, previous === undefined ? 'ADDED' : 'MODIFIED', stored, previous);
    return stored;
  }

  remove(storage: string, object: KubeObject): KubeObject | undefined {
    const table = this.#table(storage);
    const previous = table.objects.get(keyOf(object));
    if (previous === undefined) return undefined;
    table.objects.delete(keyOf(object));
    const last = this.#stamp(previous);
    this.#announce(storage, 'DELETED', last, previous);
    return last;
  }

  changesSince(storage: string, revision: number): Change[] {
    return this.#table(storage).history.since(revision);
  }

  /** Calls the listener for every later change. Returns the function that ends it. */
  subscribe(storage: string, listener: ChangeListener): () => void {
    const { listeners } = this.#table(storage);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Sees the changes of all resources: for the parts that act as controllers. */
  observe(observer: (storage: string, change: Change) => void): () => void {
    this.#observers.add(observer);
    return () => {
      this.#observers.delete(observer);
    };
  }

  /** Every object of every resource. */
  *everything(): IterableIterator<{ storage: string; object: KubeObject }> {
    for (const [storage, table] of this.#tables) {
      for (const object of table.objects.values()) yield { storage, object };
    }
  }

  /** Forgets all past changes, of one resource or of all: later watches from before get 410. */
  expireHistory(storage?: string): void {
    // One more revision, so that also a client that saw the newest change is too old.
    this.#revision += 1;
    for (const [key, table] of this.#tables) {
      if (storage === undefined || storage === key) table.history.expire(this.#revision);
    }
  }

  #stamp(object: KubeObject): KubeObject {
    this.#revision += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #announce(storage: string, type: ChangeType, object: KubeObject, previous: KubeObject | undefined): void {
    const change: Change = { type, revision: this.#revision, object, previous };
    const table = this.#table(storage);
    table.history.add(change);
    for (const listener of [...table.listeners]) listener(change);
    for (const observer of [...this.#observers]) observer(storage, change);
  }

  #table(storage: string): Table {
    let table = this.#tables.get(storage);
    if (table === undefined) {
      table = { objects: new Map(), history: new EventHistory(this.#historyLimit), listeners: new Set() };
      this.#tables.set(storage, table);
    }
    return table;
  }
}
