import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fleetSnapshot } from '../../../test/support/snapshot.ts';
import type { Engine } from '../../engine/engine.ts';
import { ManualClock } from '../../lib/clock.ts';
import { silentLogger } from '../../lib/log.ts';
import { EvaluationLoop } from './evaluation-loop.ts';

let clock: ManualClock;
let loop: EvaluationLoop;
let evaluations: number;
let published: number;
let fails: boolean;
let ready: boolean;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  clock = new ManualClock();
  evaluations = published = 0;
  fails = false;
  ready = true;
  stop = new AbortController();
  const engine = {
    evaluate: () => {
      evaluations += 1;
      if (fails) throw new Error('a mistake of ours');
      return fleetSnapshot([]);
    },
  } as unknown as Engine;
  loop = new EvaluationLoop({
    engine,
    clock,
    log: silentLogger,
    prepare: () => ready,
    publish: () => (published += 1),
  });
  running = loop.run(stop.signal);
});
afterEach(async () => {
  stop.abort(new Error('test over'));
  await running;
});

/** Small steps: each lets what was due run before the next. */
async function pass(millis: number): Promise<void> {
  for (let step = 0; step < millis; step += 10) await clock.advance(10);
}

describe('EvaluationLoop', () => {
  it('judges at every tick without news', async () => {
    await pass(10_500);
    expect(evaluations).toBe(5);
  });

  it('judges news within some 20 ms, and news that comes together once', async () => {
    await pass(100);
    for (let fact = 0; fact < 50; fact++) loop.wake();
    await pass(40);
    expect(evaluations).toBe(1);
    loop.wake();
    await pass(40);
    expect(evaluations).toBe(2);
  });

  it('does not judge before there is something to judge', async () => {
    ready = false;
    await pass(5_000);
    expect(evaluations).toBe(0);
    expect(loop.sinceProgressMillis).toBeLessThan(3_000);
  });

  it('goes on after a mistake of ours', async () => {
    fails = true;
    await pass(2_100);
    fails = false;
    await pass(2_100);
    expect([evaluations, published]).toEqual([2, 1]);
  });
});
