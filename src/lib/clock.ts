import { setTimeout as sleepFor } from 'node:timers/promises';
import { MICROS_PER_MILLISECOND, type Micros } from '../ptp/time.ts';

/**
 * The one source of time outside the pure core. PTP nodes step their wall clock, so every
 * interval, deadline and back-off uses `monotonicMillis`; `wallMicros` is only for stamps.
 */
export interface Clock {
  wallMicros(): Micros;
  monotonicMillis(): number;
  /** Resolves after the time or rejects with the signal's reason when aborted. */
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  wallMicros: () => Date.now() * MICROS_PER_MILLISECOND,
  monotonicMillis: () => performance.now(),
  sleep: (millis, signal) => sleepFor(millis, undefined, signal === undefined ? {} : { signal }),
};

/** A clock that stands still until a test moves it. Sleepers wake in the order of their deadlines. */
export class ManualClock implements Clock {
  #wallMicros: Micros;
  #monotonicMillis = 0;
  readonly #sleepers: { due: number; wake: () => void }[] = [];

  constructor(wallMicros: Micros = 1_800_000_000_000_000) {
    this.#wallMicros = wallMicros;
  }

  wallMicros(): Micros {
    return this.#wallMicros;
  }

  monotonicMillis(): number {
    return this.#monotonicMillis;
  }

  sleep(millis: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      this.#sleepers.push({ due: this.#monotonicMillis + millis, wake: resolve });
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  /** Moves both clocks on and lets everything that was due run. */
  async advance(millis: number): Promise<void> {
    const target = this.#monotonicMillis + millis;
    for (;;) {
      this.#sleepers.sort((a, b) => a.due - b.due);
      const next = this.#sleepers[0];
      if (next === undefined || next.due > target) break;
      this.#sleepers.shift();
      this.#moveTo(next.due);
      next.wake();
      await new Promise(setImmediate);
    }
    this.#moveTo(target);
    await new Promise(setImmediate);
  }

  /** Steps the wall clock only, as PTP does to a node. */
  stepWall(micros: Micros): void {
    this.#wallMicros += micros;
  }

  #moveTo(monotonicMillis: number): void {
    this.#wallMicros += Math.round((monotonicMillis - this.#monotonicMillis) * 1000);
    this.#monotonicMillis = monotonicMillis;
  }
}
