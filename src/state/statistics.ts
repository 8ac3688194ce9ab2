import type { Ring } from '../lib/ring.ts';
import type { Micros } from '../ptp/time.ts';

/**
 * About one second of a servo: many samples, or one summary line. Statistics, baselines and
 * detectors all work on these, so a log with 16 lines per second and one with a summary per
 * second are judged alike.
 */
export interface OffsetBucket {
  startMicros: Micros;
  endMicros: Micros;
  /** Samples behind it. */
  count: number;
  rmsNanoseconds: number;
  maxAbsNanoseconds: number;
  /** Without the largest sample: one odd packet does not make a noisy second. */
  robustRmsNanoseconds: number;
  /** Absent for `rms` lines: they do not carry the sign. */
  meanNanoseconds?: number;
  frequencyPpb?: number;
  frequencyStdDevPpb?: number;
  /** Absent when no delay was measured in it. */
  delayNanoseconds?: number;
  delayStdDevNanoseconds?: number;
  /** From a summary line, not from single samples. */
  summary: boolean;
}

/** Buckets kept per clock: a little more than a G.8273.2 measurement interval would need is not kept; 128 s are. */
export const BUCKET_CAPACITY = 128;
/** Newest single samples kept per clock, for percentiles. */
export const SAMPLE_CAPACITY = 256;
/** Length of a bucket made of single samples. */
export const BUCKET_MICROS = 1_000_000;

/** The bucket that is being filled from single samples. */
export class OpenBucket {
  startMicros: Micros = 0;
  endMicros: Micros = 0;
  count = 0;
  #sum = 0;
  #sumSquares = 0;
  #maxAbs = 0;
  #frequencySum = 0;
  #frequencyCount = 0;
  #frequencyMin = 0;
  #frequencyMax = 0;
  #delaySum = 0;
  #delayCount = 0;

  add(atMicros: Micros, offset: number, frequency: number | undefined, delay: number | undefined): void {
    if (this.count === 0) this.startMicros = atMicros;
    this.endMicros = atMicros;
    this.count += 1;
    this.#sum += offset;
    this.#sumSquares += offset * offset;
    const size = offset < 0 ? -offset : offset;
    if (size > this.#maxAbs) this.#maxAbs = size;
    if (frequency !== undefined) {
      if (this.#frequencyCount === 0 || frequency < this.#frequencyMin) this.#frequencyMin = frequency;
      if (this.#frequencyCount === 0 || frequency > this.#frequencyMax) this.#frequencyMax = frequency;
      this.#frequencySum += frequency;
      this.#frequencyCount += 1;
    }
    if (delay !== undefined) {
      this.#delaySum += delay;
      this.#delayCount += 1;
    }
  }

  /** True when a sample at this time belongs to the next bucket. */
  isFull(atMicros: Micros): boolean {
    return this.count > 0 && (atMicros - this.startMicros >= BUCKET_MICROS || atMicros < this.startMicros);
  }

  /** The finished bucket; the open one starts over. */
  close(): OffsetBucket {
    const bucket: OffsetBucket = {
      startMicros: this.startMicros,
      endMicros: this.endMicros,
      count: this.count,
      rmsNanoseconds: Math.sqrt(this.#sumSquares / this.count),
      maxAbsNanoseconds: this.#maxAbs,
      robustRmsNanoseconds: withoutLargest(this.#sumSquares, this.#maxAbs, this.count),
      meanNanoseconds: this.#sum / this.count,
      summary: false,
    };
    if (this.#frequencyCount > 0) {
      bucket.frequencyPpb = this.#frequencySum / this.#frequencyCount;
      bucket.frequencyStdDevPpb = (this.#frequencyMax - this.#frequencyMin) / 4;
    }
    if (this.#delayCount > 0) bucket.delayNanoseconds = this.#delaySum / this.#delayCount;
    this.count = 0;
    this.#sum = this.#sumSquares = this.#maxAbs = 0;
    this.#frequencySum = this.#frequencyCount = this.#delaySum = this.#delayCount = 0;
    return bucket;
  }
}

/** Root mean square without the largest sample; a few samples are taken as they are. */
function withoutLargest(sumSquares: number, largest: number, count: number): number {
  if (count < 4) return Math.sqrt(sumSquares / count);
  return Math.sqrt(Math.max(0, sumSquares - largest * largest) / (count - 1));
}

/** A summary whose largest value is this many times its rms owes the rms to that one sample. */
const LONE_SAMPLE_RATIO = 3;
const LONE_SAMPLE_SHARE = 0.3;

/** The same for a summary line, which does not tell its samples. */
export function robustRmsOfSummary(rms: number, maxAbs: number): number {
  return maxAbs >= LONE_SAMPLE_RATIO * rms ? rms * LONE_SAMPLE_SHARE : rms;
}

/** The value that a share of the numbers does not exceed; undefined for none. */
export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/**
 * Root mean square, largest value and sample count of the buckets that began after `sinceMicros`,
 * each weighted by the samples behind it.
 */
export function summarise(
  buckets: Ring<OffsetBucket>,
  sinceMicros: Micros,
): { rms: number; maxAbs: number; count: number; summary: boolean } | undefined {
  let sumSquares = 0;
  let maxAbs = 0;
  let count = 0;
  let summary = false;
  for (let index = buckets.size - 1; index >= 0; index--) {
    const bucket = buckets.at(index);
    if (bucket === undefined || bucket.startMicros < sinceMicros) break;
    sumSquares += bucket.rmsNanoseconds ** 2 * bucket.count;
    maxAbs = Math.max(maxAbs, bucket.maxAbsNanoseconds);
    count += bucket.count;
    summary ||= bucket.summary;
  }
  return count === 0 ? undefined : { rms: Math.sqrt(sumSquares / count), maxAbs, count, summary };
}
