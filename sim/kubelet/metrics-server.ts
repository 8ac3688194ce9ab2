import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSelfSignedCertificate } from '../api/certificate.ts';

export interface MetricsServer {
  readonly port: number;
  /** PEM to trust; the server's name is `ptp-monitor-service.<namespace>.svc`. */
  readonly caCertificate: string;
  stop(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly namespace: string;
  readonly port?: number;
  /** Prometheus text of the node with this address; undefined when there is none. */
  readonly metricsOf: (address: string) => string | undefined;
  /** May the bearer of this token read `/metrics`? */
  readonly isAllowed: (token: string) => boolean;
}

const KEEP_ALIVE_MILLIS = 120_000;

/**
 * `https://POD_IP:PORT/metrics` behind something like kube-rbac-proxy, for all nodes in one
 * server: every node has a loopback address of its own (127.x.y.z, Linux) and the address
 * that was connected to says which node is meant. Only loopback clients are served.
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { certificate, key } = createSelfSignedCertificate([
    `ptp-monitor-service.${options.namespace}.svc`,
    'localhost',
    '127.0.0.1',
  ]);
  const server = createServer({ cert: certificate, key }, (request, response) =>
    serve(request, response, options),
  );
  // kube-rbac-proxy keeps idle connections; Node.js would close them after 5 s.
  server.keepAliveTimeout = KEEP_ALIVE_MILLIS;
  server.on('connection', (socket: Socket) => {
    if (!(socket.remoteAddress ?? '').startsWith('127.')) socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '0.0.0.0', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    caCertificate: certificate,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { metricsOf, isAllowed }: MetricsServerOptions,
): void {
  const token = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || !isAllowed(token)) {
    response.writeHead(401).end('Unauthorized\n');
    return;
  }
  const text = request.url === '/metrics' ? metricsOf(request.socket.localAddress ?? '') : undefined;
  if (text === undefined) {
    response.writeHead(404).end('404 page not found\n');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
}
