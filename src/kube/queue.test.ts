import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ManualClock } from '../lib/clock.ts';
import { KeyedQueue } from './queue.ts';

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}

/** A queue with workers whose handler's promises the test settles. */
function start(options: { concurrency?: number; maxKeys?: number } = {}) {
  const clock = new ManualClock();
  const queue = new KeyedQueue({
    clock,
    random: () => 1,
    backoffBaseMillis: 1_000,
    backoffMaxMillis: 8_000,
    maxKeys: options.maxKeys ?? 100,
  });
  const controller = new AbortController();
  const started: string[] = [];
  const open = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const done = queue.run(
    (key) => {
      started.push(key);
      return new Promise<void>((resolve, reject) => open.set(key, { resolve, reject }));
    },
    { concurrency: options.concurrency ?? 2, signal: controller.signal },
  );
  const settle = async (key: string, error?: Error): Promise<void> => {
    const handle = open.get(key)!;
    open.delete(key);
    if (error === undefined) handle.resolve();
    else handle.reject(error);
    await turns();
  };
  return {
    clock,
    queue,
    started,
    open,
    done,
    finish: (key: string) => settle(key),
    fail: (key: string) => settle(key, new Error('mistake')),
    stop: () => {
      controller.abort();
    },
  };
}

describe('KeyedQueue', () => {
  it('works once on a key that is added many times', async () => {
    const { queue, started, stop } = start();
    for (let times = 0; times < 5; times++) queue.add('a');
    await turns();
    expect(started).toEqual(['a']);
    stop();
  });

  it('works again on a key added meanwhile, and never twice at once', async () => {
    const { queue, started, finish, stop } = start();
    queue.add('a');
    await turns();
    queue.add('a');
    queue.add('a');
    await turns();
    expect(started).toEqual(['a']);
    await finish('a');
    expect(started).toEqual(['a', 'a']);
    await finish('a');
    expect(started).toEqual(['a', 'a']);
    stop();
  });

  it('keeps the order of adding and the bound of concurrency', async () => {
    const { queue, started, finish, stop } = start({ concurrency: 2 });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await turns();
    expect([started, queue.stats]).toEqual([
      ['a', 'b'],
      expect.objectContaining({ ready: 1, processing: 2 }),
    ]);
    await finish('b');
    expect(started).toEqual(['a', 'b', 'c']);
    stop();
  });

  it('comes back to a failed key with doubling delay, and forgets that after a success', async () => {
    const { clock, queue, started, fail, finish, stop } = start();
    queue.add('a');
    await turns();
    for (const delay of [1_000, 2_000, 4_000, 8_000, 8_000]) {
      await fail('a');
      const before = started.length;
      await clock.advance(delay - 1);
      await turns();
      expect(started).toHaveLength(before);
      await clock.advance(1);
      await turns();
      expect(started).toHaveLength(before + 1);
    }
    await finish('a');
    expect(queue.stats.failing).toBe(0);
    stop();
  });

  it('does not let news shorten the delay of a failing key that was in work', async () => {
    const { clock, queue, started, fail, stop } = start();
    queue.add('a');
    await turns();
    queue.add('a');
    await fail('a');
    expect(started).toHaveLength(1);
    await clock.advance(1_000);
    await turns();
    expect(started).toHaveLength(2);
    stop();
  });

  it('takes the earlier of two times', async () => {
    const { clock, queue, started, stop } = start();
    queue.addAfter('a', 5_000);
    queue.addAfter('a', 2_000);
    queue.addAfter('b', 1_000);
    queue.addAfter('b', 9_000);
    await clock.advance(1_000);
    await turns();
    expect(started).toEqual(['b']);
    await clock.advance(1_000);
    await turns();
    expect(started).toEqual(['b', 'a']);
    stop();
  });

  it('refuses new keys when full, but not known ones', () => {
    const queue = new KeyedQueue({ maxKeys: 2, clock: new ManualClock() });
    expect([queue.add('a'), queue.addAfter('b', 10), queue.add('c'), queue.addAfter('d', 10)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([queue.add('a'), queue.add('b'), queue.stats]).toEqual([
      true,
      true,
      { ready: 2, delayed: 0, processing: 0, failing: 0, refused: 2, oldestReadyMillis: 0 },
    ]);
    queue.forget('a');
    expect(queue.add('c')).toBe(true);
  });

  it('on stop takes no new key and waits for those in work', async () => {
    const { queue, started, finish, done, stop } = start({ concurrency: 1 });
    queue.add('a');
    queue.add('b');
    await turns();
    stop();
    let ended = false;
    const end = done.then(() => (ended = true));
    await turns();
    expect(ended).toBe(false);
    await finish('a');
    await end;
    expect(started).toEqual(['a']);
  });

  it('loses no news: after the last add of a key its handler runs once more, never twice at the same time', async () => {
    const steps = fc.array(
      fc.record({
        key: fc.constantFrom('a', 'b', 'c'),
        what: fc.constantFrom('add', 'addAfter', 'finish', 'fail', 'wait' as const),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const clock = new ManualClock();
        const queue = new KeyedQueue({
          clock,
          random: () => 0.5,
          backoffBaseMillis: 10,
          backoffMaxMillis: 20,
        });
        const controller = new AbortController();
        /** Version of each key that was added, and that its handler saw at its start. */
        const added = new Map<string, number>();
        const seen = new Map<string, number>();
        const open = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
        const done = queue.run(
          (key) => {
            if (open.has(key)) throw new Error('twice at once');
            const version = added.get(key) ?? 0;
            return new Promise<void>((resolve, reject) =>
              open.set(key, {
                resolve: () => {
                  seen.set(key, version);
                  resolve();
                },
                reject,
              }),
            );
          },
          { concurrency: 2, signal: controller.signal },
        );
        const settle = (key: string, failing: boolean): void => {
          const handle = open.get(key);
          open.delete(key);
          if (failing) handle?.reject(new Error('mistake'));
          else handle?.resolve();
        };
        for (const { key, what } of sequence) {
          if (what === 'add' || what === 'addAfter') {
            added.set(key, (added.get(key) ?? 0) + 1);
            if (what === 'add') queue.add(key);
            else queue.addAfter(key, 15);
          } else if (what === 'wait') {
            await clock.advance(7);
          } else {
            settle(key, what === 'fail');
          }
          await turns();
        }
        for (let round = 0; round < 12; round++) {
          for (const key of [...open.keys()]) settle(key, false);
          await clock.advance(20);
          await turns();
        }
        expect(seen).toEqual(added);
        controller.abort();
        await done;
      }),
      { numRuns: 60 },
    );
  });
});
