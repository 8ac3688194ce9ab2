/** The HTTP side: TLS with HTTP/2 and HTTP/1.1, or plain HTTP/1.1. */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type {
  Http2SecureServer,
  Http2ServerRequest,
  Http2ServerResponse,
  ServerHttp2Session,
} from 'node:http2';
import { createSecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from './certificate.ts';
import type { ResponseWriter } from './exchange.ts';

export interface IncomingRequest {
  readonly method: string;
  readonly url: URL;
  readonly request: IncomingMessage | Http2ServerRequest;
  readonly response: ResponseWriter;
}

export interface ListenerOptions {
  /** Absent: plain HTTP. */
  readonly certificate: Certificate | undefined;
  readonly maxConcurrentStreams: number;
  readonly handle: (incoming: IncomingRequest) => void;
}

export class Listener {
  readonly #server: HttpServer | Http2SecureServer;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor({ certificate, maxConcurrentStreams, handle }: ListenerOptions) {
    const onRequest = (
      request: IncomingMessage | Http2ServerRequest,
      response: ServerResponse | Http2ServerResponse,
    ): void => {
      // Clients vanish in the middle of answers; that is their business.
      response.on('error', () => undefined);
      const url = new URL(request.url ?? '/', 'https://simulated');
      handle({ method: request.method ?? 'GET', url, request, response: response as ResponseWriter });
    };
    this.#server =
      certificate === undefined
        ? createServer(onRequest)
        : createSecureServer(
            {
              allowHTTP1: true,
              cert: certificate.certificate,
              key: certificate.key,
              settings: { maxConcurrentStreams },
            },
            onRequest,
          );
    this.#server.on('session', (session: ServerHttp2Session) => this.#keepSession(session));
    this.#server.on(certificate === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Tells every HTTP/2 client to go elsewhere; open streams go on. */
  goAway(): void {
    for (const session of this.#sessions) if (!session.destroyed) session.goaway(0);
  }

  reset(): void {
    for (const session of [...this.#sessions]) session.destroy();
    for (const socket of [...this.#sockets]) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.reset();
    await closed;
  }

  #keepSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.on('error', () => undefined);
    session.once('close', () => this.#sessions.delete(session));
  }
}
