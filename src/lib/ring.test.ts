import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ring } from './ring.ts';

describe('Ring', () => {
  it('keeps the newest items in order, whatever is pushed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (items, capacity) => {
        const ring = new Ring<number>(capacity);
        for (const item of items) ring.push(item);
        const kept = items.slice(-capacity);
        expect([...ring]).toEqual(kept);
        expect(ring.newest()).toBe(kept.at(-1));
        expect(ring.oldest()).toBe(kept[0]);
        expect(ring.size).toBe(kept.length);
      }),
    );
  });

  it('is empty after clear and goes on working', () => {
    const ring = new Ring<string>(2);
    ring.push('a');
    ring.push('b');
    ring.push('c');
    ring.clear();
    expect([...ring]).toEqual([]);
    ring.push('d');
    expect([...ring]).toEqual(['d']);
  });

  it.each([0, -1, 1.5])('refuses capacity %p', (capacity) => {
    expect(() => new Ring(capacity)).toThrow(RangeError);
  });
});
