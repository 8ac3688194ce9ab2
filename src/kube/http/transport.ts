import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Credentials } from '../credentials.ts';
import { abortable, abortScope, type AbortScope, after, withDeadline } from '../deadline.ts';
import { KubeError, statusError } from '../errors.ts';
import {
  type KubeRequest,
  type KubeResponse,
  type KubeStream,
  type KubeStreamRequest,
  type KubeTransport,
  type Lane as LaneName,
  pathWithQuery,
} from '../transport.ts';
import type { Exchange, HttpMessage } from './exchange.ts';
import { OpenGate, type OpenGateLimits } from './gate.ts';
import type { Http2Limits } from './http2-connection.ts';
import { Lane } from './lane.ts';
import { ReadPace } from './read-pace.ts';

export interface HttpTransportOptions {
  credentials: Credentials;
  clock?: Clock;
  random?: () => number;
  userAgent?: string;
  /** Largest answer of `request`; lists are paged well below it. */
  maxBodyBytes?: number;
  connectMillis?: number;
  http2?: Partial<Http2Limits>;
  openGate?: Partial<OpenGateLimits>;
}

const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024;
const DEFAULT_CONNECT_MILLIS = 10_000;
/** An error page at most; Status objects are far smaller. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;
const DEFAULT_HTTP2: Http2Limits = {
  pingIdleMillis: 30_000,
  pingTimeoutMillis: 15_000,
  maxStreams: 100,
  maxAgeMillis: 60 * 60 * 1000,
};
/** Between two readings of a log: part of the delay from a fault's line to its report. */
const LOG_PAUSE_MILLIS = 75;
const DEFAULT_OPEN_GATE: OpenGateLimits = { maxInFlight: 50, perSecond: 50 };

/** The connection to one API server. */
export class HttpTransport implements KubeTransport {
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #userAgent: string;
  readonly #maxBodyBytes: number;
  readonly #logPace: ReadPace;
  readonly #lanes: Readonly<Record<LaneName, { lane: Lane; gate: OpenGate }>>;

  constructor(options: HttpTransportOptions) {
    this.#credentials = options.credentials;
    this.#clock = options.clock ?? systemClock;
    this.#userAgent = options.userAgent ?? 'ptp-health-operator';
    this.#maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
    this.#logPace = new ReadPace(this.#clock, LOG_PAUSE_MILLIS);
    const lane = (): { lane: Lane; gate: OpenGate } => ({
      lane: new Lane({
        server: options.credentials.server,
        clock: this.#clock,
        random: options.random ?? Math.random,
        http2: { ...DEFAULT_HTTP2, ...options.http2 },
        connectMillis: options.connectMillis ?? DEFAULT_CONNECT_MILLIS,
      }),
      gate: new OpenGate(this.#clock, { ...DEFAULT_OPEN_GATE, ...options.openGate }),
    });
    this.#lanes = { api: lane(), logs: lane() };
  }

  /** Open connections, running streams and connections opened so far, per lane. */
  get stats(): Readonly<Record<LaneName, Lane['stats']>> {
    return { api: this.#lanes.api.lane.stats, logs: this.#lanes.logs.lane.stats };
  }

  request(request: KubeRequest): Promise<KubeResponse> {
    const what = `${request.method} ${request.path}`;
    const deadline = { clock: this.#clock, millis: request.deadlineMillis, signal: request.signal, what };
    return withDeadline(deadline, async (signal) => {
      const exchange = await this.#open(this.#lanes.api.lane, this.#message(request), signal);
      const body = await readText(exchange.body, this.#maxBodyBytes);
      return { status: exchange.status, headers: exchange.headers, body };
    });
  }

  async stream(request: KubeStreamRequest): Promise<KubeStream> {
    const scope = abortScope(request.signal);
    try {
      const exchange = await this.#openStream(request, scope);
      return this.#streamOf(exchange, request, scope);
    } catch (error) {
      scope.dispose();
      throw error;
    }
  }

  close(): Promise<void> {
    for (const { lane } of Object.values(this.#lanes)) lane.close();
    return Promise.resolve();
  }

  /** The deadline covers the way to the headers; the scope lives as long as the body. */
  async #openStream(request: KubeStreamRequest, scope: AbortScope): Promise<Exchange> {
    const { lane, gate } = this.#lanes[request.lane ?? 'api'];
    return gate.run(scope.signal, async () => {
      const opened = abortScope(scope.signal);
      after(this.#clock, request.deadlineMillis, opened.timers, () => {
        scope.abort(
          new KubeError('DeadlineExceeded', `GET ${request.path}: no answer in ${request.deadlineMillis} ms`),
        );
      });
      try {
        const message = this.#message({ ...request, method: 'GET' });
        const exchange = await abortable(this.#open(lane, message, scope.signal), scope.signal);
        if (exchange.status >= 200 && exchange.status < 300) return exchange;
        const body = await abortable(readText(exchange.body, MAX_ERROR_BODY_BYTES), scope.signal);
        throw statusError(exchange.status, exchange.headers, body);
      } finally {
        opened.dispose();
      }
    });
  }

  #streamOf(exchange: Exchange, request: KubeStreamRequest, scope: AbortScope): KubeStream {
    const clock = this.#clock;
    let lastByteMillis = clock.monotonicMillis();
    const pace = request.lane === 'logs' ? this.#logPace : undefined;
    const limit = request.inactivityMillis;
    if (limit !== undefined) {
      watchInactivity(clock, limit, scope, () => lastByteMillis);
    }
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of exchange.body) {
          lastByteMillis = clock.monotonicMillis();
          yield chunk;
          if (pace !== undefined) await pace.wait();
        }
      } finally {
        scope.dispose();
      }
    }
    return {
      status: exchange.status,
      headers: exchange.headers,
      body: body(),
      idleMillis: () => clock.monotonicMillis() - lastByteMillis,
      close: () => {
        scope.abort(new KubeError('Aborted', 'the stream was closed'));
        scope.dispose();
      },
    };
  }

  #message(request: Pick<KubeRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>): HttpMessage {
    const prefix = this.#credentials.server.pathname.replace(/\/$/, '');
    return {
      method: request.method,
      path: `${prefix}${pathWithQuery(request.path, request.query)}`,
      headers: { accept: 'application/json', 'user-agent': this.#userAgent, ...request.headers },
      body: request.body,
    };
  }

  /** Sends the request; once more with fresh credentials when the server refuses the ones at hand. */
  async #open(lane: Lane, message: HttpMessage, signal: AbortSignal): Promise<Exchange> {
    const first = await abortable(this.#credentials.resolve(), signal);
    const exchange = await lane.open(message, first, signal);
    if (exchange.status !== 401) return exchange;
    this.#credentials.invalidate();
    const second = await abortable(this.#credentials.resolve(), signal);
    if (second === first || signal.aborted) return exchange;
    await readText(exchange.body, MAX_ERROR_BODY_BYTES);
    return lane.open(message, second, signal);
  }
}

function watchInactivity(
  clock: Clock,
  limitMillis: number,
  scope: AbortScope,
  lastByteMillis: () => number,
): void {
  const look = (waitMillis: number): void => {
    after(clock, waitMillis, scope.timers, () => {
      const left = lastByteMillis() + limitMillis - clock.monotonicMillis();
      if (left > 0) look(left);
      else scope.abort(new KubeError('InactivityTimeout', `no byte in ${limitMillis} ms`));
    });
  };
  look(limitMillis);
}

/** The whole body as text. Errors: `BodyTooLarge`, and what the body throws. */
async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new KubeError('BodyTooLarge', `the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
