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
  /** Made from the written status when it is first asked for; most statuses are never compared. */
  print: () => JitterPrint;
  /** When a difference was last found to be jitter: it is not looked at again for a while. */
  jitterSeenMillis: number;
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
    const now = this.#clock.monotonicMillis();
    const pace = paceOf(remembered?.written, current, now, this.#timings);
    // Only a write that would go out now is worth the comparison.
    const isDue = pace.when === 'After' && pace.why === 'Detail' && pace.millis === 0;
    if (remembered === undefined || !isDue || !this.#isJitter(remembered, current, now)) return pace;
    return paceOf(remembered.written, { ...current, hash: remembered.written.hash }, now, this.#timings);
  }

  /** @param startedMillis when the write began: later changes are not in it. */
  note(key: string, current: Current, startedMillis: number): void {
    const written = writtenNow(current, startedMillis, this.#timings, this.#random());
    this.#remembered.set(key, {
      written,
      print: lazily(() => jitterPrint(current.status)),
      jitterSeenMillis: Number.NEGATIVE_INFINITY,
    });
  }

  forget(key: string): void {
    this.#remembered.delete(key);
  }

  clear(): void {
    this.#remembered.clear();
  }

  /** Looks at most once per interval: news that is no change of verdict may wait that long anyway. */
  #isJitter(remembered: Remembered, current: Current, now: number): boolean {
    if (now - remembered.jitterSeenMillis < this.#timings.minIntervalMillis) return true;
    if (!isOnlyJitter(remembered.print(), jitterPrint(current.status))) return false;
    remembered.jitterSeenMillis = now;
    return true;
  }
}

/** Computes once; what it was computed from can then be let go. */
function lazily<T>(compute: () => T): () => T {
  let pending: (() => T) | undefined = compute;
  let value: T;
  return () => {
    if (pending !== undefined) {
      value = pending();
      pending = undefined;
    }
    return value;
  };
}
