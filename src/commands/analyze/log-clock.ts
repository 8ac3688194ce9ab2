import type { Micros } from '../../ptp/time.ts';

/** Nodes look at their own state at every fact; this is for those that say nothing meanwhile. */
const STEP_MICROS = 10_000_000;
/** Lines of several processes come a little out of order; time that goes back further was set back. */
export const SET_BACK_MICROS = 10_000_000;

/**
 * The `now` of logs that are read after the fact: it follows the observations. Faults that print nothing
 * are judged from absence, so it stops on the way; in a long silence at growing steps, because what
 * absence tells, it tells in the first minutes.
 */
export class LogClock {
  #nowMicros: Micros | undefined;
  #nextMicros = 0;
  readonly #evaluate: (now: Micros) => void;

  constructor(evaluate: (now: Micros) => void) {
    this.#evaluate = evaluate;
  }

  get nowMicros(): Micros | undefined {
    return this.#nowMicros;
  }

  /** Moves to the time of the next observation. */
  moveTo(atMicros: Micros): void {
    const now = this.#nowMicros;
    if (now === undefined || atMicros < now - SET_BACK_MICROS) {
      this.#nowMicros = atMicros;
      this.#nextMicros = atMicros + STEP_MICROS;
      return;
    }
    if (atMicros <= now) return;
    for (let step = STEP_MICROS; this.#nextMicros <= atMicros; step = Math.ceil(step * 1.5)) {
      this.#evaluate(this.#nextMicros);
      this.#nextMicros += step;
    }
    this.#nowMicros = atMicros;
  }
}
