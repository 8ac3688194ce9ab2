import type { Clock } from '../lib/clock.ts';
import { abortable, abortedError } from './deadline.ts';
import { isRetriable, KubeError } from './errors.ts';

export interface BackoffOptions {
  baseMillis: number;
  maxMillis: number;
  /** After so long without a failure the next one starts from the base again. */
  resetAfterMillis: number;
}

/** Exponential back-off with full jitter: each delay is random between 0 and a ceiling that doubles. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  #lastFailureMillis = Number.NEGATIVE_INFINITY;

  constructor(options: BackoffOptions, clock: Clock, random: () => number = Math.random) {
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
  }

  nextMillis(): number {
    const now = this.#clock.monotonicMillis();
    if (now - this.#lastFailureMillis > this.#options.resetAfterMillis) this.#failures = 0;
    this.#lastFailureMillis = now;
    // Beyond 2^30 the ceiling is long reached; the bound keeps the power finite.
    const ceiling = Math.min(
      this.#options.maxMillis,
      this.#options.baseMillis * 2 ** Math.min(this.#failures, 30),
    );
    this.#failures += 1;
    return ceiling * this.#random();
  }

  reset(): void {
    this.#failures = 0;
  }
}

/** The time ± a share of it, so that many clients do not act in step. */
export function jittered(millis: number, share: number, random: () => number): number {
  return millis * (1 - share + 2 * share * random());
}

export interface RetryBudgetOptions {
  /** Retries that may be made at once. */
  burst: number;
  /** Retries regained per second. */
  perSecond: number;
}

/**
 * One token bucket for the retries of all calls: when the API server is in trouble, the program as a whole
 * must not multiply its load by the number of attempts.
 */
export class RetryBudget {
  readonly #options: RetryBudgetOptions;
  readonly #clock: Clock;
  #tokens: number;
  #refilledMillis: number;

  constructor(clock: Clock, options: RetryBudgetOptions = { burst: 20, perSecond: 2 }) {
    this.#options = options;
    this.#clock = clock;
    this.#tokens = options.burst;
    this.#refilledMillis = clock.monotonicMillis();
  }

  tryTake(): boolean {
    const now = this.#clock.monotonicMillis();
    const gained = ((now - this.#refilledMillis) / 1000) * this.#options.perSecond;
    this.#tokens = Math.min(this.#options.burst, this.#tokens + gained);
    this.#refilledMillis = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

export interface RetryPolicy {
  clock: Clock;
  budget: RetryBudget;
  random?: (() => number) | undefined;
  /** First attempt included. */
  maxAttempts?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Which errors are worth another attempt; `isRetriable` by default. */
  retriable?: ((error: unknown) => boolean) | undefined;
}

const DEFAULT_MAX_ATTEMPTS = 5;
const RETRY_BACKOFF: BackoffOptions = { baseMillis: 200, maxMillis: 10_000, resetAfterMillis: 120_000 };
/** A longer Retry-After is not waited for here: the caller's own loop does better with the error. */
const MAX_RETRY_AFTER_SECONDS = 30;

/** Runs a call until it succeeds, fails for good, or attempts or budget are used up; then throws the last error. */
export async function withRetry<T>(policy: RetryPolicy, call: (attempt: number) => Promise<T>): Promise<T> {
  const { clock, budget, signal } = policy;
  const backoff = new Backoff(RETRY_BACKOFF, clock, policy.random);
  const maxAttempts = policy.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
  const retriable = policy.retriable ?? isRetriable;
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted === true) throw abortedError(signal);
    try {
      return await call(attempt);
    } catch (error) {
      const wait = waitMillis(error, backoff);
      if (attempt >= maxAttempts || wait === undefined || !retriable(error) || !budget.tryTake()) throw error;
      await abortable(clock.sleep(wait, signal), signal);
    }
  }
}

/** How long the server or the back-off wants us to wait; undefined when the server wants too long a wait. */
function waitMillis(error: unknown, backoff: Backoff): number | undefined {
  const seconds = error instanceof KubeError ? error.retryAfterSeconds : undefined;
  if (seconds === undefined) return backoff.nextMillis();
  // The jitter goes on top: all who were told the same second must not come back in it together.
  return seconds > MAX_RETRY_AFTER_SECONDS ? undefined : seconds * 1000 + backoff.nextMillis();
}
