import type { Clock } from './clock.ts';

/** Spreads actions over time: `burst` at once, then `perSecond`. First come, first served. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #perSecond: number;
  /** Below zero when later tokens are promised already. */
  #tokens: number;
  #refilledMillis: number;

  constructor(clock: Clock, limits: { burst: number; perSecond: number }) {
    this.#clock = clock;
    this.#burst = limits.burst;
    this.#perSecond = limits.perSecond;
    this.#tokens = limits.burst;
    this.#refilledMillis = clock.monotonicMillis();
  }

  /** Waits for the next free token; rejects when the signal is aborted. */
  async take(signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonicMillis();
    const gained = ((now - this.#refilledMillis) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained) - 1;
    this.#refilledMillis = now;
    if (this.#tokens < 0) await this.#clock.sleep((-this.#tokens / this.#perSecond) * 1000, signal);
  }
}
