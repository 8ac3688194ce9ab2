import { BANDED, hashText, LEFT_OUT } from './canonical.ts';

/**
 * Tells news from jitter. The hash puts jittering numbers into bands, and a number that lives at
 * the edge of a band would make a write each time it crosses. So a status is compared with the one
 * that was written: same content, and every jittering number still near its written value.
 */
export interface JitterPrint {
  /** Hash of all but the jittering numbers. */
  skeleton: string;
  /** The jittering numbers, in the order of their members. */
  values: readonly number[];
}

export function jitterPrint(status: unknown): JitterPrint {
  const values: number[] = [];
  return { skeleton: hashText(collect(status, '', values)), values };
}

function collect(value: unknown, key: string, values: number[]): string {
  if (typeof value === 'number' && BANDED.has(key)) {
    values.push(value);
    return '~';
  }
  if (Array.isArray(value)) return `[${value.map((item) => collect(item, '', values)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([name, member]) => member !== undefined && !LEFT_OUT.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${name}:${collect(member, name, values)}`).join(',')}}`;
}

/** In the number's own unit: nanoseconds, parts per billion or seconds. */
const NOISE_FLOOR = 50;

export function isOnlyJitter(written: JitterPrint, current: JitterPrint): boolean {
  return (
    written.skeleton === current.skeleton &&
    written.values.length === current.values.length &&
    written.values.every((value, index) => isNear(value, current.values[index] ?? Number.NaN))
  );
}

/** Within a factor of two, or both small. The sign of an offset around zero says nothing. */
function isNear(a: number, b: number): boolean {
  const [small, large] = Math.abs(a) < Math.abs(b) ? [Math.abs(a), Math.abs(b)] : [Math.abs(b), Math.abs(a)];
  return large <= 2 * small + NOISE_FLOOR;
}
