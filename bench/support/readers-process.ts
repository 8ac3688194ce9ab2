/**
 * A process of its own with what answers readers (MCP, /metrics) over a made-up fleet, and a plain echo
 * server beside them to compare with. Told by its parent which fleet; tells its ports and processor time.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMcpHttpServer } from '../../src/publish/mcp/http.ts';
import { startMetricsServer } from '../../src/publish/metrics-server.ts';
import { fleetSnapshot, nodeReport, TIME_MICROS } from '../../test/support/snapshot.ts';
import { operatorStatistics } from '../../test/support/statistics.ts';

export interface ReadersPorts {
  mcp: number;
  metrics: number;
  echo: number;
}

/** Microseconds of processor time of this process so far. */
export interface ReadersCpu {
  cpuMicros: number;
}

const HOST = '127.0.0.1';

async function main(nodeCount: number): Promise<void> {
  const snapshot = fleetSnapshot(
    Array.from({ length: nodeCount }, (_, index) => nodeReport(`worker-${index}`)),
  );
  const onError = (error: unknown): void => console.error(error);
  const mcp = await startMcpHttpServer({
    host: HOST,
    port: 0,
    allowedHosts: [HOST],
    allowedOrigins: [],
    version: '0.0.0',
    context: () => ({ snapshot, now: TIME_MICROS, synced: true }),
    onError,
  });
  const metrics = await startMetricsServer({
    host: HOST,
    port: 0,
    input: () => ({ snapshot, operator: operatorStatistics() }),
    notReady: () => '',
    onError,
    onMetricError: onError,
  });
  const echo = createServer((request, response) => {
    request.pipe(response);
  });
  await new Promise<void>((resolve) => echo.listen(0, HOST, resolve));
  const { port } = echo.address() as AddressInfo;
  process.send?.({ mcp: mcp.port, metrics: metrics.port, echo: port } satisfies ReadersPorts);
  // An orderly end, so that --cpu-prof writes its file.
  process.once('SIGTERM', () => process.exit(0));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMicros: user + system } satisfies ReadersCpu);
  });
}

await main(Number(process.argv[2]));
