import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../lib/clock.ts';
import { OpenGate } from './gate.ts';

const never = new AbortController().signal;

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

describe('OpenGate', () => {
  it('lets no more through at once than allowed, in order', async () => {
    const gate = new OpenGate(new ManualClock(), { maxInFlight: 2, perSecond: 1_000 });
    const opened: number[] = [];
    const finish: (() => void)[] = [];
    for (let number = 0; number < 5; number++) {
      void gate.run(never, () => {
        opened.push(number);
        return new Promise<void>((resolve) => finish.push(resolve));
      });
    }
    await turns();
    expect([opened, gate.waiting]).toEqual([[0, 1], 3]);
    finish[1]?.();
    await turns();
    expect(opened).toEqual([0, 1, 2]);
    for (let rest = 0; rest < 4; rest++) {
      for (const each of finish) each();
      await turns();
    }
    expect([opened, gate.waiting]).toEqual([[0, 1, 2, 3, 4], 0]);
  });

  it('opens no more in a second than allowed, after a first burst', async () => {
    const clock = new ManualClock();
    const gate = new OpenGate(clock, { maxInFlight: 100, perSecond: 10 });
    let opened = 0;
    for (let number = 0; number < 40; number++) {
      void gate.run(never, () => {
        opened += 1;
        return Promise.resolve();
      });
    }
    await turns();
    expect(opened).toBe(10);
    await clock.advance(1_000);
    await turns();
    expect(opened).toBe(20);
    await clock.advance(2_000);
    await turns();
    expect(opened).toBe(40);
  });

  it('loses no place to a caller that gave up or failed', async () => {
    const gate = new OpenGate(new ManualClock(), { maxInFlight: 1, perSecond: 1_000 });
    let finish = (): void => undefined;
    const first = gate.run(never, () => new Promise<void>((resolve) => (finish = resolve)));
    const controller = new AbortController();
    const impatient = gate.run(controller.signal, () => Promise.resolve());
    const failing = gate.run(never, () => Promise.reject(new Error('no')));
    const last = gate.run(never, () => Promise.resolve('through'));
    controller.abort();
    await expect(impatient).rejects.toMatchObject({ code: 'Aborted' });
    finish();
    await first;
    await expect(failing).rejects.toThrow('no');
    expect(await last).toBe('through');
  });
});
