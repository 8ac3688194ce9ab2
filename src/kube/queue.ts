import { type Clock, systemClock } from '../lib/clock.ts';
import { abortable } from './deadline.ts';

export interface KeyedQueueOptions {
  clock?: Clock;
  random?: () => number;
  /** Keys waiting, delayed and in work together; further new keys are refused and counted. */
  maxKeys?: number;
  /** Delay after the first failure of a key; doubles with each further one. */
  backoffBaseMillis?: number;
  backoffMaxMillis?: number;
}

export interface QueueStats {
  ready: number;
  delayed: number;
  processing: number;
  /** Keys whose last attempt failed. */
  failing: number;
  refused: number;
  /** Age of the key that has been ready longest. */
  oldestReadyMillis: number;
}

export type KeyHandler = (key: string, signal: AbortSignal) => Promise<void>;

const DEFAULT_MAX_KEYS = 20_000;
const DEFAULT_BACKOFF_BASE_MILLIS = 500;
const DEFAULT_BACKOFF_MAX_MILLIS = 5 * 60_000;

/**
 * Work by key, not by event: a key that is added many times is worked on once; a key is never worked on
 * twice at the same time; a key added while in work is worked on again afterwards. A handler looks at the
 * present state, so nothing is lost by merging. A key whose handler fails comes back with growing delay.
 */
export class KeyedQueue {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #maxKeys: number;
  readonly #backoffBaseMillis: number;
  readonly #backoffMaxMillis: number;
  /** Key → when it became ready; in the order of becoming ready. */
  readonly #ready = new Map<string, number>();
  /** Key → when it will be ready. */
  readonly #delayed = new Map<string, number>();
  readonly #processing = new Set<string>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #idleWorkers: (() => void)[] = [];
  #alarm: { dueMillis: number; controller: AbortController } | undefined;
  #refused = 0;

  constructor(options: KeyedQueueOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#maxKeys = options.maxKeys ?? DEFAULT_MAX_KEYS;
    this.#backoffBaseMillis = options.backoffBaseMillis ?? DEFAULT_BACKOFF_BASE_MILLIS;
    this.#backoffMaxMillis = options.backoffMaxMillis ?? DEFAULT_BACKOFF_MAX_MILLIS;
  }

  get stats(): QueueStats {
    const oldest = this.#ready.values().next().value;
    return {
      ready: this.#ready.size,
      delayed: this.#delayed.size,
      processing: this.#processing.size,
      failing: this.#failures.size,
      refused: this.#refused,
      oldestReadyMillis: oldest === undefined ? 0 : this.#clock.monotonicMillis() - oldest,
    };
  }

  /** False when the queue is full and the key was not taken. */
  add(key: string): boolean {
    if (this.#processing.has(key)) {
      this.#again.add(key);
      return true;
    }
    if (!this.#hasRoomFor(key)) return false;
    this.#delayed.delete(key);
    if (!this.#ready.has(key)) this.#ready.set(key, this.#clock.monotonicMillis());
    this.#idleWorkers.shift()?.();
    return true;
  }

  /** Adds the key later; an earlier time already set, or the key being ready, wins. */
  addAfter(key: string, millis: number): boolean {
    if (millis <= 0) return this.add(key);
    if (this.#ready.has(key)) return true;
    if (!this.#hasRoomFor(key)) return false;
    const dueMillis = this.#clock.monotonicMillis() + millis;
    if ((this.#delayed.get(key) ?? Number.POSITIVE_INFINITY) <= dueMillis) return true;
    this.#delayed.set(key, dueMillis);
    this.#setAlarm(dueMillis);
    return true;
  }

  /** Drops a key that is waiting, and its history of failures. */
  forget(key: string): void {
    this.#ready.delete(key);
    this.#delayed.delete(key);
    this.#again.delete(key);
    this.#failures.delete(key);
  }

  /** Works until the signal is aborted; then waits for the handlers that still run. */
  async run(handler: KeyHandler, options: { concurrency: number; signal: AbortSignal }): Promise<void> {
    const { concurrency, signal } = options;
    await Promise.all(Array.from({ length: concurrency }, () => this.#work(handler, signal)));
    this.#alarm?.controller.abort();
    this.#alarm = undefined;
  }

  async #work(handler: KeyHandler, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const key = this.#take();
      if (key === undefined) await this.#untilAdded(signal);
      else await this.#handle(key, handler, signal);
    }
  }

  #take(): string | undefined {
    const key = this.#ready.keys().next().value;
    if (key === undefined) return undefined;
    this.#ready.delete(key);
    this.#processing.add(key);
    return key;
  }

  async #handle(key: string, handler: KeyHandler, signal: AbortSignal): Promise<void> {
    let failed = false;
    try {
      await handler(key, signal);
    } catch {
      // The handler reports its own errors; here a failure only means "again, later".
      failed = true;
    }
    this.#processing.delete(key);
    const again = this.#again.delete(key);
    if (failed) this.addAfter(key, this.#backoffMillis(key));
    else this.#failures.delete(key);
    // News do not make a failing key come sooner: its delay protects the server.
    if (again && !failed) this.add(key);
  }

  #backoffMillis(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const ceiling = Math.min(this.#backoffMaxMillis, this.#backoffBaseMillis * 2 ** Math.min(failures, 30));
    // Half fixed, half random: never at once, never in step with other keys.
    return ceiling * (0.5 + 0.5 * this.#random());
  }

  #hasRoomFor(key: string): boolean {
    const known = this.#ready.has(key) || this.#delayed.has(key) || this.#processing.has(key);
    if (known || this.#ready.size + this.#delayed.size + this.#processing.size < this.#maxKeys) return true;
    this.#refused += 1;
    return false;
  }

  async #untilAdded(signal: AbortSignal): Promise<void> {
    let wake = (): void => undefined;
    const added = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#idleWorkers.push(wake);
    await abortable(added, signal).catch(() => undefined);
    const position = this.#idleWorkers.indexOf(wake);
    if (position >= 0) this.#idleWorkers.splice(position, 1);
  }

  /** One timer, for the earliest delayed key. */
  #setAlarm(dueMillis: number): void {
    if (this.#alarm !== undefined && this.#alarm.dueMillis <= dueMillis) return;
    this.#alarm?.controller.abort();
    const controller = new AbortController();
    this.#alarm = { dueMillis, controller };
    const wait = Math.max(0, dueMillis - this.#clock.monotonicMillis());
    this.#clock.sleep(wait, controller.signal).then(
      () => {
        if (!controller.signal.aborted) this.#releaseDue();
      },
      () => undefined,
    );
  }

  #releaseDue(): void {
    this.#alarm = undefined;
    const now = this.#clock.monotonicMillis();
    let next = Number.POSITIVE_INFINITY;
    for (const [key, due] of [...this.#delayed]) {
      if (due > now) {
        next = Math.min(next, due);
      } else {
        this.#delayed.delete(key);
        this.add(key);
      }
    }
    if (next !== Number.POSITIVE_INFINITY) this.#setAlarm(next);
  }
}
