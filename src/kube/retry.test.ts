import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../lib/clock.ts';
import { KubeError } from './errors.ts';
import { Backoff, jittered, RetryBudget, withRetry } from './retry.ts';

const unavailable = () => new KubeError('Status', 'unavailable', { status: 503 });

/** Runs a call that fails with the given errors in turn and then succeeds; gives attempts, time and result. */
async function run(
  errors: KubeError[],
  options: { budget?: RetryBudget; clock?: ManualClock; maxAttempts?: number; signal?: AbortSignal } = {},
): Promise<{ attempts: number; waitedMillis: number; result: unknown }> {
  const clock = options.clock ?? new ManualClock();
  const { budget = new RetryBudget(clock), maxAttempts, signal } = options;
  let attempts = 0;
  let result: unknown;
  const started = clock.monotonicMillis();
  let waitedMillis = 0;
  const done = withRetry({ clock, budget, random: () => 1, maxAttempts, signal }, (attempt) => {
    attempts = attempt;
    waitedMillis = clock.monotonicMillis() - started;
    const error = errors[attempt - 1];
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  }).then(
    (value) => (result = value),
    (error: unknown) => (result = error),
  );
  await new Promise(setImmediate);
  for (let step = 0; step < 2_000 && result === undefined; step++) await clock.advance(50);
  await done;
  return { attempts, waitedMillis, result };
}

describe('withRetry', () => {
  it('repeats with growing delay what may succeed', async () => {
    const { attempts, waitedMillis, result } = await run([unavailable(), unavailable(), unavailable()]);
    // 200 + 400 + 800 ms
    expect([attempts, waitedMillis, result]).toEqual([4, 1_400, 'done']);
  });

  it.each([400, 401, 403, 404, 409, 422])('does not repeat what fails for good (%d)', async (status) => {
    const error = new KubeError('Status', 'no', { status });
    expect(await run([error])).toEqual({ attempts: 1, waitedMillis: 0, result: error });
  });

  it.each(['ConnectFailed', 'ConnectionLost', 'DeadlineExceeded'] as const)(
    'repeats after %s',
    async (code) => {
      expect((await run([new KubeError(code, 'x')])).result).toBe('done');
    },
  );

  it('waits at least as long as Retry-After says', async () => {
    const { waitedMillis } = await run([
      new KubeError('Status', 'slow', { status: 429, retryAfterSeconds: 7 }),
    ]);
    expect(waitedMillis).toBe(7_200);
  });

  it('hands a long Retry-After to its caller', async () => {
    const error = new KubeError('Status', 'slow', { status: 429, retryAfterSeconds: 600 });
    expect(await run([error])).toMatchObject({ attempts: 1, result: error });
  });

  it('stops at the last attempt with the last error', async () => {
    const errors = Array.from({ length: 9 }, unavailable);
    expect(await run(errors, { maxAttempts: 3 })).toMatchObject({ attempts: 3, result: errors[2] });
  });

  it('shares one budget between all calls, refilled with time', async () => {
    const clock = new ManualClock();
    const budget = new RetryBudget(clock, { burst: 3, perSecond: 0.1 });
    const errors = () => Array.from({ length: 9 }, unavailable);
    expect((await run(errors(), { clock, budget, maxAttempts: 9 })).attempts).toBe(4);
    expect((await run(errors(), { clock, budget, maxAttempts: 9 })).attempts).toBe(1);
    await clock.advance(10_000);
    expect((await run(errors(), { clock, budget, maxAttempts: 9 })).attempts).toBe(2);
  });

  it('stops waiting when aborted', async () => {
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort();
    }, 5);
    const error = new KubeError('Status', 'slow', { status: 429, retryAfterSeconds: 30 });
    const clock = new ManualClock();
    const pending = withRetry({ clock, budget: new RetryBudget(clock), signal: controller.signal }, () =>
      Promise.reject(error),
    );
    await expect(pending).rejects.toMatchObject({ code: 'Aborted' });
  });
});

describe('Backoff', () => {
  it('doubles its ceiling up to the maximum and starts again after a calm time', async () => {
    const clock = new ManualClock();
    const backoff = new Backoff(
      { baseMillis: 800, maxMillis: 30_000, resetAfterMillis: 120_000 },
      clock,
      () => 1,
    );
    expect(Array.from({ length: 8 }, () => backoff.nextMillis())).toEqual([
      800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000,
    ]);
    await clock.advance(120_001);
    expect(backoff.nextMillis()).toBe(800);
  });

  it('spreads over the whole range', () => {
    const backoff = new Backoff({ baseMillis: 800, maxMillis: 800, resetAfterMillis: 1 }, new ManualClock());
    for (let times = 0; times < 100; times++) {
      const delay = backoff.nextMillis();
      expect(delay >= 0 && delay <= 800).toBe(true);
    }
  });
});

describe('jittered', () => {
  it('stays within its share', () => {
    expect([
      jittered(100, 0.25, () => 0),
      jittered(100, 0.25, () => 0.5),
      jittered(100, 0.25, () => 1),
    ]).toEqual([75, 100, 125]);
  });
});
