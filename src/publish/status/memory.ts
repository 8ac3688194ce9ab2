import type { Clock } from '../../lib/clock.ts';
import { isOnlyJitter, jitterPrint, type JitterPrint } from '../../report/jitter.ts';
import { paceOf, writtenNow, type Pace, type Written, type WriteTimings } from './pace.ts';

/** One object's newest state, as the snapshot has it. */
export interface Current {
  hash: string;
  verdictHash: string;
  status: unknown;
}

interface Remembered {
  written: Written;
  print: JitterPrint;
  /** Newest hash known to differ from the written one by jitter only. */
  sameHash: string;
}

/** What was last written of each object, and so what is due. One entry per object; `forget` evicts. */
export class WriteMemory {
  readonly #clock: Clock;
  readonly #timings: WriteTimings;
  readonly #random: () => number;
  readonly #remembered = new Map<string, Remembered>();

  constructor(clock: Clock, timings: WriteTimings, random: () => number) {
    this.#clock = clock;
    this.#timings = timings;
    this.#random = random;
  }

  pace(key: string, current: Current): Pace {
    const remembered = this.#remembered.get(key);
    const hash = remembered === undefined ? current.hash : hashWithoutJitter(remembered, current);
    return paceOf(remembered?.written, { ...current, hash }, this.#clock.monotonicMillis(), this.#timings);
  }

  /** @param startedMillis when the write began: later changes are not in it. */
  note(key: string, current: Current, startedMillis: number): void {
    const written = writtenNow(current, startedMillis, this.#timings, this.#random());
    this.#remembered.set(key, { written, print: jitterPrint(current.status), sameHash: current.hash });
  }

  forget(key: string): void {
    this.#remembered.delete(key);
  }

  clear(): void {
    this.#remembered.clear();
  }
}

/** The written hash when the present one differs from it by jitter only. */
function hashWithoutJitter(remembered: Remembered, current: Current): string {
  if (current.hash === remembered.sameHash) return remembered.written.hash;
  if (!isOnlyJitter(remembered.print, jitterPrint(current.status))) return current.hash;
  remembered.sameHash = current.hash;
  return remembered.written.hash;
}
