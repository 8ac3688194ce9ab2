/** The newest `capacity` numbers, kept sorted: median and spread cost nothing, adding one costs a short shift. */
export class SortedWindow {
  readonly #arrival: Float64Array;
  readonly #sorted: Float64Array;
  #size = 0;
  #next = 0;

  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError('capacity must be a positive integer');
    this.#arrival = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  get median(): number | undefined {
    return this.#size === 0 ? undefined : this.#sorted[this.#size >> 1];
  }

  /** Largest minus smallest; 0 when empty. */
  get spread(): number {
    return this.#size === 0 ? 0 : (this.#sorted[this.#size - 1] ?? 0) - (this.#sorted[0] ?? 0);
  }

  /** The number that the given share (0 to 1) does not exceed; undefined when empty. */
  quantile(share: number): number | undefined {
    if (this.#size === 0) return undefined;
    return this.#sorted[Math.min(this.#size - 1, Math.floor(share * this.#size))];
  }

  /** Adds a number; the oldest falls out of a full window. NaN is not a number to keep. */
  push(value: number): void {
    if (Number.isNaN(value)) return;
    if (this.#size === this.#arrival.length) this.#remove(this.#arrival[this.#next] ?? 0);
    this.#arrival[this.#next] = value;
    this.#next = (this.#next + 1) % this.#arrival.length;
    const place = this.#lowerBound(value);
    this.#sorted.copyWithin(place + 1, place, this.#size);
    this.#sorted[place] = value;
    this.#size += 1;
  }

  clear(): void {
    this.#size = 0;
    this.#next = 0;
  }

  #remove(value: number): void {
    const place = this.#lowerBound(value);
    this.#sorted.copyWithin(place, place + 1, this.#size);
    this.#size -= 1;
  }

  /** First place whose number is not smaller. */
  #lowerBound(value: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
