import { describe, expect, it } from '@jest/globals';
import { typicalStatus } from '../../test/support/snapshot.ts';
import { isOnlyJitter, jitterPrint } from './jitter.ts';

const status = (offset: number, health: 'Healthy' | 'Minor' = 'Healthy') => {
  const base = typicalStatus('worker-1', health);
  return { ...base, summary: { ...base.summary, worstOffsetNanoseconds: offset } };
};
const compare = (a: unknown, b: unknown): boolean => isOnlyJitter(jitterPrint(a), jitterPrint(b));

describe('isOnlyJitter', () => {
  it.each([
    [99, 101, true],
    [249, 251, true],
    [-3, 4, true],
    [1_000, 1_900, true],
    [20, 500, false],
    [5_000, 100, false],
  ])('from %d ns to %d ns: %s', (before, after, expected) => {
    expect(compare(status(before), status(after))).toBe(expected);
    expect(compare(status(after), status(before))).toBe(expected);
  });

  it('is false when anything else changed', () => {
    expect(compare(status(10), status(10, 'Minor'))).toBe(false);
  });

  it('is false when a number comes or goes', () => {
    expect(compare(status(10), status(undefined as never))).toBe(false);
  });

  it('does not look at times', () => {
    expect(compare(status(10), { ...status(10), lastEvaluationTime: '2030-01-01T00:00:00Z' })).toBe(true);
  });

  it('stays with the written value: a slow drift is seen in the end', () => {
    const written = jitterPrint(status(100));
    const drifting = [150, 200, 240, 260].map((offset) => isOnlyJitter(written, jitterPrint(status(offset))));
    expect(drifting).toEqual([true, true, true, false]);
  });
});
