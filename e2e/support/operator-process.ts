import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetricsServer } from '../../sim/kubelet/metrics-server.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { freePorts } from '../controlplane/ports.ts';
import { startProgram, waitUntilReady, type RunningProgram } from '../controlplane/process.ts';
import { OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT } from './install.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'ptp-health');

/** One replica of the operator: the bundle that the image ships, as its own process. */
export interface OperatorProcess {
  /** What POD_NAME says; the lease names its holder after it. */
  readonly name: string;
  /** Identity of this replica's token in the audit log: replicas share a ServiceAccount, not a token. */
  readonly credential: string;
  readonly metricsUrl: string;
  readonly healthUrl: string;
  readonly mcpUrl: string;
  readonly program: RunningProgram;
}

export interface OperatorOptions {
  name: string;
  /** The daemons' metrics; absent: they are not read. */
  daemonMetrics?: MetricsServer;
  /** More arguments, after those every test wants. */
  args?: readonly string[];
}

/** Short, so that a test need not wait minutes for a new leader. */
export const LEASE_DURATION_SECONDS = 4;
const LEASE_FLAGS = [
  `--lease-duration-seconds=${LEASE_DURATION_SECONDS}`,
  '--lease-renew-deadline-seconds=3',
  '--lease-retry-period-seconds=1',
];

/** Starts a replica under the shipped ServiceAccount and waits until it lives. */
export async function startOperator(
  controlPlane: ControlPlane,
  options: OperatorOptions,
): Promise<OperatorProcess> {
  const token = await controlPlane.tokenFor(OPERATOR_NAMESPACE, OPERATOR_SERVICE_ACCOUNT);
  const [metricsPort = 0, healthPort = 0, mcpPort = 0] = await freePorts(3);
  const directory = logFolder();
  const program = startProgram({
    name: options.name,
    file: LAUNCHER,
    args: [
      'operator',
      `--kubeconfig=${controlPlane.writeKubeconfig(options.name, token)}`,
      `--metrics-address=127.0.0.1:${metricsPort}`,
      `--health-address=127.0.0.1:${healthPort}`,
      `--mcp-address=127.0.0.1:${mcpPort}`,
      ...LEASE_FLAGS,
      ...daemonMetricsFlags(options.daemonMetrics, directory),
      ...(options.args ?? []),
    ],
    logPath: join(directory, `${options.name}.log`),
    environment: { POD_NAME: options.name, POD_NAMESPACE: OPERATOR_NAMESPACE },
  });
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  await waitUntilReady(program, () => answers(`${healthUrl}/livez`));
  return {
    name: options.name,
    credential: credentialOf(token),
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    healthUrl,
    mcpUrl: `http://127.0.0.1:${mcpPort}/mcp`,
    program,
  };
}

function daemonMetricsFlags(server: MetricsServer | undefined, directory: string): string[] {
  if (server === undefined) return ['--daemon-metrics=off'];
  const caPath = join(directory, 'daemon-metrics-ca.pem');
  writeFileSync(caPath, server.caCertificate);
  return [`--daemon-metrics-port=${server.port}`, `--daemon-metrics-ca=${caPath}`];
}

export async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** The audit log names a token by the `jti` in it. */
function credentialOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
    jti: string;
  };
  return `JTI=${claims.jti}`;
}

function logFolder(): string {
  const kept = process.env['PTP_HEALTH_E2E_LOGS'];
  if (kept === undefined || kept === '') return mkdtempSync(join(tmpdir(), 'ptp-health-operator-'));
  mkdirSync(kept, { recursive: true });
  return kept;
}
