import type { Logger } from '../lib/log.ts';
import type { KubeClient } from './client.ts';
import { abortable, abortScope, after } from './deadline.ts';
import { asKubeError, isResourceVersionUnusable, KubeError } from './errors.ts';
import { type KubeObject, keyOf, type ResourceDefinition } from './objects.ts';
import {
  failureOf,
  FAILURES,
  type ReflectorStats,
  type ReflectorStatus,
  type RestartReason,
  RESTART_REASONS,
} from './reflector-status.ts';
import { Backoff, jittered } from './retry.ts';
import { Store, type StoreChange, type StoredObject, type StoreView } from './store.ts';
import { openWatch, type WatchEvent } from './watch.ts';

export type ReflectorChange<T> = StoreChange<T> | { type: 'Synced' };

export interface ReflectorOptions<T> {
  client: KubeClient;
  resource: ResourceDefinition;
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /**
   * Takes from an object what the program needs, before anything is kept. undefined = not of interest.
   * When it throws, that object is reported and left as it was; the others go on.
   */
  project: (raw: KubeObject) => T | undefined;
  /** Told of every change, in order, and of every completed list. It should only enqueue; it must not block. */
  onChange: (change: ReflectorChange<T>) => void;
  onStatus?: ((status: ReflectorStatus) => void) | undefined;
  onRejected?: ((rejection: { key: string; error: Error }) => void) | undefined;
  log?: Logger | undefined;
  maxObjects?: number | undefined;
  timings?: Partial<ReflectorTimings> | undefined;
}

export interface ReflectorTimings {
  /** The server ends the watch after a random time between the two. */
  minWatchSeconds: number;
  maxWatchSeconds: number;
  inactivityMillis: number;
  backoffBaseMillis: number;
  backoffMaxMillis: number;
  /** Between attempts while the resource is absent or we may not read it; ± 20 %. */
  slowRetryMillis: number;
}

const DEFAULT_TIMINGS: ReflectorTimings = {
  minWatchSeconds: 300,
  maxWatchSeconds: 600,
  inactivityMillis: 70_000,
  backoffBaseMillis: 800,
  backoffMaxMillis: 30_000,
  slowRetryMillis: 30_000,
};
const DEFAULT_MAX_OBJECTS = 20_000;
const BACKOFF_RESET_MILLIS = 120_000;
/** Time the server gets beyond `timeoutSeconds` before we end the watch ourselves. */
const WATCH_GRACE_MILLIS = 30_000;
/** A watch that ends sooner is a fault; restarting it at once, again and again, would be a storm. */
const SHORT_WATCH_MILLIS = 1_000;
/** A line that stays unreadable after so many restarts is passed by with a new list. */
const MAX_MALFORMED_IN_A_ROW = 3;
/** One 404 may come from a server that has just started; the objects are given up at the second. */
const ABSENCES_BEFORE_EMPTY = 2;
/** So often in a row is a right that we had tried again soon, before its loss is believed. */
const QUICK_REFUSALS = 4;
const MAX_REJECTED_KEYS = 1_000;

/**
 * Keeps a projected copy of a set of objects current: lists, watches, and starts again after whatever
 * goes wrong, for as long as `run` runs. It never gives up and never throws because of the server.
 */
