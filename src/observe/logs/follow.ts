import type { Logger } from '../../lib/log.ts';
import type { Clock } from '../../lib/clock.ts';
import { formatSeconds } from '../../ptp/time.ts';
import type { ObservationSink } from '../observation.ts';
import { LineGate } from './line-gate.ts';
import type { LogCursor } from './replay-gate.ts';
import { stampMicros } from './replay-gate.ts';

/** One read of a container's log; the fields are the query parameters of `pods/NAME/log`. */
export interface LogStreamRequest {
  namespace: string;
  pod: string;
  container: string;
  follow: boolean;
  timestamps: true;
  previous?: boolean;
  /** RFC 3339 with whole seconds: the API server cuts fractions anyway. */
  sinceTime?: string;
  tailLines?: number;
  signal: AbortSignal;
}

export interface LogStream {
  /** Ends when the server ended it; throws when the connection broke. */
  body: AsyncIterable<Uint8Array>;
  close(): void;
}

/** Opens a stream. Rejects with an error that has a `status` when the API server refused. */
export type OpenLogStream = (request: LogStreamRequest) => Promise<LogStream>;

export const DAEMON_CONTAINER = 'linuxptp-daemon-container';

export interface FollowTarget {
  node: string;
  namespace: string;
  pod: string;
  podUid: string;
  /** Default: the daemon's container. */
  container?: string;
}

/** What a restarted operator needs to go on without loss or doubling. */
export interface LogCheckpoint {
  podUid: string;
  container: string;
  cursor?: LogCursor;
}

export type ReopenReason =
  'Ended' | 'ConnectionLost' | 'Idle' | 'Scheduled' | 'ClockStepped' | 'Refused' | 'NotFound';

export interface FollowStats {
  phase: 'Connecting' | 'Streaming' | 'BackingOff' | 'WaitingForPod' | 'Stopped';
  bytes: number;
  /** Lines received, repeated ones included. */
  lines: number;
  replayedLines: number;
  /** Lines longer than 64 KiB, of which the rest was dropped. */
  cutLines: number;
  gaps: number;
  reopens: Record<ReopenReason, number>;
  /** Monotonic milliseconds of the last byte; undefined before the first. */
  lastByteMonotonicMillis: number | undefined;
  lastError: string | undefined;
}

export interface FollowOptions {
  target: FollowTarget;
  open: OpenLogStream;
  clock: Clock;
  random: () => number;
  logger: Logger;
  /** Whole lines with their stamps, in order, each once. Usually `parser.push`. */
  onLines: (bytes: Uint8Array) => void;
  /** Receives `logGap` facts. */
  onObservation: ObservationSink;
  /** Where an earlier follower of the same pod and container stopped. */
  checkpoint?: LogCheckpoint;
  /** How often the log has a line when all is well. Default 5 s. */
  expectedIntervalMillis?: number;
  /** Lines of history to start with when there is no checkpoint. Default 5,000. */
  initialTailLines?: number;
}

const MIN_IDLE_MILLIS = 20_000;
const IDLE_INTERVALS = 3;
/** A log that is quiet by configuration is re-opened ever more rarely, up to this factor. */
const MAX_IDLE_FACTOR = 16;
const SCHEDULED_REOPEN_MILLIS = 60 * 60_000;
const FIRST_BACKOFF_MILLIS = 500;
const MAX_BACKOFF_MILLIS = 30_000;
/** Bounds what a kubelet reads and sends again. */
const RESUME_TAIL_LINES = 100_000;
const DEFAULT_TAIL_LINES = 5_000;

/** What one stream came to. */
interface StreamEnd {
  reason: ReopenReason;
  error?: unknown;
}

