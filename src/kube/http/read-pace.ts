import type { Clock } from '../../lib/clock.ts';

/**
 * One pause for many streams: what arrives meanwhile is read in one piece. A kubelet sends a log line by
 * line, and for thousands of lines a second the reading of single pieces costs more than the lines.
 */
export class ReadPace {
  readonly #clock: Clock;
  readonly #pauseMillis: number;
  #pause: Promise<void> | undefined;

  constructor(clock: Clock, pauseMillis: number) {
    this.#clock = clock;
    this.#pauseMillis = pauseMillis;
  }

  /** Until the end of the running pause, which all streams share; starts one when none is running. */
  wait(): Promise<void> {
    this.#pause ??= this.#clock.sleep(this.#pauseMillis).then(() => {
      this.#pause = undefined;
    });
    return this.#pause;
  }
}
