import { describe, expect, it } from '@jest/globals';
import { observeLog } from '../../../../test/support/observe-log.ts';

const TEXT = 'port 1 (ens1f0): link down';
const REFERENCE = Date.parse('2026-11-23T00:00:00Z') * 1000;
const WALL = Date.parse('2026-11-22T04:29:56Z') * 1000;

describe('prefixes of one line', () => {
  it.each([
    [
      'ptp4l[74737.942]: [ptp4l.0.config:5] ',
      { configName: 'ptp4l.0.config', level: 5, uptimeMicros: 74_737_942_000, atMicros: 74_737_942_000 },
    ],
    ['ptp4l[74737.942]: [ptp4l.0.config] ', { configName: 'ptp4l.0.config', level: undefined }],
    ['ptp4l[74737.942]: [ptp4l.0.config:{level}] ', { configName: 'ptp4l.0.config', level: undefined }],
    ['ptp4l[74737.942]: [ens5f0] ', { configName: 'ens5f0' }],
    ['ptp4l[74737.942]: ', { configName: undefined, uptimeMicros: 74_737_942_000 }],
    ['ptp4l[74737.942]: mytag ', { configName: 'mytag' }],
    ['ptp4l: [74737.942] ', { uptimeMicros: 74_737_942_000 }],
    [
      'ptp4l[812]: [74737.942] [ptp4l.0.config:5] ',
      { uptimeMicros: 74_737_942_000, configName: 'ptp4l.0.config', level: 5 },
    ],
    ['Nov 22 04:29:56 host ptp4l: [74737.942] ', { uptimeMicros: 74_737_942_000, atMicros: WALL }],
    [
      'Nov 22 04:29:56 my-host.example ptp4l[812]: [74737.942] [ptp4l.0.config:5] ',
      { atMicros: WALL, configName: 'ptp4l.0.config' },
    ],
    ['<30>Nov 22 04:29:56 host ptp4l[812]: [74737.942] ', { atMicros: WALL }],
    [
      '2026-11-22T04:29:56+0000 host ptp4l[812]: [74737.942] ',
      { atMicros: WALL, uptimeMicros: 74_737_942_000 },
    ],
    ['2026-11-22T05:29:56.000000+01:00 host ptp4l[812]: [74737.942] ', { atMicros: WALL }],
    ['Sun 2026-11-22 04:29:56 UTC host ptp4l[812]: [74737.942] ', { atMicros: WALL }],
    ['[74737.942001] host ptp4l[812]: [74737.942] ', { atMicros: 74_737_942_000 }],
    [
      '2026-11-22T04:29:56.123456789Z ptp4l[74737.942]: [ptp4l.0.config:5] ',
      { atMicros: WALL + 123_456, uptimeMicros: 74_737_942_000 },
    ],
    ['2026-11-22T04:29:56.123456789Z ptp4l[812]: [74737.942] ', { atMicros: WALL + 123_456 }],
    [
      '2026-11-22T04:29:56.123456789+00:00 stdout F ptp4l[74737.942]: [ptp4l.0.config:5] ',
      { atMicros: WALL + 123_456, level: 5 },
    ],
    ['2026-11-21T20:29:56.1-08:00 stderr F ptp4l[74737.942]: ', { atMicros: WALL + 100_000 }],
  ])('%s', (prefix, expected) => {
    const { observations, counts } = observeLog(`${prefix}${TEXT}\n`, { referenceMicros: REFERENCE });
    expect(counts.recognised).toBe(1);
    expect(observations[0]).toMatchObject({ kind: 'linkChange', program: 'ptp4l', link: 'Down' });
    for (const [key, value] of Object.entries(expected)) {
      expect((observations[0] as unknown as Record<string, unknown>)[key]).toBe(value);
    }
  });

  it('does not believe a stamp without a year when nothing says the year', () => {
    const { observations } = observeLog(`Nov 22 04:29:56 host ptp4l: [74737.942] ${TEXT}\n`);
    expect(observations[0]?.atMicros).toBe(74_737_942_000);
  });

  it('places December in the year before when the log ends in January', () => {
    const { observations } = observeLog(`Dec 31 23:59:59 host ptp4l: [74737.942] ${TEXT}\n`, {
      referenceMicros: Date.parse('2027-01-02T00:00:00Z') * 1000,
    });
    expect(observations[0]?.atMicros).toBe(Date.parse('2026-12-31T23:59:59Z') * 1000);
  });

  it('takes the program and configuration of the options where the line has none', () => {
    const { observations } = observeLog(`${TEXT}\n`, { program: 'ptp4l', configName: 'ptp4l.7.config' });
    expect(observations[0]).toMatchObject({ program: 'ptp4l', configName: 'ptp4l.7.config', link: 'Down' });
  });

  it('keeps the wall clock of the text when stamps are switched off', () => {
    expect(
      observeLog(`2026-11-22T04:29:56Z ptp4l[1.000]: ${TEXT}\n`, { timestamps: 'none' }).counts.foreign,
    ).toBe(1);
  });
});
