/** What the operator costs when there is nothing to do: one node that hardly prints. */
import { oneFollower, sleep, startFleet } from './support/fleet.ts';
import { millicores } from './support/operator.ts';
import type { BenchRow } from './run.ts';

const LINES_PER_SECOND = 0.5;
const WARM_UP_MILLIS = 15_000;
const QUIET_MILLIS = 60_000;

export async function run(): Promise<readonly BenchRow[]> {
  const fleet = await startFleet(oneFollower(LINES_PER_SECOND));
  try {
    await sleep(WARM_UP_MILLIS);
    const before = await fleet.operator.usage();
    await sleep(QUIET_MILLIS);
    const after = await fleet.operator.usage();
    return [
      {
        what: 'operator, one quiet node, over 60 s',
        value: `${millicores(before, after).toFixed(1)} mcores`,
        against: 'goal 2',
      },
      {
        what: '  memory',
        value: `${after.rssMebibytes.toFixed(0)} MiB`,
        against: `goal 80; JavaScript heap ${after.heapMebibytes.toFixed(0)}`,
      },
      {
        what: '  processor time of its start',
        value: `${(before.cpuSeconds * 1_000).toFixed(0)} ms`,
        against: `with the first ${WARM_UP_MILLIS / 1_000} s`,
      },
    ];
  } finally {
    await fleet.stop();
  }
}
