/** A client of the simulated API over its real socket, with the product's own runtime. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeClient } from '../../src/kube/client.ts';
import { loadKubeConfig } from '../../src/kube/config.ts';
import { HttpTransport } from '../../src/kube/http/transport.ts';
import { systemClock } from '../../src/lib/clock.ts';

export function connect(kubeconfig: string): { client: KubeClient; close: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'ptp-health-bench-'));
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  const { credentials } = loadKubeConfig({ kubeconfig: path }, systemClock);
  const transport = new HttpTransport({ credentials, clock: systemClock, userAgent: 'bench' });
  return {
    client: new KubeClient({ transport, clock: systemClock, fieldManager: 'bench' }),
    close: async () => {
      await transport.close();
      rmSync(folder, { recursive: true });
    },
  };
}
