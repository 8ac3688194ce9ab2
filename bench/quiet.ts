/** Writes of a healthy fleet in which nothing happens. The goal is none, but for the heartbeat. */
import type { Fleet } from './support/fleet.ts';
import { plainFleet, sleep, startFleet } from './support/fleet.ts';
import type { BenchRow } from './run.ts';

const NODES = 20;
const LINES_PER_SECOND = 16;
/** Statistics look back over a minute: the servos' first samples must have left it. */
const SETTLING_MILLIS = 90_000;
/** PTP_BENCH_QUIET_SECONDS: a longer look, which then holds heartbeats too. */
const QUIET_SECONDS = Number(process.env['PTP_BENCH_QUIET_SECONDS'] ?? 300);

export async function run(): Promise<readonly BenchRow[]> {
  const fleet = await startFleet(plainFleet(NODES, LINES_PER_SECOND));
  try {
    await sleep(SETTLING_MILLIS);
    fleet.api.calls.clear();
    await sleep(QUIET_SECONDS * 1_000);
    return [
      {
        what: `status writes, ${NODES} healthy nodes, ${QUIET_SECONDS} s`,
        value: String(writes(fleet, 'ptphealthreports')),
        against: 'goal 0 (heartbeats come after 13 minutes)',
      },
      { what: '  of the fleet report', value: String(writes(fleet, 'ptpfleetreports')), against: 'goal 0' },
      { what: '  Events', value: String(writes(fleet, 'events')), against: 'goal 0' },
    ];
  } finally {
    await fleet.stop();
  }
}

function writes(fleet: Fleet, resource: string): number {
  return fleet.api.calls
    .calls()
    .filter((call) => call.resource === resource && ['create', 'patch', 'update'].includes(call.verb)).length;
}