export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #timings: ReflectorTimings;
  readonly #store: Store<T>;
  readonly #backoff: Backoff;
  readonly #restarts: Record<RestartReason, number>;
  readonly #rejectedKeys = new Set<string>();
  #status: ReflectorStatus = { state: 'Syncing', reason: '', message: '' };
  /** Where the next watch goes on; undefined = a new list is needed. */
  #resourceVersion: string | undefined;
  #everSynced = false;
  /** Only the very first list may be served from an old state: later ones must not go back in time. */
  #listFromCache = true;
  #failuresInARow = 0;
  #refusalsInARow = 0;
  #malformedInARow = 0;
  #absences = 0;
  #lastEventMillis: number;
  #rejections = 0;
  #handlerErrors = 0;
  #relists = 0;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#store = new Store(options.maxObjects ?? DEFAULT_MAX_OBJECTS);
    const { clock, random } = options.client;
    const { backoffBaseMillis: baseMillis, backoffMaxMillis: maxMillis } = this.#timings;
    this.#backoff = new Backoff(
      { baseMillis, maxMillis, resetAfterMillis: BACKOFF_RESET_MILLIS },
      clock,
      random,
    );
    this.#restarts = Object.fromEntries(RESTART_REASONS.map((reason) => [reason, 0])) as Record<
      RestartReason,
      number
    >;
    this.#lastEventMillis = clock.monotonicMillis();
  }

  get store(): StoreView<T> {
    return this.#store;
  }

  get status(): ReflectorStatus {
    return this.#status;
  }

  /** True from the first complete list on, whatever comes after. */
  get hasSynced(): boolean {
    return this.#everSynced;
  }

  get stats(): ReflectorStats {
    return {
      restarts: { ...this.#restarts },
      relists: this.#relists,
      lastEventAgeMillis: this.#options.client.clock.monotonicMillis() - this.#lastEventMillis,
      objects: this.#store.size,
      refusedObjects: this.#store.refused,
      rejectedObjects: this.#rejectedKeys.size,
      rejections: this.#rejections,
      handlerErrors: this.#handlerErrors,
    };
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMillis = await this.#attempt(signal);
      if (waitMillis > 0) await this.#pause(waitMillis, signal);
    }
  }

  /** Says how long to wait before the next one. */
  async #attempt(signal: AbortSignal): Promise<number> {
    try {
      await this.#cycle(signal);
      this.#restarts.Ended += 1;
      return 0;
    } catch (error) {
      return signal.aborted ? 0 : this.#handleFailure(asKubeError(error));
    }
  }

  /** One list, if needed, and one watch. */
  async #cycle(signal: AbortSignal): Promise<void> {
    const { client } = this.#options;
    if (this.#resourceVersion === undefined) this.#rejectedKeys.clear();
    if (this.#resourceVersion === undefined && client.watchList.supported) {
      await this.#watch({ initial: new Map() }, signal);
      return;
    }
    if (this.#resourceVersion === undefined) await this.#list(signal);
    await this.#watch({ initial: undefined }, signal);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, resource, namespace, labelSelector, fieldSelector } = this.#options;
    const selection = { namespace, labelSelector, fieldSelector };
    const objects = new Map<string, StoredObject<T>>();
    let resourceVersion = '';
    const from = this.#listFromCache ? { resourceVersion: '0' } : {};
    this.#listFromCache = false;
    for await (const page of client.pages(resource, { ...selection, ...from, signal, maxAttempts: 1 })) {
      for (const raw of page.items) {
        const stored = this.#projected(raw);
        if (stored !== undefined) objects.set(stored.key, stored);
      }
      resourceVersion = page.resourceVersion;
    }
    this.#resourceVersion = resourceVersion;
    this.#replace(objects);
  }

  /** `initial` collects the objects of a streamed list until the bookmark that ends it. */
  async #watch(
    phase: { initial: Map<string, StoredObject<T>> | undefined },
    signal: AbortSignal,
  ): Promise<void> {
    const { client, resource, namespace, labelSelector, fieldSelector } = this.#options;
    const { minWatchSeconds, maxWatchSeconds, inactivityMillis } = this.#timings;
    const timeoutSeconds = Math.round(
      minWatchSeconds + (maxWatchSeconds - minWatchSeconds) * client.random(),
    );
    const scope = abortScope(signal);
    after(client.clock, timeoutSeconds * 1000 + WATCH_GRACE_MILLIS, scope.timers, () => {
      scope.abort(
        new KubeError('DeadlineExceeded', `watch ${resource.plural}: not ended by the server in time`),
      );
    });
    const openedMillis = client.clock.monotonicMillis();
    try {
      const watch = await openWatch(client, {
        resource,
        namespace,
        labelSelector,
        fieldSelector,
        timeoutSeconds,
        inactivityMillis,
        resourceVersion: this.#resourceVersion,
        sendInitialEvents: phase.initial !== undefined,
        signal: scope.signal,
      });
      if (phase.initial === undefined) this.#recovered();
      for await (const event of watch) {
        this.#lastEventMillis = client.clock.monotonicMillis();
        this.#malformedInARow = 0;
        phase.initial = this.#apply(event, phase.initial);
      }
    } catch (error) {
      if (phase.initial !== undefined && refusesWatchList(error)) client.watchList.supported = false;
      throw error;
    } finally {
      scope.dispose();
    }
    if (phase.initial !== undefined || client.clock.monotonicMillis() - openedMillis < SHORT_WATCH_MILLIS) {
      throw new KubeError('ConnectionLost', `watch ${resource.plural}: ended too soon`);
    }
  }

  /** Returns the collection that goes on, undefined once the streamed list is complete. */
  #apply(
    event: WatchEvent,
    initial: Map<string, StoredObject<T>> | undefined,
  ): Map<string, StoredObject<T>> | undefined {
    if (event.type === 'Bookmark') {
      if (initial !== undefined && !event.initialEventsEnd) {
        // A server older than streamed lists ignores the request for one.
        throw new KubeError('Status', 'the server does not stream lists', {
          status: 400,
          reason: 'BadRequest',
        });
      }
      this.#resourceVersion = event.resourceVersion;
      if (initial !== undefined) this.#replace(initial);
      return undefined;
    }
    if (initial === undefined)
      this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
    const key = keyOf(event.object.metadata);
    if (event.type === 'Deleted') this.#rejectedKeys.delete(key);
    const stored = event.type === 'Deleted' ? undefined : this.#projected(event.object);
    if (initial === undefined)
      this.#emitAll(stored === undefined ? this.#store.remove(key) : this.#store.put(stored));
    else if (stored === undefined) initial.delete(key);
    else initial.set(key, stored);
    return initial;
  }

  /** What is to be kept of an object; what was kept before when its new state is not understood. */
  #projected(raw: KubeObject): StoredObject<T> | undefined {
    const { name, namespace, uid = '', resourceVersion = '' } = raw.metadata;
    const key = keyOf({ name, namespace });
    try {
      const object = this.#options.project(raw);
      this.#rejectedKeys.delete(key);
      return object === undefined ? undefined : { key, uid, resourceVersion, object };
    } catch (error) {
      this.#reject(key, error instanceof Error ? error : new Error(String(error)));
      const before = this.#store.stored(key);
      return before?.uid === uid ? before : undefined;
    }
  }

  #reject(key: string, error: Error): void {
    this.#rejections += 1;
    if (this.#rejectedKeys.size < MAX_REJECTED_KEYS) this.#rejectedKeys.add(key);
    this.#options.log?.warn(
      { resource: this.#options.resource.plural, key, error: error.message },
      'object not understood',
    );
    this.#guarded(() => this.#options.onRejected?.({ key, error }));
  }

  #replace(objects: Map<string, StoredObject<T>>): void {
    this.#relists += 1;
    this.#listFromCache = false;
    this.#everSynced = true;
    this.#emitAll(this.#store.replace(objects));
    this.#recovered();
    this.#emit({ type: 'Synced' });
  }

  #emitAll(changes: readonly StoreChange<T>[]): void {
    for (const change of changes) this.#emit(change);
  }

  #emit(change: ReflectorChange<T>): void {
    this.#guarded(() => {
      this.#options.onChange(change);
    });
  }

  /** A handler's mistake must not end the watch for everyone. */
  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#handlerErrors += 1;
      this.#options.log?.error(
        { resource: this.#options.resource.plural, error: String(error) },
        'change handler failed',
      );
    }
  }

  #recovered(): void {
    this.#failuresInARow = 0;
    this.#refusalsInARow = 0;
    this.#absences = 0;
    this.#setStatus({ state: 'Synced', reason: '', message: '' });
  }

  /** Notes the failure and says how long to wait. */
  #handleFailure(error: KubeError): number {
    const reason = failureOf(error);
    const rule = FAILURES[reason];
    this.#restarts[reason] += 1;
    this.#failuresInARow += 1;
    this.#options.log?.debug(
      { resource: this.#options.resource.plural, reason, error: error.message },
      'watch restarts',
    );
    if (isResourceVersionUnusable(error) || this.#isStuck(reason)) this.#resourceVersion = undefined;
    if (reason === 'Absent') this.#noteAbsence();
    // One lost connection is daily life and says nothing about the data; two in a row do.
    if (rule.state !== 'Failing' || this.#failuresInARow > 1 || !this.#everSynced) {
      this.#setStatus({
        state: rule.state,
        reason: error.reason === '' ? reason : error.reason,
        message: error.message,
      });
    }
    const { client } = this.#options;
    const wait =
      rule.slow && !this.#mayPassSoon(reason)
        ? jittered(this.#timings.slowRetryMillis, 0.2, client.random)
        : this.#backoff.nextMillis();
    return error.retryAfterSeconds === undefined ? wait : error.retryAfterSeconds * 1000 + wait;
  }

  /** An API server that has just started refuses what it allows a second later: it has not read its roles yet. */
  #mayPassSoon(reason: RestartReason): boolean {
    const refused = reason === 'Forbidden' || reason === 'Unauthorized';
    this.#refusalsInARow = refused ? this.#refusalsInARow + 1 : 0;
    return refused && this.#everSynced && this.#refusalsInARow <= QUICK_REFUSALS;
  }

  #isStuck(reason: RestartReason): boolean {
    if (reason !== 'Malformed') return false;
    this.#malformedInARow += 1;
    return this.#malformedInARow >= MAX_MALFORMED_IN_A_ROW;
  }

  /** The kind is not served: its objects are gone with it. It may come (back) at any time. */
  #noteAbsence(): void {
    this.#absences += 1;
    this.#resourceVersion = undefined;
    if (this.#absences >= ABSENCES_BEFORE_EMPTY) this.#emitAll(this.#store.replace(new Map()));
  }

  #setStatus(status: ReflectorStatus): void {
    const changed = status.state !== this.#status.state;
    this.#status = status;
    if (!changed) return;
    const level = status.state === 'Synced' ? 'info' : 'warn';
    this.#options.log?.[level]({ resource: this.#options.resource.plural, ...status }, 'watch state');
    this.#guarded(() => this.#options.onStatus?.(status));
  }

  async #pause(millis: number, signal: AbortSignal): Promise<void> {
    await abortable(this.#options.client.clock.sleep(millis, signal), signal).catch(() => undefined);
  }
}

/** Answers and silences that show a server without streamed lists. */
function refusesWatchList(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  return error.status === 400 || error.status === 422 || error.code === 'InactivityTimeout';
}
