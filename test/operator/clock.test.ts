import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createTestBed, eventually, sleep, type TestBed } from './harness.ts';

jest.setTimeout(60_000);

let bed: TestBed;
afterEach(async () => {
  await bed.stop();
});

describe('a clock that is stepped', () => {
  it.each([3_600, -3_600])('by %i s on the node costs no false fault', async (seconds) => {
    bed = await createTestBed(3);
    await bed.startLocked();
    const { log } = bed.cluster.nodes[2]!;
    log.stepClock(seconds * 1_000_000);
    await sleep(3_000);
    await bed.seesAFault('worker-2');
    bed.cluster.clear('worker-2', 'linkDown');
    await eventually('the end of the fault', () => !bed.activeKinds('worker-2').includes('LinkDown'));
    const link = bed.report('worker-2')!.faults.recent.filter(({ kind }) => kind === 'LinkDown');
    expect(link).toHaveLength(1);
    expect(link[0]!.outageSeconds).toBeLessThan(60);
  });
});
