import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestBed, eventually, sleep, type TestBed } from './harness.ts';

jest.setTimeout(150_000);

/** Statistics look back over a minute: before that, the servos' first samples are news. */
const SETTLING_MILLIS = 75_000;
const QUIET_MILLIS = 30_000;

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed(3);
});
afterAll(async () => {
  await bed.stop();
});

describe('a quiet cluster', () => {
  it('costs no status write', async () => {
    await bed.startOperator();
    await eventually('all reports', () =>
      ['worker-0', 'worker-1', 'worker-2'].every((node) => bed.report(node) !== undefined),
    );
    await sleep(SETTLING_MILLIS);
    bed.api.calls.clear();
    await sleep(QUIET_MILLIS);
    expect(bed.statusWrites()).toBe(0);
  });
});
