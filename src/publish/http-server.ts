import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small HTTP server with limits against slow and greedy clients, on its own port. */
export interface HttpServerOptions {
  host: string;
  /** 0 takes any free port; see `port` of the result. */
  port: number;
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  onError: (error: unknown) => void;
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Stops accepting at once, lets running answers finish for `graceMillis`, then cuts them. */
  close(graceMillis?: number): Promise<void>;
}

const HEADERS_TIMEOUT_MILLIS = 10_000;
const REQUEST_TIMEOUT_MILLIS = 30_000;
const MAX_CONNECTIONS = 512;
const DEFAULT_GRACE_MILLIS = 2_000;

/** @throws Error when the address cannot be bound. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT_MILLIS, requestTimeout: REQUEST_TIMEOUT_MILLIS },
    (request, response) => {
      options.handle(request, response).catch((error: unknown) => {
        options.onError(error);
        // The cause goes to our log; a caller learns no internals.
        if (!response.headersSent) sendText(response, 500, 'internal error\n');
        else response.destroy();
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  server.on('error', options.onError);
  return {
    host: options.host,
    port: (server.address() as AddressInfo).port,
    close: (graceMillis = DEFAULT_GRACE_MILLIS) => closeServer(server, graceMillis),
  };
}

export function sendText(
  response: ServerResponse,
  status: number,
  body: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/** The path without query. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server, graceMillis: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, graceMillis);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
