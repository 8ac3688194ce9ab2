/**
 * Numbers the platform prints where it has no value: 999999 (port fault), 99999999 (gnss),
 * 99999999999 (DPLL without phase), -9999999999999999 (process down).
 */
const SENTINELS: ReadonlySet<number> = new Set([999_999, 99_999_999, 99_999_999_999, 9_999_999_999_999_999]);

const SMALLEST_SENTINEL = 999_999;

/** True for a real measurement: a finite number, exact in a double, and no stand-in for "none". */
export function isMeasurement(value: number): boolean {
  const magnitude = Math.abs(value);
  if (magnitude < SMALLEST_SENTINEL) return true;
  return magnitude <= Number.MAX_SAFE_INTEGER && !SENTINELS.has(magnitude);
}

/** The value, or undefined where the text had none or a stand-in for none. */
export function measurement(value: number): number | undefined {
  return isMeasurement(value) ? value : undefined;
}

/** NaN stands for "none" inside the grammars; facts leave the field out. */
export function numberOrUndefined(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** Integer in text, decimal or `0x…`; undefined when it is neither. */
export function parseInteger(text: string | undefined): number | undefined {
  if (text === undefined || !/^[+-]?(?:\d+|0x[\da-f]+)$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
