import * as http2 from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../lib/clock.ts';
import { abortedError, after } from '../deadline.ts';
import { asKubeError, KubeError } from '../errors.ts';
import { type Exchange, type HttpMessage, plainHeaders } from './exchange.ts';

export interface Http2Limits {
  /** PING after so long without a byte from the server. */
  pingIdleMillis: number;
  /** No answer to a PING for so long: the connection is dead, though TCP has not noticed (half-open). */
  pingTimeoutMillis: number;
  /** Never more streams on one connection, so that one lost connection hits few nodes. */
  maxStreams: number;
  /** A connection older than this takes no new streams; jitter is the caller's. */
  maxAgeMillis: number;
}

/** Part of the server's stream limit that we use: others behind the same proxy count too. */
const SHARE_OF_SERVER_STREAMS = 0.8;
/** One stream's unread bytes at most; the default 64 KiB makes large lists slow over long links. */
const STREAM_WINDOW_BYTES = 256 * 1024;
const CONNECTION_WINDOW_BYTES = 8 * 1024 * 1024;
/** nghttp2 refuses work beyond this; a hundred unread streams must fit. */
const MAX_SESSION_MEMORY_MEGABYTES = 64;

/** One HTTP/2 connection: counts its streams, watches its own health, and says when it may not be used any more. */
export class Http2Connection {
  readonly #session: http2.ClientHttp2Session;
  readonly #socket: TLSSocket;
  readonly #clock: Clock;
  readonly #limits: Http2Limits;
  readonly #bornMillis: number;
  readonly #life = new AbortController();
  #seenBytes = 0;
  #activeStreams = 0;
  #retired = false;
  #failure: KubeError | undefined;

  constructor(server: URL, socket: TLSSocket, clock: Clock, limits: Http2Limits) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    this.#bornMillis = clock.monotonicMillis();
    this.#session = http2.connect(server.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
      maxSessionMemory: MAX_SESSION_MEMORY_MEGABYTES,
    });
    this.#session.on('connect', () => {
      this.#session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    });
    this.#session.on('goaway', () => {
      this.retire();
    });
    this.#session.on('error', (error: Error) => {
      this.#failure ??= asKubeError(error);
    });
    this.#session.on('close', () => {
      this.#retired = true;
      this.#life.abort();
    });
  }

  /** Waits for the server's SETTINGS: without them its stream limit is not known. */
  async ready(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => {
        reject(signal.aborted ? abortedError(signal) : (this.#failure ?? lost('closed before it was ready')));
      };
      this.#session.once('remoteSettings', () => {
        resolve();
      });
      this.#life.signal.addEventListener('abort', fail, { once: true });
      signal.addEventListener('abort', fail, { once: true });
      if (signal.aborted || this.#session.destroyed) fail();
    });
    this.#watchHealth();
  }

  get activeStreams(): number {
    return this.#activeStreams;
  }

  get closed(): boolean {
    return this.#session.destroyed;
  }

  /** False for good once retired, aged or closed; false for now while full. */
  get hasRoom(): boolean {
    return this.usable && this.#activeStreams < this.#capacity;
  }

  get usable(): boolean {
    if (!this.#retired && this.#clock.monotonicMillis() - this.#bornMillis >= this.#limits.maxAgeMillis)
      this.retire();
    return !this.#retired && !this.#session.closed && !this.#session.destroyed;
  }

  get #capacity(): number {
    const allowed = this.#session.remoteSettings.maxConcurrentStreams ?? this.#limits.maxStreams;
    return Math.max(1, Math.min(this.#limits.maxStreams, Math.floor(allowed * SHARE_OF_SERVER_STREAMS)));
  }

  /** Takes no new streams; closes when the last running one has ended. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    if (!this.#session.closed) this.#session.close();
  }

  destroy(reason: KubeError): void {
    this.#failure ??= reason;
    this.#retired = true;
    this.#session.destroy(reason, http2.constants.NGHTTP2_CANCEL);
  }

  async open(message: HttpMessage, signal: AbortSignal): Promise<Exchange> {
    if (signal.aborted) throw abortedError(signal);
    const stream = this.#request(message);
    this.#activeStreams += 1;
    const onAbort = (): void => {
      stream.destroy(abortedError(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stream.once('close', () => {
      this.#activeStreams -= 1;
      signal.removeEventListener('abort', onAbort);
    });
    const headers = await this.#responseHeaders(stream, signal);
    return {
      status: headers[':status'] ?? 0,
      headers: plainHeaders(headers),
      body: this.#body(stream, signal),
    };
  }

  #request(message: HttpMessage): http2.ClientHttp2Stream {
    try {
      const stream = this.#session.request(
        { ...message.headers, ':method': message.method, ':path': message.path },
        { endStream: message.body === undefined },
      );
      if (message.body !== undefined) stream.end(message.body);
      return stream;
    } catch (error) {
      // The session was closed or got GOAWAY between choosing and using it.
      throw asKubeError(error);
    }
  }

  #responseHeaders(
    stream: http2.ClientHttp2Stream,
    signal: AbortSignal,
  ): Promise<http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader> {
    return new Promise((resolve, reject) => {
      // This listener stays: an error after the headers is reported by the body, and must find a listener.
      stream.on('error', (error: Error) => {
        reject(this.#streamError(error, signal));
      });
      stream.once('response', resolve);
      stream.once('close', () => {
        reject(this.#streamError(undefined, signal));
      });
    });
  }

  async *#body(stream: http2.ClientHttp2Stream, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
    } catch (error) {
      throw this.#streamError(error, signal);
    }
    // Node ends the iteration quietly when the socket goes away; only these two tell.
    if (!stream.readableEnded || stream.rstCode !== http2.constants.NGHTTP2_NO_ERROR) {
      throw this.#streamError(undefined, signal);
    }
  }

  #streamError(error: unknown, signal: AbortSignal): KubeError {
    if (signal.aborted) return abortedError(signal);
    if (this.#failure !== undefined) return this.#failure;
    return error === undefined ? lost('the stream was reset') : asKubeError(error);
  }

  #watchHealth(): void {
    after(this.#clock, this.#limits.pingIdleMillis, this.#life.signal, () => {
      if (this.#session.destroyed) return;
      if (this.#socket.bytesRead === this.#seenBytes) this.#ping();
      this.#seenBytes = this.#socket.bytesRead;
      this.#watchHealth();
    });
  }

  #ping(): void {
    let answered = false;
    this.#session.ping(() => {
      answered = true;
      // The answer's own bytes are not traffic: without this every second PING would be left out.
      this.#seenBytes = this.#socket.bytesRead;
    });
    after(this.#clock, this.#limits.pingTimeoutMillis, this.#life.signal, () => {
      if (!answered) this.destroy(lost(`no answer to a PING in ${this.#limits.pingTimeoutMillis} ms`));
    });
  }
}

function lost(message: string): KubeError {
  return new KubeError('ConnectionLost', message);
}
