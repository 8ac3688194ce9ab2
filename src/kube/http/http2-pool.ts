import { abortable } from '../deadline.ts';
import { KubeError } from '../errors.ts';
import type { Exchange, HttpMessage } from './exchange.ts';
import type { Http2Connection } from './http2-connection.ts';

export interface Http2PoolStats {
  connections: number;
  streams: number;
  opened: number;
}

/** The HTTP/2 connections of one lane. A new one is opened only when no other has room. */
export class Http2Pool {
  readonly #connect: (signal: AbortSignal) => Promise<Http2Connection>;
  #connections: Http2Connection[] = [];
  #connecting: Promise<void> | undefined;
  #opened = 0;
  readonly #life = new AbortController();

  constructor(connect: (signal: AbortSignal) => Promise<Http2Connection>) {
    this.#connect = connect;
  }

  get stats(): Http2PoolStats {
    const streams = this.#connections.reduce((sum, connection) => sum + connection.activeStreams, 0);
    return { connections: this.#connections.length, streams, opened: this.#opened };
  }

  async open(message: HttpMessage, signal: AbortSignal): Promise<Exchange> {
    for (;;) {
      this.#connections = this.#connections.filter((connection) => !connection.closed);
      const free = this.#connections.find((connection) => connection.hasRoom);
      // No await between the choice and the use: the room cannot be lost.
      if (free !== undefined) return free.open(message, signal);
      await abortable(this.#grow(), signal);
    }
  }

  /** All callers that find no room wait for the same new connection. */
  #grow(): Promise<void> {
    this.#connecting ??= this.#connect(this.#life.signal)
      .then((connection) => {
        this.#connections.push(connection);
        this.#opened += 1;
      })
      .finally(() => {
        this.#connecting = undefined;
      });
    return this.#connecting;
  }

  /** Running streams go on; new requests open new connections. */
  retireAll(): void {
    for (const connection of this.#connections) connection.retire();
  }

  close(): void {
    const reason = new KubeError('Aborted', 'the transport was closed');
    this.#life.abort(reason);
    for (const connection of this.#connections) connection.destroy(reason);
    this.#connections = [];
  }
}

/** So that the connections of many replicas, and of one, do not all end in the same minute. */
export function jitteredAgeMillis(ageMillis: number, random: () => number): number {
  return ageMillis * (0.8 + 0.4 * random());
}
