import type { Clock } from '../../lib/clock.ts';
import { paceOf, writtenNow, type Pace, type Written, type WriteTimings } from './pace.ts';

/** One object's newest state, as the snapshot has it. */
export interface Current {
  /** Equal hash, no news: jitter is not in it (see report/canonical.ts). */
  hash: string;
  verdictHash: string;
}

/** What was last written of each object, and so what is due. One entry per object; `forget` evicts. */
export class WriteMemory {
  readonly #clock: Clock;
  readonly #timings: WriteTimings;
  readonly #random: () => number;
  readonly #written = new Map<string, Written>();

  constructor(clock: Clock, timings: WriteTimings, random: () => number) {
    this.#clock = clock;
    this.#timings = timings;
    this.#random = random;
  }

  pace(key: string, current: Current): Pace {
    return paceOf(this.#written.get(key), current, this.#clock.monotonicMillis(), this.#timings);
  }

  /** @param startedMillis when the write began: later changes are not in it. */
  note(key: string, current: Current, startedMillis: number): void {
    this.#written.set(key, writtenNow(current, startedMillis, this.#timings, this.#random()));
  }

  forget(key: string): void {
    this.#written.delete(key);
  }

  clear(): void {
    this.#written.clear();
  }
}
