import { randomBytes } from 'node:crypto';
import type { Logger } from '../lib/log.ts';
import type { KubeClient } from './client.ts';
import { asKubeError, isNotFound } from './errors.ts';
import { LruMap } from './lru.ts';
import { microTimeNow } from './micro-time.ts';
import type { ResourceDefinition } from './objects.ts';

export const EVENTS: ResourceDefinition = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

export interface Regarding {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string | undefined;
  uid?: string | undefined;
}

export interface EventOccurrence {
  regarding: Regarding;
  type: 'Normal' | 'Warning';
  /** CamelCase, stable: what happened. */
  reason: string;
  /** CamelCase: what the controller did or found. */
  action: string;
  /** For people. At most 1,024 bytes are kept. */
  note: string;
}

export interface EventRecorderOptions {
  client: KubeClient;
  /** e.g. `ptphealth.io/operator` */
  controller: string;
  /** Pod name. */
  instance: string;
  log?: Logger | undefined;
}

export interface RecorderStats {
  created: number;
  patched: number;
  /** Not sent because the object had used up its share, or too many calls were under way. */
  dropped: number;
  failed: number;
  series: number;
}

/** One event that goes on: what is in the API server and what is not there yet. */
interface Series {
  name: string;
  namespace: string;
  count: number;
  sentCount: number;
  lastObservedTime: string;
  lastObservedMillis: number;
  lastSentMillis: number;
  sending: boolean;
}

interface Bucket {
  tokens: number;
  refilledMillis: number;
}

const MAX_SERIES = 1_000;
const MAX_OBJECTS = 1_000;
const MAX_IN_FLIGHT = 8;
const CALL_DEADLINE_MILLIS = 10_000;
/** As in client-go: 25 at once, then one every five minutes, for each object. */
const BUCKET_SIZE = 25;
const BUCKET_REFILL_MILLIS = 300_000;
/** A pause longer than this begins a new event, as in client-go. */
const SERIES_END_MILLIS = 6 * 60_000;
/** A series that goes on is written at most so often; its count is complete each time. */
const SERIES_UPDATE_MILLIS = 60_000;
/** Limits of the API server's validation. */
const MAX_NOTE_BYTES = 1_024;
const MAX_NAME_LENGTH = 253;
/** Where events about cluster-scoped objects have to be. */
const CLUSTER_EVENTS_NAMESPACE = 'default';

