/** A simulated cluster in this process with the built operator on it. */
import { customResourceDefinition, KINDS } from '../../src/api/crd.ts';
import type { PtpHealthReportStatus } from '../../src/api/report.ts';
import type { ApiServer } from '../../sim/api/server.ts';
import type { ObjectInput } from '../../sim/api/object-access.ts';
import { startSimulatedCluster, type SimulatedCluster } from '../../sim/cluster.ts';
import { parseScript, uniformScript, type Script } from '../../sim/script.ts';
import { startOperator, type OperatorProcess } from './operator.ts';

const REPORTS_TIMEOUT_MILLIS = 180_000;

export interface Fleet {
  readonly cluster: SimulatedCluster;
  readonly api: ApiServer;
  readonly operator: OperatorProcess;
  report(node: string): PtpHealthReportStatus | undefined;
  /** Lines all nodes print in a second, measured over some seconds. */
  measureLineRate(seconds: number): Promise<number>;
  stop(): Promise<void>;
}

/** Starts both and waits until every node has its report. */
export async function startFleet(script: Script): Promise<Fleet> {
  const cluster = await startSimulatedCluster({
    script,
    api: { transportChaos: false },
    objects: KINDS.map((kind) => customResourceDefinition(kind) as unknown as ObjectInput),
  });
  const { api } = cluster;
  if (api === undefined) throw new Error('the simulated cluster has no API');
  const operator = await startOperator(cluster).catch(async (error: unknown) => {
    await cluster.stop();
    throw error;
  });
  const fleet: Fleet = {
    cluster,
    api,
    operator,
    report: (node) =>
      api.objects.get('ptphealth.io/v1alpha1', 'PtpHealthReport', node)?.['status'] as
        PtpHealthReportStatus | undefined,
    measureLineRate: async (seconds) => {
      const before = printedLines(cluster);
      await sleep(seconds * 1_000);
      return (printedLines(cluster) - before) / seconds;
    },
    stop: async () => {
      await operator.stop();
      await cluster.stop();
    },
  };
  try {
    await until(REPORTS_TIMEOUT_MILLIS, () =>
      cluster.nodes.every(({ spec }) => fleet.report(spec.name) !== undefined),
    );
  } catch (error) {
    await fleet.stop();
    throw error;
  }
  return fleet;
}

function printedLines(cluster: SimulatedCluster): number {
  return cluster.nodes.reduce((sum, node) => sum + node.log.written, 0);
}

/** Nodes that follow (the first serves time), each printing so many lines a second. */
export function plainFleet(nodes: number, rateLinesPerSecond: number): Script {
  return uniformScript(nodes, { rateLinesPerSecond });
}

/** One ordinary clock that follows. */
export function oneFollower(rateLinesPerSecond: number): Script {
  return parseScript({ rateLinesPerSecond, nodes: [{ name: 'worker-0', clockType: 'T-TSC' }] });
}

/** Boundary clocks with hardware: the kind of node that prints most. */
export function boundaryClocks(nodes: number, rateLinesPerSecond: number): Script {
  return parseScript({
    rateLinesPerSecond,
    nodes: Array.from({ length: nodes }, (_, index) => ({ name: `worker-${index}`, clockType: 'T-BC' })),
  });
}

export const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

/** @throws Error when the condition does not come true in time */
export async function until(timeoutMillis: number, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + timeoutMillis;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMillis} ms: ${condition.toString()}`);
    await sleep(20);
  }
}
