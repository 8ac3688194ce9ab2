import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSelfSignedCertificate } from '../api/certificate.ts';
import type { LogBackend } from './log-backend.ts';
import { LogError } from './log-backend.ts';
import { parseLogQuery } from './log-query.ts';

export interface KubeletServer {
  readonly port: number;
  readonly caCertificate: string;
  stop(): Promise<void>;
}

const UNSENT_LIMIT_BYTES = 16 * 1024 * 1024;
const LOG_PATH = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/;

/**
 * The kubelet's log endpoint over HTTPS, for a real API server: `GET /containerLogs/NS/POD/CONTAINER`.
 * One address and port serve every simulated node. Point Node status at it:
 * `addresses: [{type: InternalIP, address: 127.0.0.1}]`, `daemonEndpoints.kubeletEndpoint.Port`.
 */
export async function startKubeletServer(
  logs: LogBackend,
  options: { host?: string; port?: number } = {},
): Promise<KubeletServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  const { certificate, key } = createSelfSignedCertificate(['localhost', '127.0.0.1', host]);
  const server = createServer({ cert: certificate, key }, (request, response) =>
    serve(request, response, logs),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
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

function serve(request: IncomingMessage, response: ServerResponse, logs: LogBackend): void {
  response.on('error', () => undefined);
  const url = new URL(request.url ?? '/', 'https://kubelet');
  if (url.pathname === '/healthz') {
    response.end('ok');
    return;
  }
  const [, namespace, pod, container] = LOG_PATH.exec(url.pathname)?.map(decodeURIComponent) ?? [];
  if (namespace === undefined || pod === undefined || container === undefined) {
    response.writeHead(404).end('404 page not found\n');
    return;
  }
  try {
    const query = parseLogQuery(url.searchParams, Date.now() * 1000);
    response.setHeader('content-type', 'text/plain');
    const stop = logs.openLog({ namespace, pod, container }, query, {
      write: (text) => {
        response.write(text);
        // A reader that does not read is cut off rather than buffered for ever.
        if (response.writableLength > UNSENT_LIMIT_BYTES) response.destroy();
      },
      end: () => void response.end(),
    });
    response.once('close', stop);
    response.flushHeaders();
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    response.writeHead(error.code).end(`${error.message}\n`);
  }
}
