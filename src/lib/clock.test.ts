import { describe, expect, it } from '@jest/globals';
import { ManualClock, systemClock } from './clock.ts';

describe('ManualClock', () => {
  it('moves both clocks and wakes sleepers in the order of their deadlines', async () => {
    const clock = new ManualClock(1_000_000);
    const woken: string[] = [];
    void clock.sleep(200).then(() => woken.push(`late@${clock.monotonicMillis()}`));
    void clock.sleep(100).then(() => woken.push(`early@${clock.monotonicMillis()}`));
    await clock.advance(150);
    expect(woken).toEqual(['early@100']);
    await clock.advance(150);
    expect(woken).toEqual(['early@100', 'late@200']);
    expect(clock.wallMicros()).toBe(1_300_000);
  });

  it('steps the wall clock without touching the monotonic one', () => {
    const clock = new ManualClock(0);
    clock.stepWall(-3_600_000_000);
    expect(clock.wallMicros()).toBe(-3_600_000_000);
    expect(clock.monotonicMillis()).toBe(0);
  });

  it('rejects a sleeper that is aborted', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const sleep = clock.sleep(1_000, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('enough');
  });
});

describe('systemClock', () => {
  it('sleeps until the signal aborts', async () => {
    const controller = new AbortController();
    const sleep = systemClock.sleep(60_000, controller.signal);
    controller.abort();
    await expect(sleep).rejects.toThrow();
  });
});
