import { describe, expect, it } from '@jest/globals';
import { LogClock } from './log-clock.ts';
import { parseProfile, parseSeverity } from './options.ts';
import { parseMoment, windowFor } from './time-window.ts';
import { TimelineRecorder } from './timeline-recorder.ts';

const SECOND = 1_000_000;

describe('LogClock', () => {
  it('stops on the way, at growing steps in a long silence', () => {
    const stops: number[] = [];
    const clock = new LogClock((now) => stops.push(now / SECOND));
    for (let second = 100; second <= 130; second++) clock.moveTo(second * SECOND);
    expect(stops).toEqual([110, 120, 130]);
    clock.moveTo(100_000 * SECOND);
    expect(stops.at(-1)).toBeLessThanOrEqual(100_000);
    expect(stops.length).toBeLessThan(40);
  });

  it('does not go back for lines a little out of order, and follows a clock that was set back', () => {
    const clock = new LogClock(() => undefined);
    clock.moveTo(1_000 * SECOND);
    clock.moveTo(999 * SECOND);
    expect(clock.nowMicros).toBe(1_000 * SECOND);
    clock.moveTo(10 * SECOND);
    expect(clock.nowMicros).toBe(10 * SECOND);
  });
});

describe('flags', () => {
  it('reads moments of either clock, and applies each to its own only', () => {
    expect(parseMoment('2239.6')).toEqual({ axis: 'Uptime', micros: 2_239_600_000 });
    const since = parseMoment('2026-11-22T04:30:00Z');
    expect(since).toEqual({ axis: 'Wall', micros: Date.UTC(2026, 10, 22, 4, 30) * 1000 });
    expect(parseMoment('2026-11-22')).toEqual({ axis: 'Wall', micros: Date.UTC(2026, 10, 22) * 1000 });
    expect(() => parseMoment('yesterday')).toThrow(/RFC 3339/);
    expect(windowFor('Uptime', since, undefined)).toEqual({ sinceMicros: -Infinity, untilMicros: Infinity });
  });

  it('accepts severities and profiles in any case, and nothing else', () => {
    expect(parseSeverity('critical')).toBe('Critical');
    expect(() => parseSeverity('healthy')).toThrow(/expected one of/);
    expect(parseProfile('g.8275.1')).toBe('G.8275.1');
    expect(() => parseProfile('g.8265')).toThrow(/expected one of/);
  });
});

describe('TimelineRecorder', () => {
  it('keeps the extremes of a million samples in bounded memory', () => {
    const recorder = new TimelineRecorder();
    for (let index = 0; index < 1_000_000; index++) {
      const offsetNanoseconds = index === 123_456 ? 9_999 : index % 7;
      recorder.record({
        kind: 'servoSample',
        node: 'a',
        source: 'Log',
        program: 'phc2sys',
        atMicros: index * 62_500,
        clock: 'CLOCK_REALTIME',
        offsetNanoseconds,
      });
    }
    const [track] = recorder.finish().offsets;
    expect(track!.points.length).toBeLessThan(1_500);
    expect(Math.max(...track!.points.map(({ maxNanoseconds }) => maxNanoseconds))).toBe(9_999);
    expect(Math.min(...track!.points.map(({ minNanoseconds }) => minNanoseconds))).toBe(0);
  });
});
