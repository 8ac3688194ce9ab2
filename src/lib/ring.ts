/** A list of the newest `capacity` items; the oldest falls out. */
export class Ring<T> {
  readonly capacity: number;
  #items: T[] = [];
  #start = 0;

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError('capacity must be a positive integer');
    this.capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    if (this.#items.length < this.capacity) {
      this.#items.push(item);
      return;
    }
    this.#items[this.#start] = item;
    this.#start = (this.#start + 1) % this.capacity;
  }

  newest(): T | undefined {
    return this.at(this.size - 1);
  }

  oldest(): T | undefined {
    return this.at(0);
  }

  /** Item by age: 0 is the oldest. */
  at(index: number): T | undefined {
    if (index < 0 || index >= this.#items.length) return undefined;
    return this.#items[(this.#start + index) % this.#items.length];
  }

  /** Oldest first. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#items.length; index++) yield this.at(index) as T;
  }

  clear(): void {
    this.#items = [];
    this.#start = 0;
  }
}
