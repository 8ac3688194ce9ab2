import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { metricsUrl, mcpUrl } from './try-this.ts';
import type { DemoPlace } from './place.ts';

/** Runs a shell command that finds the demo in its environment. Resolves with its exit code. */
export function runWithEnvironment(command: string, place: DemoPlace, signal: AbortSignal): Promise<number> {
  const child = spawn(command, {
    shell: true,
    stdio: 'inherit',
    env: {
      ...process.env,
      KUBECONFIG: place.kubeconfigPath,
      PTP_HEALTH_METRICS_URL: metricsUrl(place),
      PTP_HEALTH_MCP_URL: mcpUrl(place),
    },
  });
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // A shell's own habit: 128 + signal number when the command was killed.
    child.once('exit', (code, killedBy) =>
      resolve(code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy])),
    );
  });
}
