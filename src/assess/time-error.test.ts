import { describe, expect, it } from '@jest/globals';
import { OffsetSeries, SERIES_SECONDS } from '../state/offset-series.ts';
import { dynamicTimeError, lowPass, mtie, tdev } from './time-error.ts';

describe('MTIE and TDEV', () => {
  it('finds the largest peak-to-peak within a window', () => {
    const ramp = Float64Array.from({ length: 50 }, (_, index) => index);
    expect(mtie(ramp, 8)).toBe(8);
    const square = Float64Array.from({ length: 40 }, (_, index) => (index < 20 ? -3 : 4));
    expect(mtie(square, 1)).toBe(7);
  });

  it('sees no deviation in a constant or a ramp, and white noise falling with the window', () => {
    expect(tdev(new Float64Array(100).fill(5), 4)).toBe(0);
    expect(
      tdev(
        Float64Array.from({ length: 100 }, (_, index) => 2 * index),
        4,
      ),
    ).toBeCloseTo(0, 9);
    const alternating = Float64Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? 1 : -1));
    expect(tdev(alternating, 1)).toBeGreaterThan(tdev(alternating, 4));
  });

  it('filters what is faster than 0.1 Hz', () => {
    const fast = Float64Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 10 : -10));
    expect(Math.abs(lowPass(fast).at(-1) ?? 10)).toBeLessThan(4);
  });

  it('says why it does not judge a short or interrupted record', () => {
    const series = new OffsetSeries();
    for (let second = 0; second < SERIES_SECONDS - 1; second++) series.push(second * 1e6, 1);
    expect(dynamicTimeError(series)).toMatch(/insufficient/);
    series.push((SERIES_SECONDS + 60) * 1e6, 1);
    expect(series.size).toBe(1);
    const whole = new OffsetSeries();
    for (let second = 0; second < SERIES_SECONDS; second++) whole.push(second * 1e6, second % 2);
    expect(dynamicTimeError(whole)).toMatchObject({ windowSeconds: SERIES_SECONDS });
  });
});
