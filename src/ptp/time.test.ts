import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatMicros, formatSeconds, parseRfc3339 } from './time.ts';

describe('parseRfc3339', () => {
  it.each([
    ['2026-11-22T04:29:56.807381361+00:00', '2026-11-22T04:29:56.807381Z'],
    ['2026-11-22T05:29:56.5+01:00', '2026-11-22T04:29:56.500000Z'],
    ['2026-11-22T04:29:56Z', '2026-11-22T04:29:56.000000Z'],
    ['2026-11-22 04:29:56.000001z', '2026-11-22T04:29:56.000001Z'],
  ])('reads %s', (text, expected) => {
    expect(formatMicros(parseRfc3339(text) ?? NaN)).toBe(expected);
  });

  it.each(['', 'yesterday', '2026-11-22', '2026-13-45T99:99:99Z', '2026-11-22T04:29:56'])(
    'refuses %p',
    (text) => {
      expect(parseRfc3339(text)).toBeUndefined();
    },
  );

  it.each([
    '2026-11-22T10:00:00.Z',
    '2026-11-22T10:00:0aZ',
    '2026-11-22T10:00:00.12345678x9Z',
    '2026-11-22T10:00:00.1234567890Z',
    '2026-11-22T10:60:00Z',
    '2026-00-22T10:00:00Z',
  ])('refuses %p, which is nearly one', (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });

  it('agrees with Date.parse on every stamp of a kubelet', () => {
    const time = fc.date({ min: new Date('1960-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    const fraction = fc.stringMatching(/^\d{1,9}$/);
    fc.assert(
      fc.property(time, fraction, (date, digits) => {
        const seconds = date.toISOString().slice(0, 19);
        const micros = Number(digits.padEnd(9, '0').slice(0, 6));
        expect(parseRfc3339(`${seconds}.${digits}Z`)).toBe(Date.parse(`${seconds}Z`) * 1_000 + micros);
      }),
    );
  });

  it('gives back what formatMicros wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (micros) => {
        expect(parseRfc3339(formatMicros(micros))).toBe(micros);
        expect(parseRfc3339(formatSeconds(micros))).toBe(micros - (micros % 1_000_000));
      }),
    );
  });
});
