/** One kept object. `uid` tells namesakes apart; `resourceVersion` tells whether anything changed. */
export interface StoredObject<T> {
  key: string;
  uid: string;
  resourceVersion: string;
  object: T;
}

export type StoreChange<T> =
  | { type: 'Added'; key: string; object: T }
  | { type: 'Updated'; key: string; object: T; old: T }
  /** `object` is the last known state. */
  | { type: 'Deleted'; key: string; object: T };

export interface StoreView<T> {
  readonly size: number;
  get(key: string): T | undefined;
  keys(): IterableIterator<string>;
  values(): IterableIterator<T>;
}

/**
 * The last known state of a set of objects. Every call says what it changed, so that what readers are told
 * and what they find here can never differ. Bounded: beyond `maxObjects` new objects are refused and counted.
 */
export class Store<T> implements StoreView<T> {
  readonly maxObjects: number;
  readonly #objects = new Map<string, StoredObject<T>>();
  #refused = 0;

  constructor(maxObjects: number) {
    this.maxObjects = maxObjects;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Objects not kept because the store was full, counted once per attempt. */
  get refused(): number {
    return this.#refused;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)?.object;
  }

  stored(key: string): StoredObject<T> | undefined {
    return this.#objects.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  *values(): IterableIterator<T> {
    for (const stored of this.#objects.values()) yield stored.object;
  }

  /** A namesake with another uid is another object: the old one is deleted, the new one added. */
  put(next: StoredObject<T>): StoreChange<T>[] {
    const { key, object } = next;
    const current = this.#objects.get(key);
    if (current === undefined && this.#objects.size >= this.maxObjects) {
      this.#refused += 1;
      return [];
    }
    this.#objects.set(key, next);
    if (current === undefined) return [{ type: 'Added', key, object }];
    if (current.uid !== next.uid) {
      return [
        { type: 'Deleted', key, object: current.object },
        { type: 'Added', key, object },
      ];
    }
    if (current.resourceVersion === next.resourceVersion) {
      // Readers hold the first copy; keeping it lets them compare by identity.
      this.#objects.set(key, current);
      return [];
    }
    return [{ type: 'Updated', key, object, old: current.object }];
  }

  remove(key: string): StoreChange<T>[] {
    const current = this.#objects.get(key);
    if (current === undefined) return [];
    this.#objects.delete(key);
    return [{ type: 'Deleted', key, object: current.object }];
  }

  /** Makes the store hold exactly these objects. Deletions come first, so that a full store has room again. */
  replace(next: ReadonlyMap<string, StoredObject<T>>): StoreChange<T>[] {
    const changes: StoreChange<T>[] = [];
    for (const key of [...this.#objects.keys()]) if (!next.has(key)) changes.push(...this.remove(key));
    for (const stored of next.values()) changes.push(...this.put(stored));
    return changes;
  }
}
