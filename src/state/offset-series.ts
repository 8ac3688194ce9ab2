import type { Micros } from '../ptp/time.ts';

/** Seconds of the G.8273.2 measurement interval. */
export const SERIES_SECONDS = 1_000;
const GAP_MICROS = 2_500_000;

/** One mean offset per second over the measurement interval, without a gap: what wander is computed from. */
export class OffsetSeries {
  #values: Float32Array | undefined;
  #size = 0;
  #next = 0;
  #lastMicros: Micros = 0;
  /** Seconds ever added: tells whether there is anything new. */
  total = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds one second's mean; a gap begins a new series. */
  push(atMicros: Micros, meanNanoseconds: number): void {
    this.#values ??= new Float32Array(SERIES_SECONDS);
    if (atMicros - this.#lastMicros > GAP_MICROS || atMicros < this.#lastMicros) this.clear();
    this.#lastMicros = atMicros;
    this.total += 1;
    this.#values[this.#next] = meanNanoseconds;
    this.#next = (this.#next + 1) % SERIES_SECONDS;
    this.#size = Math.min(this.#size + 1, SERIES_SECONDS);
  }

  clear(): void {
    this.#size = 0;
    this.#next = 0;
  }

  /** Oldest first. */
  toArray(): Float64Array {
    const list = new Float64Array(this.#size);
    const start = this.#size < SERIES_SECONDS ? 0 : this.#next;
    for (let index = 0; index < this.#size; index++) {
      list[index] = this.#values?.[(start + index) % SERIES_SECONDS] ?? 0;
    }
    return list;
  }
}
