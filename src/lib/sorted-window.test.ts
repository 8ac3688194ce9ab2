import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SortedWindow } from './sorted-window.ts';

describe('SortedWindow', () => {
  it('agrees with sorting the newest numbers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: -5, max: 5 })),
        (capacity, values) => {
          const window = new SortedWindow(capacity);
          for (const value of values) window.push(value);
          const newest = values.slice(-capacity).sort((a, b) => a - b);
          expect(window.size).toBe(newest.length);
          expect(window.median).toBe(newest[newest.length >> 1]);
          expect(window.spread).toBe(newest.length === 0 ? 0 : newest.at(-1)! - newest[0]!);
        },
      ),
    );
  });

  it('is empty after clear and leaves NaN out', () => {
    const window = new SortedWindow(3);
    window.push(1);
    window.push(Number.NaN);
    expect(window.size).toBe(1);
    window.clear();
    expect(window.median).toBeUndefined();
  });

  it('refuses a capacity that is none', () => {
    expect(() => new SortedWindow(0)).toThrow(RangeError);
  });
});
