/** A thousand nodes with their logs on one replica: does it keep up, and at what cost? */
import { plainFleet, sleep, startFleet } from './support/fleet.ts';
import { millicores } from './support/operator.ts';
import type { BenchRow } from './run.ts';

const NODES = 1_000;
const LINES_PER_SECOND = 10;
const WARM_UP_MILLIS = 60_000;
const MEASURED_SECONDS = 60;

export async function run(): Promise<readonly BenchRow[]> {
  const startedMillis = performance.now();
  const fleet = await startFleet(plainFleet(NODES, LINES_PER_SECOND));
  try {
    const reportedSeconds = (performance.now() - startedMillis) / 1_000;
    await sleep(WARM_UP_MILLIS);
    const simulation = process.cpuUsage();
    const before = await fleet.operator.usage();
    const lines = await fleet.measureLineRate(MEASURED_SECONDS);
    const after = await fleet.operator.usage();
    const { user, system } = process.cpuUsage(simulation);
    const seconds = (after.atMillis - before.atMillis) / 1_000;
    return [
      { what: `${NODES} nodes: all reports after`, value: `${reportedSeconds.toFixed(0)} s` },
      {
        what: `operator, ${(lines / NODES).toFixed(1)} lines/s each`,
        value: `${millicores(before, after).toFixed(0)} mcores`,
        against: `simulation ${((user + system) / 1_000 / seconds).toFixed(0)} mcores; ${((after.observations - before.observations) / seconds).toFixed(0)} facts/s taken in`,
      },
      {
        what: '  memory',
        value: `${after.rssMebibytes.toFixed(0)} MiB`,
        against: `JavaScript heap ${after.heapMebibytes.toFixed(0)}`,
      },
      {
        what: '  longest wait of its event loop',
        value: `${after.eventLoopDelayMillis.toFixed(0)} ms`,
        against: `${((after.evaluations - before.evaluations) / seconds).toFixed(1)} evaluations/s`,
      },
    ];
  } finally {
    await fleet.stop();
  }
}