/**
 * Follows one container's log for as long as its pod lives: no line lost, none twice, as far as the
 * kubelet still has them. What it works around, and how:
 *
 * - `sinceTime` has whole seconds: the gate drops what was seen (replay-gate.ts).
 * - A container restart ends the stream: the rest of the old container's log is read with `previous`.
 * - Kubelets that stop following after a rotation, and half-open connections: an idle watchdog.
 * - API servers and kubelets keep a follow for ever: it is opened anew about once an hour.
 *
 * Reading never waits for its consumer: `onLines` is synchronous. One limit: when a node's clock is
 * stepped back and its container dies before a line of the new time was seen, these last lines are lost.
 */
export class PodLogFollower {
  readonly #options: FollowOptions;
  readonly #container: string;
  readonly #gate: LineGate;
  readonly #stop = new AbortController();
  readonly #reopens: Record<ReopenReason, number> = {
    Ended: 0,
    ConnectionLost: 0,
    Idle: 0,
    Scheduled: 0,
    ClockStepped: 0,
    Refused: 0,
    NotFound: 0,
  };
  #phase: FollowStats['phase'] = 'Connecting';
  #bytes = 0;
  #gaps = 0;
  #lastByteMonotonicMillis: number | undefined;
  #lastError: string | undefined;
  #failures = 0;
  #fruitlessIdles = 0;
  #clockStepped = false;
  /** Nothing of the current container's log has been read. */
  #containerIsNew = false;
  #wake: (() => void) | undefined;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#container = options.target.container ?? DAEMON_CONTAINER;
    this.#gate = new LineGate(
      {
        onLines: (bytes) => options.onLines(bytes),
        onGap: (fromMicros, toMicros) => this.#reportGap(fromMicros, toMicros),
      },
      this.#resumableCursor(),
    );
  }

  get stats(): Readonly<FollowStats> {
    const { lines, replayed, cut } = this.#gate.counts;
    return {
      phase: this.#phase,
      bytes: this.#bytes,
      lines,
      replayedLines: replayed,
      cutLines: cut,
      gaps: this.#gaps,
      reopens: { ...this.#reopens },
      lastByteMonotonicMillis: this.#lastByteMonotonicMillis,
      lastError: this.#lastError,
    };
  }

  get checkpoint(): LogCheckpoint {
    const { cursor } = this.#gate;
    return {
      podUid: this.#options.target.podUid,
      container: this.#container,
      ...(cursor !== undefined && { cursor: { ...cursor } }),
    };
  }

  /** Something happened to the pod: ends a wait for it or a back-off. */
  wake(): void {
    this.#wake?.();
  }

  stop(): void {
    this.#stop.abort(new Error('stopped'));
    this.#wake?.();
  }

  /** Follows until `stop`. Never rejects: whatever fails is tried again. */
  async run(): Promise<void> {
    let previousFirst = this.#gate.cursor !== undefined;
    while (!this.#isStopped()) {
      if (previousFirst) this.#containerIsNew = (await this.#readPrevious()) || this.#containerIsNew;
      if (this.#isStopped()) break;
      const end = await this.#followOnce();
      if (this.#isStopped()) break;
      this.#note(end);
      previousFirst = end.reason === 'Ended' || end.reason === 'ConnectionLost';
      await this.#pause(end.reason);
    }
    this.#phase = 'Stopped';
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #resumableCursor(): LogCursor | undefined {
    const { checkpoint, target } = this.#options;
    const isSame = checkpoint?.podUid === target.podUid && checkpoint.container === this.#container;
    return isSame && checkpoint.cursor !== undefined ? { ...checkpoint.cursor } : undefined;
  }

  /**
   * Reads what the container before the current one printed after the cursor. True when that was the
   * container the cursor is from: then the current one is new. A kubelet that has no such container
   * answers 400, which is no error here.
   */
  async #readPrevious(): Promise<boolean> {
    this.#phase = 'Connecting';
    const request = { ...this.#resumeRequest(), follow: false, previous: true };
    this.#gate.reopen({ floor: request.sinceTime });
    const newLines = this.#gate.newLines;
    const end = await this.#read(request);
    if (end.reason === 'Ended') this.#gate.flush();
    return this.#gate.anchorSeen || this.#gate.newLines > newLines;
  }

  async #followOnce(): Promise<StreamEnd> {
    this.#phase = 'Connecting';
    const request = this.#followRequest();
    this.#gate.reopen({
      floor: request.sinceTime,
      expectAnchor: !this.#containerIsNew,
      ...(request.tailLines !== undefined && { maxReplayedLines: request.tailLines }),
    });
    return this.#read({ ...request, follow: true });
  }

  #followRequest(): Pick<LogStreamRequest, 'sinceTime' | 'tailLines'> {
    // All that a new container printed is new, also when the clock was stepped back meanwhile.
    if (this.#containerIsNew) return { tailLines: RESUME_TAIL_LINES };
    // The node's clock was stepped back, or may have been when a silent stream stays silent: then
    // `sinceTime` hides lines. The tail of the file shows them, and the gate knows where it left off.
    if (this.#clockStepped || this.#fruitlessIdles % 2 === 1) return { tailLines: DEFAULT_TAIL_LINES };
    return this.#resumeRequest();
  }

  #resumeRequest(): Pick<LogStreamRequest, 'sinceTime' | 'tailLines'> {
    const { cursor } = this.#gate;
    if (cursor === undefined) return { tailLines: this.#options.initialTailLines ?? DEFAULT_TAIL_LINES };
    return { sinceTime: formatSeconds(stampMicros(cursor.stamp)), tailLines: RESUME_TAIL_LINES };
  }

  /** Opens one stream and reads it to its end, whatever that is. */
  async #read(request: Partial<LogStreamRequest> & { follow: boolean }): Promise<StreamEnd> {
    const { target, clock } = this.#options;
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#stop.signal]);
    const watch = new StreamWatch(clock, this.#limits(request.follow), signal);
    const opening = this.#options.open({
      namespace: target.namespace,
      pod: target.pod,
      container: this.#container,
      timestamps: true,
      ...request,
      signal,
    });
    try {
      const stream = await watch.race(opening);
      this.#phase = 'Streaming';
      return await this.#consume(stream, watch, request.follow);
    } catch (error) {
      return { reason: refusalOf(error), error };
    } finally {
      controller.abort(new Error('closed'));
      // Also a stream that opens only after it was given up.
      opening.then((stream) => stream.close()).catch(() => undefined);
    }
  }

  #limits(isFollow: boolean): WatchLimits {
    const { expectedIntervalMillis = 5_000, random } = this.#options;
    const idle = Math.max(MIN_IDLE_MILLIS, IDLE_INTERVALS * expectedIntervalMillis);
    const factor = isFollow ? Math.min(MAX_IDLE_FACTOR, 2 ** this.#fruitlessIdles) : 1;
    return { idleMillis: idle * factor, totalMillis: SCHEDULED_REOPEN_MILLIS * (0.8 + 0.4 * random()) };
  }

  async #consume(stream: LogStream, watch: StreamWatch, isFollow: boolean): Promise<StreamEnd> {
    const iterator = stream.body[Symbol.asyncIterator]();
    for (;;) {
      const next = await watch.race(iterator.next());
      if (next.done === true) return { reason: 'Ended' };
      watch.touch();
      this.#bytes += next.value.length;
      this.#lastByteMonotonicMillis = this.#options.clock.monotonicMillis();
      const { newLines } = this.#gate;
      this.#gate.push(next.value);
      if (this.#gate.newLines > newLines) {
        this.#failures = 0;
        this.#fruitlessIdles = 0;
        if (isFollow) this.#containerIsNew = false;
      }
      if (this.#gate.isBelowFloor) return { reason: 'ClockStepped' };
    }
  }

  #note(end: StreamEnd): void {
    this.#reopens[end.reason]++;
    if (end.reason === 'Idle') this.#fruitlessIdles++;
    this.#clockStepped = end.reason === 'ClockStepped';
    if (end.error === undefined || end.reason === 'Idle' || end.reason === 'Scheduled') return;
    this.#lastError = errorText(end.error);
    this.#options.logger.debug(
      { node: this.#options.target.node, pod: this.#options.target.pod, reason: end.reason },
      `log stream: ${this.#lastError}`,
    );
  }

  /** Waits before the next stream: not at all after our own closing, for the pod's return after a 404. */
  async #pause(reason: ReopenReason): Promise<void> {
    if (reason === 'Idle' || reason === 'Scheduled' || reason === 'ClockStepped') return;
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (reason === 'NotFound') {
      this.#phase = 'WaitingForPod';
      await woken;
    } else {
      this.#phase = 'BackingOff';
      await this.#sleepOr(woken, this.#backoffMillis());
    }
    this.#wake = undefined;
  }

  async #sleepOr(woken: Promise<void>, millis: number): Promise<void> {
    const controller = new AbortController();
    const slept = this.#options.clock.sleep(millis, controller.signal).catch(() => undefined);
    await Promise.race([woken, slept]);
    controller.abort(new Error('woken'));
  }

  /** Full jitter: any time up to the bound, which doubles with each failure in a row. */
  #backoffMillis(): number {
    const bound = Math.min(MAX_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS * 2 ** Math.min(this.#failures, 10));
    this.#failures++;
    return bound * this.#options.random();
  }

  #reportGap(fromMicros: number, toMicros: number): void {
    this.#gaps++;
    this.#options.onObservation({
      kind: 'logGap',
      node: this.#options.target.node,
      source: 'Log',
      atMicros: fromMicros,
      untilMicros: toMicros,
      reason: 'The log was rotated or cut before it could be read on.',
    });
  }
}

