import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Observation } from '../observation.ts';
import { mergeByTime, type OrderedSource } from './merge.ts';

function observation(node: string, atMicros: number): Observation {
  return { kind: 'clockControlDenied', node, source: 'Log', program: 'ptp4l', atMicros };
}

/** A source of the times, in batches of the size; counts how many are open at a time. */
function sourceOf(
  name: string,
  times: readonly number[],
  batchSize: number,
  open: { now: number; most: number },
): OrderedSource {
  let index = 0;
  return {
    firstMicros: times[0] ?? 0,
    next() {
      if (index === 0) open.most = Math.max(open.most, ++open.now);
      const batch = times.slice(index, index + batchSize).map((at) => observation(name, at));
      index += batchSize;
      if (batch.length === 0) open.now--;
      return Promise.resolve(batch.length === 0 ? undefined : batch);
    },
  };
}

async function timesOf(sources: readonly OrderedSource[]): Promise<number[]> {
  const merged: number[] = [];
  for await (const batch of mergeByTime(sources)) {
    expect(batch.length).toBeGreaterThan(0);
    merged.push(...batch.map(({ atMicros }) => atMicros));
  }
  return merged;
}

describe('mergeByTime', () => {
  it('gives all observations of ordered sources in order', async () => {
    const ordered = fc
      .array(fc.nat(200), { minLength: 1, maxLength: 30 })
      .map((times) => times.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(
        fc.array(ordered, { maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        async (all, batchSize) => {
          const open = { now: 0, most: 0 };
          const merged = await timesOf(
            all.map((times, index) => sourceOf(String(index), times, batchSize, open)),
          );
          expect(merged).toEqual(all.flat().sort((a, b) => a - b));
        },
      ),
    );
  });

  it('loses nothing of sources that are themselves out of order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(50), { minLength: 1 }), { maxLength: 4 }), async (all) => {
        const merged = await timesOf(
          all.map((times, index) => sourceOf(String(index), times, 3, { now: 0, most: 0 })),
        );
        expect(merged.sort((a, b) => a - b)).toEqual(all.flat().sort((a, b) => a - b));
      }),
    );
  });

  it('does not open a source before its time', async () => {
    const open = { now: 0, most: 0 };
    const pieces = [0, 1, 2, 3].map((piece) =>
      sourceOf(`piece ${piece}`, [piece * 10, piece * 10 + 5], 1, open),
    );
    await timesOf(pieces);
    expect(open.most).toBe(1);
  });
});
