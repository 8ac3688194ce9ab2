import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { FleetSnapshot } from '../../report/snapshot.ts';

export interface EvaluationLoopOptions {
  engine: Engine;
  clock: Clock;
  log: Logger;
  /** Takes in what arrived since the last turn; false = too early to judge. */
  prepare: () => boolean;
  /** Hands the new snapshot to every output. */
  publish: (snapshot: FleetSnapshot) => void;
}

/** Facts that arrive together are judged together. */
const COALESCE_MILLIS = 20;
/** Absence and age are findings too, so nodes are judged without news as well. */
const TICK_MILLIS = 2_000;
/** Judging may take half of the time at most: reading must go on. */
const REST_FACTOR = 1;

/** Turns facts into snapshots: soon after news, otherwise at every tick. */
export class EvaluationLoop {
  readonly #options: EvaluationLoopOptions;
  #wake: () => void = () => undefined;
  #woken = false;
  #lastTurnMillis: number;
  #lastDurationMillis = 0;
  #count = 0;
  #secondsTotal = 0;
  #lastMicros = 0;

  constructor(options: EvaluationLoopOptions) {
    this.#options = options;
    this.#lastTurnMillis = options.clock.monotonicMillis();
  }

  get stats(): { count: number; secondsTotal: number; lastMicros: number } {
    return { count: this.#count, secondsTotal: this.#secondsTotal, lastMicros: this.#lastMicros };
  }

  get sinceProgressMillis(): number {
    return this.#options.clock.monotonicMillis() - this.#lastTurnMillis;
  }

  /** There is news that should not wait for the tick. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#untilWokenOr(TICK_MILLIS, signal);
      const restMillis = Math.max(COALESCE_MILLIS, REST_FACTOR * this.#lastDurationMillis);
      await this.#options.clock.sleep(restMillis, signal).catch(() => undefined);
      if (signal.aborted) return;
      this.#turn();
    }
  }

  async #untilWokenOr(millis: number, signal: AbortSignal): Promise<void> {
    if (this.#woken) return;
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const slept = this.#options.clock
      .sleep(millis, AbortSignal.any([signal, timer.signal]))
      .catch(() => undefined);
    await Promise.race([woken, slept]);
    timer.abort();
  }

  #turn(): void {
    const { clock, engine, prepare, publish, log } = this.#options;
    this.#woken = false;
    const started = clock.monotonicMillis();
    this.#lastTurnMillis = started;
    try {
      if (!prepare()) return;
      const snapshot = engine.evaluate(clock.wallMicros());
      this.#count += 1;
      this.#lastMicros = snapshot.takenMicros;
      publish(snapshot);
    } catch (error) {
      // A mistake of ours must not stop the watch over the fleet; the next turn tries again.
      log.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        'evaluation failed',
      );
    } finally {
      this.#lastDurationMillis = clock.monotonicMillis() - started;
      this.#secondsTotal += this.#lastDurationMillis / 1000;
    }
  }
}
