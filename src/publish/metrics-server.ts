import { pathOf, sendText, startHttpServer, type HttpServer } from './http-server.ts';
import type { MetricInput } from './metrics/definition.ts';
import { EXPOSITION_CONTENT_TYPE } from './metrics/exposition.ts';
import { createProcessRegistry } from './metrics/process-metrics.ts';
import { renderMetrics } from './prometheus.ts';

export interface MetricsServerOptions {
  host: string;
  port: number;
  /** What is true now; asked once for each scrape. */
  input: () => MetricInput;
  /** Why counters would be wrong at this moment; empty = they may be shown. */
  notReady: () => string;
  /** A request failed. */
  onError: (error: unknown) => void;
  /** One metric could not be computed. */
  onMetricError: (error: unknown, metric: string) => void;
}

/** `/metrics` in the Prometheus text format, on its own port. */
export function startMetricsServer(options: MetricsServerOptions): Promise<HttpServer> {
  const { host, port, input, notReady, onError, onMetricError } = options;
  const processMetrics = createProcessRegistry();
  return startHttpServer({
    host,
    port,
    onError,
    handle: async (request, response) => {
      const problem = notReady();
      if (pathOf(request) !== '/metrics') sendText(response, 404, 'metrics are at /metrics\n');
      // A failed scrape is a gap; counters that begin at zero and jump would be a false rate.
      else if (problem !== '') sendText(response, 503, `${problem}\n`);
      else {
        const page = renderMetrics(input(), onMetricError) + (await processMetrics.metrics());
        sendText(response, 200, page, EXPOSITION_CONTENT_TYPE);
      }
    },
  });
}
