import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApiServer } from '../../sim/api/server.ts';
import { describeKubeBehaviour } from './behaviour.ts';

describeKubeBehaviour('simulated, in this process', async () => {
  const server = await startApiServer({ bookmarkMillis: 1_000 });
  const directory = mkdtempSync(join(tmpdir(), 'in-process-'));
  const kubeconfigPath = join(directory, 'kubeconfig');
  writeFileSync(kubeconfigPath, server.kubeconfig);
  return {
    kubeconfigPath,
    serveLogs: (backend) => {
      server.setLogBackend(backend);
      return Promise.resolve({ address: '127.0.0.1', port: 10_250 });
    },
    expiredResourceVersion: () => {
      server.expireHistory();
      return Promise.resolve('1');
    },
    restart: () => server.transport.restart(200),
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
});
