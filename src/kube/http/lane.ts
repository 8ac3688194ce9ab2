import type { Clock } from '../../lib/clock.ts';
import type { ResolvedCredentials } from '../credentials.ts';
import { withDeadline } from '../deadline.ts';
import { connectTls } from './connect.ts';
import type { Exchange, HttpMessage } from './exchange.ts';
import { Http1Client } from './http1.ts';
import { Http2Connection, type Http2Limits } from './http2-connection.ts';
import { Http2Pool, jitteredAgeMillis } from './http2-pool.ts';

export interface LaneOptions {
  server: URL;
  clock: Clock;
  random: () => number;
  http2: Http2Limits;
  connectMillis: number;
}

/** Thrown inside `open` only: the server chose HTTP/1.1. */
class Http1Chosen extends Error {}

/**
 * The connections of one kind of traffic with one set of TLS settings: HTTP/2 where the server speaks it,
 * HTTP/1.1 with kept connections where it does not (some load balancers) and for plain http://.
 */
export class Lane {
  readonly #options: LaneOptions;
  #fingerprint = '';
  #http1: Http1Client | undefined;
  #pool: Http2Pool | undefined;
  readonly #retired = new Set<Http2Pool>();

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get stats(): { protocol: 'http/1.1' | 'h2'; connections: number; streams: number; opened: number } {
    const pool = this.#pool?.stats ?? { connections: 0, streams: 0, opened: 0 };
    return { protocol: this.#http1 === undefined ? 'h2' : 'http/1.1', ...pool };
  }

  async open(message: HttpMessage, credentials: ResolvedCredentials, signal: AbortSignal): Promise<Exchange> {
    this.#use(credentials);
    const headers = { ...message.headers, ...credentials.headers };
    const authorised = { ...message, headers };
    if (this.#pool !== undefined) {
      try {
        return await this.#pool.open(authorised, signal);
      } catch (error) {
        if (!(error instanceof Http1Chosen)) throw error;
        this.#http1 ??= new Http1Client(this.#options.server, credentials.tls);
        this.#pool = undefined;
      }
    }
    const http1 = (this.#http1 ??= new Http1Client(this.#options.server, credentials.tls));
    return http1.open({ ...authorised, headers: { host: this.#options.server.host, ...headers } }, signal);
  }

  /** New TLS settings (a renewed client certificate): old connections end with their streams. */
  #use(credentials: ResolvedCredentials): void {
    if (this.#fingerprint === credentials.tlsFingerprint) return;
    this.#fingerprint = credentials.tlsFingerprint;
    this.#retirePool();
    // Without destroying its agent: running streams go on, and idle sockets close by themselves.
    this.#http1 = undefined;
    if (this.#options.server.protocol === 'https:') {
      this.#pool = new Http2Pool((signal) => this.#connect(credentials, signal));
    }
  }

  #retirePool(): void {
    const pool = this.#pool;
    if (pool === undefined) return;
    pool.retireAll();
    for (const old of this.#retired) if (old.stats.streams === 0) this.#retired.delete(old);
    this.#retired.add(pool);
    this.#pool = undefined;
  }

  #connect(credentials: ResolvedCredentials, signal: AbortSignal): Promise<Http2Connection> {
    const { server, clock, http2, random, connectMillis } = this.#options;
    return withDeadline(
      { clock, millis: connectMillis, signal, what: `connect to ${server.host}` },
      async (inTime) => {
        const socket = await connectTls(server, credentials.tls, inTime);
        if (socket.alpnProtocol !== 'h2') {
          socket.destroy();
          throw new Http1Chosen();
        }
        const limits = { ...http2, maxAgeMillis: jitteredAgeMillis(http2.maxAgeMillis, random) };
        const connection = new Http2Connection(server, socket, clock, limits);
        try {
          await connection.ready(inTime);
        } catch (error) {
          socket.destroy();
          throw error;
        }
        return connection;
      },
    );
  }

  close(): void {
    this.#http1?.close();
    this.#pool?.close();
    for (const pool of this.#retired) pool.close();
    this.#retired.clear();
  }
}
