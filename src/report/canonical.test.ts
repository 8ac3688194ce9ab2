import { describe, expect, it } from '@jest/globals';
import { BandMemory, bandOf, canonicalText, hashOf } from './canonical.ts';

describe('canonical text', () => {
  it('does not depend on the order of members, on times or on members without value', () => {
    const a = { health: 'Healthy', observedTime: '2026-01-01T00:00:00Z', list: [1, 2] };
    const b = { list: [1, 2], observedTime: '2027-01-01T00:00:00Z', health: 'Healthy', message: undefined };
    expect(canonicalText(a)).toBe(canonicalText(b));
    expect(hashOf(a)).toBe(hashOf(b));
    expect(hashOf({ ...a, health: 'Minor' })).not.toBe(hashOf(a));
  });

  it('sees numbers that jitter as bands', () => {
    expect(bandOf(-99)).toBe(bandOf(3));
    expect(bandOf(101)).toBe(1);
    expect(bandOf(2e12)).toBe(8);
    expect(hashOf({ rmsNanoseconds: 3 })).toBe(hashOf({ rmsNanoseconds: 60 }));
    expect(hashOf({ rmsNanoseconds: 3 })).not.toBe(hashOf({ rmsNanoseconds: 300 }));
  });

  it('keeps the band of a number that wanders about its edge', () => {
    const bands = new BandMemory();
    expect([90, 110, 95, 124].map((value) => bands.judge('x', value))).toEqual([0, 0, 0, 0]);
    expect(bands.judge('x', 126)).toBe(1);
    expect([99, 76].map((value) => bands.judge('x', value))).toEqual([1, 1]);
    expect(bands.judge('x', 74)).toBe(0);
    expect(bands.judge('x', 5_000)).toBe(4);
  });
});
