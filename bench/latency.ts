/**
 * From the moment a kubelet has a fault's line to the moment a Kubernetes watch shows it in the report,
 * in a fleet of nodes at full rate; and what such a node costs. The simulation and the operator share the
 * machine's processors, so the delay holds both.
 */
import { REPORTS } from '../src/api/resources.ts';
import { openWatch } from '../src/kube/watch.ts';
import type { KubeObject } from '../src/kube/objects.ts';
import { connect } from './support/client.ts';
import { boundaryClocks, sleep, startFleet, type Fleet } from './support/fleet.ts';
import { millicores } from './support/operator.ts';
import { quantile } from './support/quantile.ts';
import type { BenchRow } from './run.ts';

const NODES = 100;
const LINES_PER_SECOND = 75;
const FAULTS = 60;
const WARM_UP_MILLIS = 30_000;
const COST_SECONDS = 20;
/** Between two faults, so that each is alone, at no fixed phase of any timer. */
const PAUSE_MILLIS = 230;
const FAULT_TIMEOUT_MILLIS = 10_000;

export async function run(): Promise<readonly BenchRow[]> {
  const base = await memoryOfOneNode();
  const fleet = await startFleet(boundaryClocks(NODES, LINES_PER_SECOND));
  try {
    await sleep(WARM_UP_MILLIS);
    const cost = await measureCost(fleet, base);
    const delays = await measureDelays(fleet);
    return [
      ...cost,
      ...([0.5, 0.95, 0.99] as const).map((share) => ({
        what: `fault line to watch event, p${share * 100} of ${delays.length} faults`,
        value: `${quantile(delays, share).toFixed(0)} ms`,
        ...(share === 0.95 ? { against: 'goal 300 ms' } : {}),
      })),
    ];
  } finally {
    await fleet.stop();
  }
}

/** Resident memory of the operator with one quiet node. */
async function memoryOfOneNode(): Promise<number> {
  const fleet = await startFleet(boundaryClocks(1, 1));
  try {
    await sleep(10_000);
    return (await fleet.operator.usage()).rssMebibytes;
  } finally {
    await fleet.stop();
  }
}

async function measureCost(fleet: Fleet, baseMebibytes: number): Promise<BenchRow[]> {
  const { operator } = fleet;
  const simulation = process.cpuUsage();
  const before = await operator.usage();
  const lines = await fleet.measureLineRate(COST_SECONDS);
  const after = await operator.usage();
  const { user, system } = process.cpuUsage(simulation);
  const seconds = (after.atMillis - before.atMillis) / 1_000;
  const simulationMillicores = (user + system) / 1_000 / seconds;
  const perNode = millicores(before, after) / NODES;
  const mebibytesPerNode = (after.rssMebibytes - baseMebibytes) / (NODES - 1);
  return [
    {
      what: `operator, ${NODES} boundary clocks, ${(lines / NODES).toFixed(0)} lines/s each`,
      value: `${perNode.toFixed(2)} mcores/node`,
      against: `goal 0.30; simulation ${(simulationMillicores / NODES).toFixed(2)} mcores/node`,
    },
    {
      what: `  memory above that of one node (${baseMebibytes.toFixed(0)} MiB)`,
      value: `${mebibytesPerNode.toFixed(2)} MiB/node`,
      against: `goal 0.30; ${after.rssMebibytes.toFixed(0)} MiB in all, JavaScript heap ${after.heapMebibytes.toFixed(0)}`,
    },
    {
      what: '  longest wait of its event loop',
      value: `${after.eventLoopDelayMillis.toFixed(0)} ms`,
      against: `${((after.evaluations - before.evaluations) / seconds).toFixed(1)} evaluations/s`,
    },
  ];
}

/** Milliseconds, one per fault. */
async function measureDelays(fleet: Fleet): Promise<number[]> {
  const { client, close } = connect(fleet.cluster.kubeconfig);
  const stop = new AbortController();
  const waiting = new Map<string, (atMillis: number) => void>();
  const watching = (async () => {
    const events = await openWatch(client, {
      resource: REPORTS,
      timeoutSeconds: 3_600,
      inactivityMillis: 60_000,
      signal: stop.signal,
    });
    for await (const event of events) {
      if (event.type === 'Bookmark') continue;
      const { name } = event.object.metadata;
      if (activeFaults(event.object) > 0) waiting.get(name)?.(performance.now());
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  await sleep(1_000);
  const delays: number[] = [];
  for (const { spec } of fleet.cluster.nodes.slice(0, FAULTS)) {
    const seen = new Promise<number>((resolve, reject) => {
      waiting.set(spec.name, resolve);
      setTimeout(
        () => reject(new Error(`${spec.name}: the fault did not show`)),
        FAULT_TIMEOUT_MILLIS,
      ).unref();
    });
    const startMillis = performance.now();
    fleet.cluster.inject(spec.name, 'linkDown');
    delays.push((await seen) - startMillis);
    waiting.delete(spec.name);
    await sleep(PAUSE_MILLIS);
  }
  stop.abort(new Error('done'));
  await watching;
  await close();
  return delays;
}

function activeFaults({ status }: KubeObject): number {
  const { summary } = (status ?? {}) as { summary?: { activeFaults?: number } };
  return summary?.activeFaults ?? 0;
}
