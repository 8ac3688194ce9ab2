import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedCluster } from '../../../sim/cluster.ts';

/** Where the demo can be reached. */
export interface DemoPlace {
  directory: string;
  kubeconfigPath: string;
  /** CA behind the simulated daemons' metrics. */
  daemonMetricsCaPath: string;
  metricsPort: number;
  healthPort: number;
  mcpPort: number;
}

/** Writes what clients need into a new folder and picks the operator's ports. */
export async function preparePlace(cluster: SimulatedCluster): Promise<DemoPlace> {
  const directory = mkdtempSync(join(tmpdir(), 'ptp-health-demo-'));
  const kubeconfigPath = join(directory, 'kubeconfig');
  const daemonMetricsCaPath = join(directory, 'daemon-metrics-ca.pem');
  writeFileSync(kubeconfigPath, cluster.kubeconfig, { mode: 0o600 });
  writeFileSync(daemonMetricsCaPath, cluster.metrics.caCertificate);
  return {
    directory,
    kubeconfigPath,
    daemonMetricsCaPath,
    metricsPort: await freePort(9464),
    healthPort: await freePort(8081),
    mcpPort: await freePort(8090),
  };
}

/** The documented port when nobody has it, else any free one, so that two demos can run. */
async function freePort(preferred: number): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? preferred;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}
