import { describe, expect, it } from '@jest/globals';
import { Timeline } from './timeline.ts';

const SECOND = 1_000_000;
const UNIX = 1_757_326_334 * SECOND;

describe('Timeline', () => {
  it('prefers the wall clock in front of the line', () => {
    expect(new Timeline().place(UNIX, 5 * SECOND, undefined)).toBe(UNIX);
  });

  it('stays on uptime when the log has nothing else', () => {
    const timeline = new Timeline();
    expect(timeline.place(undefined, 5 * SECOND, undefined)).toBe(5 * SECOND);
    expect(timeline.place(undefined, undefined, undefined)).toBe(5 * SECOND);
  });

  it('maps Unix seconds onto uptime where the two stand together', () => {
    const timeline = new Timeline();
    timeline.place(undefined, 100 * SECOND, undefined);
    expect(timeline.place(undefined, undefined, UNIX)).toBe(100 * SECOND);
    timeline.place(undefined, 110 * SECOND, undefined);
    expect(timeline.place(undefined, undefined, UNIX + 10 * SECOND)).toBe(110 * SECOND);
    expect(timeline.place(undefined, undefined, UNIX + 15 * SECOND)).toBe(115 * SECOND);
  });

  it('maps uptime onto Unix seconds when these came first', () => {
    const timeline = new Timeline();
    expect(timeline.place(undefined, undefined, UNIX)).toBe(UNIX);
    expect(timeline.place(undefined, 100 * SECOND, undefined)).toBe(UNIX);
    expect(timeline.place(undefined, 130 * SECOND, undefined)).toBe(UNIX + 30 * SECOND);
  });

  it('follows a step of the wall clock', () => {
    const timeline = new Timeline();
    timeline.place(undefined, 100 * SECOND, undefined);
    timeline.place(undefined, undefined, UNIX);
    timeline.place(undefined, 101 * SECOND, undefined);
    expect(timeline.place(undefined, undefined, UNIX - 3600 * SECOND)).toBe(101 * SECOND);
    timeline.place(undefined, 102 * SECOND, undefined);
    timeline.place(undefined, undefined, UNIX + 3600 * SECOND);
    timeline.place(undefined, 103 * SECOND, undefined);
    expect(timeline.place(undefined, undefined, UNIX + 3601 * SECOND)).toBe(104 * SECOND);
  });

  it('never takes Unix seconds for uptime', () => {
    const timeline = new Timeline();
    timeline.place(undefined, 100 * SECOND, undefined);
    for (let second = 0; second < 100; second++) {
      expect(timeline.place(undefined, undefined, UNIX + second * SECOND)).toBeLessThan(1000 * SECOND);
    }
  });
});