/**
 * Writes Kubernetes Events. It remembers what it has said instead of asking the server, counts repetitions
 * into a series instead of making new events, and never lets its caller wait or fail: an event is a courtesy.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new LruMap<string, Series>(MAX_SERIES);
  readonly #buckets = new LruMap<string, Bucket>(MAX_OBJECTS);
  readonly #inFlight = new Set<Promise<void>>();
  #created = 0;
  #patched = 0;
  #dropped = 0;
  #failed = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  get stats(): RecorderStats {
    const { size } = this.#series;
    return {
      created: this.#created,
      patched: this.#patched,
      dropped: this.#dropped,
      failed: this.#failed,
      series: size,
    };
  }

  /** Returns at once; errors are counted and logged. */
  record(occurrence: EventOccurrence): void {
    const now = this.#now();
    const key = seriesKey(occurrence);
    const known = this.#series.get(key);
    if (known === undefined || now - known.lastObservedMillis > SERIES_END_MILLIS) {
      this.#begin(key, occurrence, now);
      return;
    }
    known.count += 1;
    known.lastObservedMillis = now;
    known.lastObservedTime = microTimeNow(this.#options.client.clock);
    const isDue = known.sentCount === 1 || now - known.lastSentMillis >= SERIES_UPDATE_MILLIS;
    if (isDue && !known.sending) this.#send(key, occurrence, known, () => this.#patch(known));
  }

  /** Writes the counts that are not written yet, and waits for the calls under way. For an orderly end. */
  async flush(): Promise<void> {
    await Promise.all(this.#inFlight);
    const unsent = [...this.#series.values()].filter((series) => series.count > series.sentCount);
    await Promise.all(unsent.map((series) => this.#patch(series).catch(() => undefined)));
  }

  #begin(key: string, occurrence: EventOccurrence, now: number): void {
    const { regarding } = occurrence;
    const suffix = randomBytes(8).toString('hex');
    const series: Series = {
      name: `${regarding.name.slice(0, MAX_NAME_LENGTH - suffix.length - 1)}.${suffix}`,
      namespace: regarding.namespace ?? CLUSTER_EVENTS_NAMESPACE,
      count: 1,
      sentCount: 0,
      lastObservedTime: microTimeNow(this.#options.client.clock),
      lastObservedMillis: now,
      lastSentMillis: now,
      sending: false,
    };
    this.#send(key, occurrence, series, () => this.#create(series, occurrence));
  }

  #send(key: string, occurrence: EventOccurrence, series: Series, call: () => Promise<void>): void {
    if (this.#inFlight.size >= MAX_IN_FLIGHT || !this.#takeToken(occurrence.regarding)) {
      this.#dropped += 1;
      return;
    }
    this.#series.set(key, series);
    series.sending = true;
    const sent = call()
      .catch((error: unknown) => {
        this.#failed += 1;
        // The next occurrence begins anew: the event may be gone (they live for an hour) or never was.
        if (isNotFound(error) || series.sentCount === 0) this.#series.delete(key);
        this.#options.log?.debug(
          { reason: occurrence.reason, error: asKubeError(error).message },
          'event not written',
        );
      })
      .finally(() => {
        series.sending = false;
        this.#inFlight.delete(sent);
      });
    this.#inFlight.add(sent);
  }

  async #create(series: Series, occurrence: EventOccurrence): Promise<void> {
    const { client, controller, instance } = this.#options;
    const { regarding, type, reason, action, note } = occurrence;
    const event = {
      metadata: { name: series.name, namespace: series.namespace },
      eventTime: series.lastObservedTime,
      reportingController: controller,
      reportingInstance: instance.slice(0, 128),
      regarding: { ...regarding },
      type,
      reason,
      action,
      note: truncateUtf8(note, MAX_NOTE_BYTES),
    };
    await client.create(EVENTS, event, { deadlineMillis: CALL_DEADLINE_MILLIS });
    series.sentCount = Math.max(series.sentCount, 1);
    this.#created += 1;
  }

  async #patch(series: Series): Promise<void> {
    const { name, namespace, count, lastObservedTime } = series;
    const body = { series: { count, lastObservedTime } };
    const patch = { type: 'Merge', body } as const;
    await this.#options.client.patch(EVENTS, { name, namespace }, patch, {
      deadlineMillis: CALL_DEADLINE_MILLIS,
    });
    series.sentCount = count;
    series.lastSentMillis = this.#now();
    this.#patched += 1;
  }

  #takeToken(regarding: Regarding): boolean {
    const key = `${regarding.kind}/${regarding.namespace ?? ''}/${regarding.name}`;
    const now = this.#now();
    const bucket = this.#buckets.get(key) ?? { tokens: BUCKET_SIZE, refilledMillis: now };
    bucket.tokens = Math.min(
      BUCKET_SIZE,
      bucket.tokens + (now - bucket.refilledMillis) / BUCKET_REFILL_MILLIS,
    );
    bucket.refilledMillis = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #now(): number {
    return this.#options.client.clock.monotonicMillis();
  }
}

/** The note is left out, as in client-go: its numbers change while the event is the same. */
function seriesKey({ regarding, type, reason, action }: EventOccurrence): string {
  const { kind, namespace, name, uid } = regarding;
  return JSON.stringify([kind, namespace, name, uid, type, reason, action]);
}

/** The longest start of the text that fits, never half a character. */
function truncateUtf8(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.byteLength <= maxBytes) return text;
  // The bytes of a character that was cut decode to a replacement character at the end.
  return bytes
    .subarray(0, maxBytes)
    .toString('utf8')
    .replace(/\uFFFD+$/u, '');
}
