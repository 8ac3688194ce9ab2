import type { Clock } from '../../lib/clock.ts';
import { abortable } from '../deadline.ts';

export interface OpenGateLimits {
  maxInFlight: number;
  perSecond: number;
}

/**
 * Lets streams be opened at a bounded pace: after a restart of the API server thousands of followers come
 * back at the same moment, and log requests are exempt from the server's own Priority and Fairness.
 * Waiters are served in order; their number is bounded by the number of callers.
 */
export class OpenGate {
  readonly #clock: Clock;
  readonly #limits: OpenGateLimits;
  #inFlight = 0;
  #nextOpenMillis = Number.NEGATIVE_INFINITY;
  readonly #waiters: (() => void)[] = [];

  constructor(clock: Clock, limits: OpenGateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiters.length;
  }

  async run<T>(signal: AbortSignal, open: () => Promise<T>): Promise<T> {
    await this.#enter(signal);
    try {
      await this.#pace(signal);
      return await open();
    } finally {
      this.#leave();
    }
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (this.#inFlight < this.#limits.maxInFlight) {
      this.#inFlight += 1;
      return;
    }
    let wake = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#waiters.push(wake);
    try {
      await abortable(turn, signal);
    } catch (error) {
      const position = this.#waiters.indexOf(wake);
      if (position >= 0) this.#waiters.splice(position, 1);
      // The turn came in the same moment as the abort: hand it on.
      else this.#leave();
      throw error;
    }
  }

  #leave(): void {
    const next = this.#waiters.shift();
    // A turn is handed over, not given back, so that newcomers cannot overtake.
    if (next === undefined) this.#inFlight -= 1;
    else next();
  }

  /** One second's worth may go at once, then one every 1/perSecond. */
  async #pace(signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonicMillis();
    const gap = 1000 / this.#limits.perSecond;
    this.#nextOpenMillis = Math.max(this.#nextOpenMillis, now - 1000) + gap;
    if (this.#nextOpenMillis > now)
      await abortable(this.#clock.sleep(this.#nextOpenMillis - now, signal), signal);
  }
}
