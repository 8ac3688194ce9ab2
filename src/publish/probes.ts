import { pathOf, sendText, startHttpServer, type HttpServer } from './http-server.ts';

export interface ProbeOptions {
  host: string;
  port: number;
  /** Time since the main loop last turned. A healthy one turns every two seconds. */
  sinceProgressMillis: () => number;
  /** Names of what is not ready yet; empty = ready. Bad PTP is never among them. */
  notReady: () => readonly string[];
  onError: (error: unknown) => void;
}

/** Well above any pause of a busy process, well below what an operator should be allowed to hang. */
const STUCK_AFTER_MILLIS = 30_000;

/** `/livez`: the process makes progress. `/readyz`: it has read its inputs and is not stopping. */
export function startProbeServer(options: ProbeOptions): Promise<HttpServer> {
  return startHttpServer({
    host: options.host,
    port: options.port,
    onError: options.onError,
    handle: (request, response) => {
      const path = pathOf(request);
      if (path === '/livez') answer(response, stuck(options.sinceProgressMillis()));
      else if (path === '/readyz') answer(response, options.notReady());
      else sendText(response, 404, 'probes are at /livez and /readyz\n');
      return Promise.resolve();
    },
  });
}

function stuck(sinceProgressMillis: number): string[] {
  return sinceProgressMillis < STUCK_AFTER_MILLIS
    ? []
    : [`main loop stands still for ${Math.round(sinceProgressMillis / 1000)} s`];
}

function answer(response: Parameters<typeof sendText>[0], problems: readonly string[]): void {
  if (problems.length === 0) sendText(response, 200, 'ok\n');
  else sendText(response, 503, `${problems.join('\n')}\n`);
}
