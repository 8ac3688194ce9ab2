import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestBed, eventually, sleep, type TestBed } from './harness.ts';

jest.setTimeout(60_000);

/** Statistics look back over a minute: before that, the servos' first samples are news. */
const RUNNING_SECONDS = 120;
/** A change of detail may wait for 10 s after the first write. */
const SETTLING_MILLIS = 12_000;
const QUIET_MILLIS = 15_000;

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed(3, {}, { runningSeconds: RUNNING_SECONDS });
});
afterAll(async () => {
  await bed.stop();
});

describe('a quiet cluster', () => {
  it('costs no status write', async () => {
    const operator = await bed.startOperator();
    await eventually('all reports', () =>
      ['worker-0', 'worker-1', 'worker-2'].every((node) => bed.report(node)?.health === 'Healthy'),
    );
    await sleep(SETTLING_MILLIS);
    const before = JSON.stringify(bed.reports());
    bed.api.calls.clear();
    const { count } = operator.statistics().evaluations;
    await sleep(QUIET_MILLIS);
    expect(operator.statistics().evaluations.count).toBeGreaterThan(count);
    // What changed, should there be a write after all.
    expect(JSON.stringify(bed.reports())).toBe(before);
    expect(bed.statusWrites()).toBe(0);
  });
});
