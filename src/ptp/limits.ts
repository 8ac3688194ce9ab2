/**
 * Limits of the standards and the values that programs print instead of "unknown".
 * Nanoseconds throughout.
 */

/** Maximum absolute time error of a T-BC or T-TSC over 1000 s, unfiltered (G.8273.2 clause 7.1). */
export const MAX_TIME_ERROR_NANOSECONDS = { A: 100, B: 70, C: 30, D: 5 } as const;

/** Low-pass filtered dynamic time error over 1000 s: MTIE and TDEV (G.8273.2 Tables 7-4, 7-5). */
export const DYNAMIC_TIME_ERROR = {
  A: { mtieNanoseconds: 40, tdevNanoseconds: 4 },
  B: { mtieNanoseconds: 40, tdevNanoseconds: 4 },
  C: { mtieNanoseconds: 10, tdevNanoseconds: 2 },
  D: { mtieNanoseconds: 10, tdevNanoseconds: 2 },
} as const;

/** TAI − UTC since 2017-01-01. */
export const CURRENT_UTC_OFFSET_SECONDS = 37;

/**
 * Numbers that stand for "faulty" or "unknown": the daemon's 999999, the receiver's 99999999,
 * the DPLL's 99999999999 and the event proxy's -9999999999999999. They never enter statistics.
 */
const SENTINELS: ReadonlySet<number> = new Set([
  999_999, 99_999_999, 99_999_999_999, -999_999, -99_999_999, -99_999_999_999, -9_999_999_999_999_999,
]);

export function isSentinel(nanoseconds: number): boolean {
  return SENTINELS.has(nanoseconds) || !Number.isFinite(nanoseconds);
}
