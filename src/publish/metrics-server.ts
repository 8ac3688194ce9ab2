import type { Registry } from '@prometheus-io/client';
import { pathOf, sendText, startHttpServer, type HttpServer } from './http-server.ts';

export interface MetricsServerOptions {
  host: string;
  port: number;
  registry: Registry;
  onError: (error: unknown) => void;
}

/** `/metrics` in the Prometheus text format, on its own port. */
export function startMetricsServer(options: MetricsServerOptions): Promise<HttpServer> {
  const { registry } = options;
  return startHttpServer({
    host: options.host,
    port: options.port,
    onError: options.onError,
    handle: async (request, response) => {
      if (pathOf(request) !== '/metrics') sendText(response, 404, 'metrics are at /metrics\n');
      else sendText(response, 200, await registry.metrics(), registry.contentType);
    },
  });
}
