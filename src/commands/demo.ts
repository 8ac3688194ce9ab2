import { rmSync } from 'node:fs';
import { customResourceDefinition, KINDS } from '../api/crd.ts';
import type { ObjectInput } from '../../sim/api/object-access.ts';
import { startSimulatedCluster, type SimulatedCluster } from '../../sim/cluster.ts';
import { runWithEnvironment } from './demo/exec.ts';
import { preparePlace, type DemoPlace } from './demo/place.ts';
import { ReportReader } from './demo/report-reader.ts';
import { startOperator, type OperatorProcess } from './demo/operator-process.ts';
import { startPlainView } from './demo/plain-view.ts';
import { startTableView } from './demo/table-view.ts';
import { tryThis } from './demo/try-this.ts';

/**
 * `ptp-health demo`: a simulated cluster in this process, the real operator as a child process
 * against it. Not part of the container image: it needs the simulation.
 */
export interface DemoOptions {
  /** Command to run once every node has its report; the demo then ends with its exit code. */
  exec?: string;
  /** Nodes of a synthetic fleet instead of the scripted one. */
  nodes?: number;
  /** Path of another fault script. */
  script?: string;
  /** Lines a second each node prints. */
  rate?: number;
}

/** How long the first full set of reports may take before the demo gives up. */
const FIRST_REPORTS_TIMEOUT_MILLIS = 120_000;

/** Runs until interrupted (or until the command of --exec ends) and returns the exit code. */
export async function runDemo(options: DemoOptions, entryPoint: string): Promise<number> {
  const stopping = new AbortController();
  // `on`, not `once`: a second Ctrl-C must not leave the operator and the folder behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  // The reader of a pipe went away (`demo | head`).
  process.stdout.on('error', () => stopping.abort());

  const faults: string[] = [];
  const cluster = await startSimulatedCluster({
    ...clusterShape(options, entryPoint),
    objects: KINDS.map((kind) => customResourceDefinition(kind) as unknown as ObjectInput),
    onFault: ({ node, fault, active }) => faults.push(`${active ? 'FAULT' : 'CLEAR'} ${fault} on ${node}`),
  });
  let place: DemoPlace | undefined;
  let operator: OperatorProcess | undefined;
  try {
    place = await preparePlace(cluster);
    operator = startOperator(entryPoint, place, cluster.metrics.port);
    return await show({ options, cluster, place, operator, faults, signal: stopping.signal });
  } finally {
    await operator?.stop();
    await cluster.stop();
    if (place !== undefined) rmSync(place.directory, { recursive: true, force: true });
  }
}

function clusterShape(
  options: DemoOptions,
  entryPoint: string,
): { script?: string | URL; nodes?: number; rateLinesPerSecond?: number } {
  const rate = options.rate === undefined ? {} : { rateLinesPerSecond: options.rate };
  if (options.nodes !== undefined) return { nodes: options.nodes, ...rate };
  // The bundle lies in dist/, the script beside it in sim/scripts/.
  return { script: options.script ?? new URL('../sim/scripts/demo.yaml', `file://${entryPoint}`), ...rate };
}

interface Show {
  options: DemoOptions;
  cluster: SimulatedCluster;
  place: DemoPlace;
  operator: OperatorProcess;
  /** Faults as they come and go; the view takes them away. */
  faults: string[];
  signal: AbortSignal;
}

async function show({ options, cluster, place, operator, faults, signal }: Show): Promise<number> {
  const reader = new ReportReader(cluster);
  const isComplete = await reader.waitForAll(
    cluster.nodes.length,
    FIRST_REPORTS_TIMEOUT_MILLIS,
    signal,
    operator,
  );
  if (!isComplete) {
    if (signal.aborted) return 130;
    process.stderr.write(
      `The operator wrote ${reader.count()} of ${cluster.nodes.length} reports.\n${operator.lastLines()}\n`,
    );
    return 1;
  }
  if (options.exec !== undefined) return await runWithEnvironment(options.exec, place, signal);

  process.stdout.write(tryThis(place, cluster.nodes[0]?.spec.name ?? 'NODE'));
  const view = process.stdout.isTTY ? startTableView(reader, faults, place) : startPlainView(reader, faults);
  await Promise.race([untilAborted(signal), operator.exited]);
  view.stop();
  if (signal.aborted) return 0;
  process.stderr.write(`The operator ended by itself.\n${operator.lastLines()}\n`);
  return 1;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
