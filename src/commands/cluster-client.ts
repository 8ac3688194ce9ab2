import { KubeClient } from '../kube/client.ts';
import { loadKubeConfig } from '../kube/config.ts';
import { HttpTransport } from '../kube/http/transport.ts';
import { systemClock } from '../lib/clock.ts';
import { version } from './version.ts';

export interface ClusterChoice {
  kubeconfig?: string;
  context?: string;
}

/**
 * Runs a job that reads from the cluster a kubeconfig names, and closes its connections.
 * @throws KubeError
 */
export async function withCluster<T>(
  choice: ClusterChoice,
  job: (client: KubeClient) => Promise<T>,
): Promise<T> {
  const { kubeconfig, context } = choice;
  const { credentials } = loadKubeConfig({ kubeconfig, context }, systemClock);
  const transport = new HttpTransport({
    credentials,
    clock: systemClock,
    userAgent: `ptp-health/${version()}`,
  });
  try {
    return await job(new KubeClient({ transport, fieldManager: 'ptp-health' }));
  } finally {
    await transport.close();
  }
}
