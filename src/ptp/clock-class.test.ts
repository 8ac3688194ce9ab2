import { describe, expect, it } from '@jest/globals';
import { clockClassMeaning, isLegalTransition, isWorseClass } from './clock-class.ts';

describe('clock classes', () => {
  it('orders them by what they are worth, not by their number alone', () => {
    expect(
      [7, 135, 140, 150, 160, 165, 248].every(
        (value, index, list) => index === 0 || isWorseClass(value, list[index - 1]!),
      ),
    ).toBe(true);
    expect(isWorseClass(6, 7)).toBe(false);
    expect(isWorseClass(200, 6)).toBe(true);
    expect(clockClassMeaning(135)?.profile).toBe('Telecom');
    expect(clockClassMeaning(99)).toBeUndefined();
  });

  it.each([
    ['T-GM', 6, 7, true],
    ['T-GM', 7, 140, true],
    ['T-GM', 248, 7, false],
    ['T-GM', 140, 7, false],
    ['T-BC', 135, 165, true],
    ['T-BC', 165, 135, false],
    ['T-BC', 248, 6, true],
    ['T-BC', 99, 6, true],
  ] as const)('%s from %i to %i: %s', (role, from, to, legal) => {
    expect(isLegalTransition(role, from, to)).toBe(legal);
  });
});
