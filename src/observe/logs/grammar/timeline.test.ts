import { describe, expect, it } from '@jest/globals';
import { Timeline } from './timeline.ts';

const SECOND = 1_000_000;
const UNIX = 1_757_326_334 * SECOND;

describe('Timeline', () => {
  it('prefers the wall clock in front of the line', () => {
    expect(new Timeline().place(UNIX, 5 * SECOND, NaN)).toBe(UNIX);
  });

  it('stays on uptime when the log has nothing else', () => {
    const timeline = new Timeline();
    expect(timeline.place(NaN, 5 * SECOND, NaN)).toBe(5 * SECOND);
    expect(timeline.place(NaN, NaN, NaN)).toBe(5 * SECOND);
  });

  it('maps Unix seconds onto uptime where the two stand together', () => {
    const timeline = new Timeline();
    timeline.place(NaN, 100 * SECOND, NaN);
    expect(timeline.place(NaN, NaN, UNIX)).toBe(100 * SECOND);
    timeline.place(NaN, 110 * SECOND, NaN);
    expect(timeline.place(NaN, NaN, UNIX + 10 * SECOND)).toBe(110 * SECOND);
    expect(timeline.place(NaN, NaN, UNIX + 15 * SECOND)).toBe(115 * SECOND);
  });

  it('maps uptime onto Unix seconds when these came first', () => {
    const timeline = new Timeline();
    expect(timeline.place(NaN, NaN, UNIX)).toBe(UNIX);
    expect(timeline.place(NaN, 100 * SECOND, NaN)).toBe(UNIX);
    expect(timeline.place(NaN, 130 * SECOND, NaN)).toBe(UNIX + 30 * SECOND);
  });

  it('follows a step of the wall clock', () => {
    const timeline = new Timeline();
    timeline.place(NaN, 100 * SECOND, NaN);
    timeline.place(NaN, NaN, UNIX);
    timeline.place(NaN, 101 * SECOND, NaN);
    expect(timeline.place(NaN, NaN, UNIX - 3600 * SECOND)).toBe(101 * SECOND);
    timeline.place(NaN, 102 * SECOND, NaN);
    timeline.place(NaN, NaN, UNIX + 3600 * SECOND);
    timeline.place(NaN, 103 * SECOND, NaN);
    expect(timeline.place(NaN, NaN, UNIX + 3601 * SECOND)).toBe(104 * SECOND);
  });

  it('never takes Unix seconds for uptime', () => {
    const timeline = new Timeline();
    timeline.place(NaN, 100 * SECOND, NaN);
    for (let second = 0; second < 100; second++) {
      expect(timeline.place(NaN, NaN, UNIX + second * SECOND)).toBeLessThan(1000 * SECOND);
    }
  });
});
