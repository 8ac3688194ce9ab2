/** The built operator as a process of its own, and what it costs by its own metrics. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatedCluster } from '../../sim/cluster.ts';

export interface OperatorProcess {
  readonly metricsUrl: string;
  readonly mcpUrl: string;
  usage(): Promise<ProcessUsage>;
  stop(): Promise<void>;
}

/** Totals since the start of the process, and what it holds now. */
export interface ProcessUsage {
  atMillis: number;
  cpuSeconds: number;
  rssMebibytes: number;
  heapMebibytes: number;
  evaluations: number;
  observations: number;
  /** Longest since it was last asked for. */
  eventLoopDelayMillis: number;
}

const BUNDLE = new URL('../../dist/ptp-health.js', import.meta.url).pathname;
/** What the image sets, so that memory is measured as it will be used. */
const NODE_OPTIONS = ['--max-old-space-size=512', '--max-semi-space-size=8'];
const START_TIMEOUT_MILLIS = 30_000;

/** @throws Error when the operator ends before it listens, with the end of its log */
export async function startOperator(cluster: SimulatedCluster): Promise<OperatorProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'ptp-health-bench-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const certificate = join(folder, 'ca.pem');
  writeFileSync(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  writeFileSync(certificate, cluster.metrics.caCertificate);
  const settings = {
    kubeconfig,
    'lease-namespace': 'default',
    'metrics-address': '127.0.0.1:0',
    'health-address': '127.0.0.1:0',
    'mcp-address': '127.0.0.1:0',
    'daemon-metrics-port': cluster.metrics.port,
    'daemon-metrics-ca': certificate,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(process.execPath, [...NODE_OPTIONS, ...extraOptions(), BUNDLE, 'operator', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ports = await listeningPorts(child.stdout, child.stderr, exited);
  const metricsUrl = `http://127.0.0.1:${ports.metrics}/metrics`;
  return {
    metricsUrl,
    mcpUrl: `http://127.0.0.1:${ports.mcp}/mcp`,
    usage: () => readUsage(metricsUrl),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/** For profiles: `PTP_BENCH_NODE_OPTIONS="--cpu-prof --cpu-prof-dir=…" npm run bench -- latency`. */
function extraOptions(): string[] {
  return (process.env['PTP_BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '');
}

interface Ports {
  metrics: number;
  mcp: number;
}

/** The ports it chose, which it writes to its log. */
function listeningPorts(
  stdout: NodeJS.ReadableStream,
  stderr: NodeJS.ReadableStream,
  exited: Promise<void>,
): Promise<Ports> {
  return new Promise((resolve, reject) => {
    let log = '';
    const read = (chunk: Buffer): void => {
      log = (log + chunk.toString()).slice(-8_192);
      const started = log.split('\n').find((line) => line.includes('operator started'));
      if (started !== undefined && started.endsWith('}')) resolve(JSON.parse(started) as Ports);
    };
    stdout.on('data', read);
    stderr.on('data', read);
    const fail = (): void => reject(new Error(`the operator did not start:\n${log}`));
    void exited.then(fail);
    setTimeout(fail, START_TIMEOUT_MILLIS).unref();
  });
}

async function readUsage(metricsUrl: string): Promise<ProcessUsage> {
  const text = await (await fetch(metricsUrl)).text();
  const value = (name: string): number => {
    const match = new RegExp(`^${name} (\\S+)$`, 'm').exec(text);
    if (match === null) throw new Error(`the operator has no metric ${name}`);
    return Number(match[1]);
  };
  return {
    atMillis: performance.now(),
    cpuSeconds: value('process_cpu_seconds_total'),
    rssMebibytes: value('process_resident_memory_bytes') / 2 ** 20,
    heapMebibytes: value('nodejs_heap_size_used_bytes') / 2 ** 20,
    evaluations: value('ptp_health_evaluations_total'),
    observations: value('ptp_health_observations_total'),
    eventLoopDelayMillis: value('ptp_health_event_loop_lag_seconds') * 1_000,
  };
}

/** Thousandths of one processor, between two readings. */
export function millicores(before: ProcessUsage, after: ProcessUsage): number {
  return ((after.cpuSeconds - before.cpuSeconds) / (after.atMillis - before.atMillis)) * 1e6;
}
