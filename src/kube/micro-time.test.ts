import { describe, expect, it } from '@jest/globals';
import { microTime } from './micro-time.ts';

describe('microTime', () => {
  it.each([
    [0, '1970-01-01T00:00:00.000000Z'],
    [1_800_000_000_000_001, '2027-01-15T08:00:00.000001Z'],
    [1_800_000_000_999_999, '2027-01-15T08:00:00.999999Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
  ])('%d is %s', (micros, text) => {
    expect(microTime(micros)).toBe(text);
  });
});
