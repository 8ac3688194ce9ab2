import type { KubeObject } from './object.ts';
import { expired } from './api-error.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One write, as watchers get it. `previous` tells selectors whether the object was visible before. */
export interface Change {
  readonly type: ChangeType;
  readonly revision: number;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/** The newest changes of one resource. Older ones are gone, as after a compaction. */
export class EventHistory {
  readonly #capacity: number;
  readonly #changes: Change[] = [];
  /** Every change up to this revision has been dropped. */
  #floor = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(change: Change): void {
    this.#changes.push(change);
    // Dropping in blocks keeps the array shift off the path of a single write.
    if (this.#changes.length >= this.#capacity * 2) {
      const dropped = this.#changes.splice(0, this.#changes.length - this.#capacity);
      this.#floor = dropped.at(-1)?.revision ?? this.#floor;
    }
  }

  /** Changes after a revision. @throws ApiError 410 when some of them have been dropped. */
  since(revision: number): Change[] {
    if (revision < this.#floor) {
      throw expired(`too old resource version: ${revision} (${this.#floor})`);
    }
    return this.#changes.filter((change) => change.revision > revision);
  }

  /** Drops everything: a watch from any revision before `revision` gets 410. */
  expire(revision: number): void {
    this.#changes.length = 0;
    this.#floor = revision;
  }
}
