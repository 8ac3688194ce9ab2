import { spawn } from 'node:child_process';
import type { DemoPlace } from './place.ts';

export interface OperatorProcess {
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<void>;
  readonly isRunning: () => boolean;
  /** The end of its log, for when something went wrong. */
  lastLines(): string;
  stop(): Promise<void>;
}

const KEPT_LOG_BYTES = 8_192;
const STOP_GRACE_MILLIS = 10_000;

/** The very program users run, as a process of its own, against the simulated API. */
export function startOperator(
  entryPoint: string,
  place: DemoPlace,
  daemonMetricsPort: number,
): OperatorProcess {
  const child = spawn(
    process.execPath,
    [
      entryPoint,
      'operator',
      ...flags({
        kubeconfig: place.kubeconfigPath,
        'lease-namespace': 'default',
        'metrics-address': `127.0.0.1:${place.metricsPort}`,
        'health-address': `127.0.0.1:${place.healthPort}`,
        'mcp-address': `127.0.0.1:${place.mcpPort}`,
        'daemon-metrics-port': daemonMetricsPort,
        'daemon-metrics-ca': place.daemonMetricsCaPath,
        'scrape-interval-seconds': 5,
        'log-level': 'warn',
      }),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-KEPT_LOG_BYTES);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      log += error.message;
      resolve();
    });
  });
  return {
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    lastLines: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MILLIS);
      await exited;
      clearTimeout(timer);
    },
  };
}

function flags(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
