import { SERIES_SECONDS, type OffsetSeries } from '../state/offset-series.ts';

export interface DynamicTimeError {
  readonly mtieNanoseconds: number;
  readonly tdevNanoseconds: number;
  readonly windowSeconds: number;
}

/** First-order low-pass of 0.1 Hz at one sample per second: 1 - exp(-2 pi 0.1). */
const LOW_PASS_WEIGHT = 1 - Math.exp(-0.2 * Math.PI);
/** MTIE is taken for observation intervals up to a third of the record, TDEV up to a twelfth. */
const MTIE_SHARE = 3;
const TDEV_SHARE = 12;

/**
 * MTIE and TDEV of the filtered offset, nanoseconds: the largest over the observation intervals.
 * An estimate from inside the loop. A text says why it cannot be made.
 */
export function dynamicTimeError(series: OffsetSeries): DynamicTimeError | string {
  if (series.size < SERIES_SECONDS) {
    return `insufficient samples, ${SERIES_SECONDS} s of signed offsets without a gap are needed`;
  }
  const known = ESTIMATES.get(series);
  if (known !== undefined && series.total - known.total < RENEW_SECONDS) return known.estimate;
  const estimate = estimateOf(series);
  ESTIMATES.set(series, { total: series.total, estimate });
  return estimate;
}

/** An estimate over 1000 s is made anew once a minute: it costs, and does not change faster. */
const RENEW_SECONDS = 60;
const ESTIMATES = new WeakMap<OffsetSeries, { total: number; estimate: DynamicTimeError }>();

function estimateOf(series: OffsetSeries): DynamicTimeError {
  const filtered = lowPass(series.toArray());
  let mtieNanoseconds = 0;
  for (let tau = 1; tau <= filtered.length / MTIE_SHARE; tau *= 2)
    mtieNanoseconds = Math.max(mtieNanoseconds, mtie(filtered, tau));
  let tdevNanoseconds = 0;
  for (let tau = 1; tau <= filtered.length / TDEV_SHARE; tau *= 2)
    tdevNanoseconds = Math.max(tdevNanoseconds, tdev(filtered, tau));
  return { mtieNanoseconds, tdevNanoseconds, windowSeconds: series.size };
}

export function lowPass(values: Float64Array): Float64Array {
  const filtered = new Float64Array(values.length);
  let level = values[0] ?? 0;
  for (let index = 0; index < values.length; index++) {
    level += LOW_PASS_WEIGHT * ((values[index] ?? 0) - level);
    filtered[index] = level;
  }
  return filtered;
}

/** Largest peak-to-peak within any window of `tau` seconds. */
export function mtie(values: Float64Array, tau: number): number {
  const highest: number[] = [];
  const lowest: number[] = [];
  let worst = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    keepMonotonic(highest, values, index, tau, (last) => last <= value);
    keepMonotonic(lowest, values, index, tau, (last) => last >= value);
    if (index >= tau)
      worst = Math.max(worst, (values[highest[0] ?? index] ?? 0) - (values[lowest[0] ?? index] ?? 0));
  }
  return worst;
}

/** Keeps the indices of a sliding extreme: the oldest in front is the extreme of the window. */
function keepMonotonic(
  queue: number[],
  values: Float64Array,
  index: number,
  tau: number,
  isBeaten: (last: number) => boolean,
): void {
  while (queue.length > 0 && isBeaten(values[queue.at(-1) ?? 0] ?? 0)) queue.pop();
  queue.push(index);
  while ((queue[0] ?? index) < index - tau) queue.shift();
}

/** Time deviation by third differences of `tau`-second means (ITU-T G.810, appendix II.3). */
export function tdev(values: Float64Array, tau: number): number {
  const count = values.length - 3 * tau + 1;
  if (count < 1) return 0;
  const prefix = new Float64Array(values.length + 1);
  for (let index = 0; index < values.length; index++)
    prefix[index + 1] = (prefix[index] ?? 0) + (values[index] ?? 0);
  const sum = (from: number): number => (prefix[from + tau] ?? 0) - (prefix[from] ?? 0);
  let total = 0;
  for (let start = 0; start < count; start++)
    total += (sum(start + 2 * tau) - 2 * sum(start + tau) + sum(start)) ** 2;
  return Math.sqrt(total / (6 * tau * tau * count));
}