interface WatchLimits {
  idleMillis: number;
  totalMillis: number;
}

/** Why a watch closed a stream. */
class StreamClosed extends Error {
  readonly reason: 'Idle' | 'Scheduled';

  constructor(reason: 'Idle' | 'Scheduled') {
    super(reason);
    this.reason = reason;
  }
}

/** Ends waiting for a stream that stays silent or has been open for long enough. */
class StreamWatch {
  readonly #clock: Clock;
  readonly #limits: WatchLimits;
  readonly #openedMillis: number;
  #lastMillis: number;
  #closed: Error | undefined;
  #fail: ((error: Error) => void) | undefined;

  constructor(clock: Clock, limits: WatchLimits, signal: AbortSignal) {
    this.#clock = clock;
    this.#limits = limits;
    this.#openedMillis = clock.monotonicMillis();
    this.#lastMillis = this.#openedMillis;
    // Sleeping fails when the stream is closed or the follower stopped.
    this.#watch(signal).catch((error: unknown) => this.#close(error as Error));
  }

  touch(): void {
    this.#lastMillis = this.#clock.monotonicMillis();
  }

  /**
   * The promise's result, or a StreamClosed when the watch expires first. One at a time. (Promise.race
   * with a promise that lives as long as the stream would keep every chunk's promise alive.)
   */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      promise.then(resolve, reject);
      if (this.#closed !== undefined) reject(this.#closed);
    });
  }

  #close(error: Error): void {
    this.#closed ??= error;
    this.#fail?.(this.#closed);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = this.#clock.monotonicMillis();
      const idleLeft = this.#lastMillis + this.#limits.idleMillis - now;
      const totalLeft = this.#openedMillis + this.#limits.totalMillis - now;
      if (Math.min(idleLeft, totalLeft) <= 0) {
        this.#close(new StreamClosed(idleLeft <= 0 ? 'Idle' : 'Scheduled'));
        return;
      }
      await this.#clock.sleep(Math.min(idleLeft, totalLeft), signal);
    }
  }
}

function refusalOf(error: unknown): ReopenReason {
  if (error instanceof StreamClosed) return error.reason;
  const status = (error as { status?: unknown } | undefined)?.status;
  if (status === 404) return 'NotFound';
  return typeof status === 'number' && status > 0 ? 'Refused' : 'ConnectionLost';
}

function errorText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}
