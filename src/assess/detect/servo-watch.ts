import { SortedWindow } from '../../lib/sorted-window.ts';
import type { Micros } from '../../ptp/time.ts';
import type { ServoClock } from '../../state/clock-state.ts';
import type { OffsetBucket } from '../../state/statistics.ts';
import { seconds } from './detector.ts';

/** Noise above this many times the own baseline is a disturbance. */
const NOISE_FACTOR = 5;
/** And above this many times what it exceeds in one second of ten. */
const TAIL_FACTOR = 2;
const TAIL_SHARE = 0.9;
/** Quiet buckets after which a disturbance is over. */
const QUIET_BUCKETS = 3;
/** Settling after a start or a new lock ends at the latest after this. */
const MAX_SETTLING_MICROS = seconds(30);

/** Path delays this near to the median are always usual. */
const DELAY_FLOOR_NANOSECONDS = 20;

export type ServoPhase = 'Settling' | 'Quiet' | 'Disturbed';

/** What a clock did from its first disturbed bucket on. */
export interface Disturbance {
  readonly startMicros: Micros;
  lastMicros: Micros;
  /** Buckets beyond the limit. */
  buckets: number;
  /** The most of them in a row: one odd second now and then is the nature of some clocks. */
  longestRun: number;
  peakNanoseconds: number;
  /** Largest root mean square, and how many buckets came near it. */
  peakRms: number;
  highBuckets: number;
  /** Sum of max/rms: a ramp has 1 to 1.3, noise 1.8 and more. */
  shapeSum: number;
  readonly frequencyBefore: number | undefined;
  readonly frequencyNoise: number;
  lastFrequency: number | undefined;
}

/**
 * Follows one servo's one-second buckets: learns its noise, frequency and path delay while it is
 * quiet and tells when it leaves them. Limits are relative to the clock's own past, so software
 * time stamps with microseconds of noise are as quiet as hardware with nanoseconds.
 */
export class ServoWatch {
  phase: ServoPhase = 'Settling';
  disturbance: Disturbance | undefined;
  /** Newest moment in which the clock was not quiet. */
  unsettledMicros: Micros = 0;
  readonly #floorNanoseconds: number;
  readonly #noise = new SortedWindow(48);
  readonly #frequency = new SortedWindow(24);
  readonly #delay = new SortedWindow(48);
  #settlingSince: Micros | undefined;
  #settling: number[] = [];
  #quietRun = 0;
  #run = 0;
  #processed = 0;
  #limit = Number.POSITIVE_INFINITY;

  constructor(floorNanoseconds: number) {
    this.#floorNanoseconds = floorNanoseconds;
  }

  /** Noise beyond this is a disturbance, nanoseconds; infinite while nothing is learned. */
  get limitNanoseconds(): number {
    return this.#limit;
  }

  /** Usual noise, nanoseconds. */
  get baselineNanoseconds(): number | undefined {
    return this.#noise.median;
  }

  /** Usual path delay and its spread, nanoseconds; undefined until enough was seen. */
  delayBaseline(): { median: number; spread: number } | undefined {
    if (this.#delay.size < 4) return undefined;
    return { median: this.#delay.median ?? 0, spread: this.#delay.spread };
  }

  /** Takes the path delay in force as the usual one. */
  forgetDelay(): void {
    this.#delay.clear();
  }

  /** Begins to settle anew: after a start, a new lock, an interruption. */
  settle(atMicros: Micros): void {
    this.phase = 'Settling';
    this.#settlingSince = atMicros;
    this.#settling = [];
    this.unsettledMicros = atMicros;
    this.disturbance = undefined;
  }

  /** Buckets that came since the last call, oldest first. */
  *take(servo: ServoClock): Iterable<OffsetBucket> {
    const fresh = Math.min(servo.bucketsClosed - this.#processed, servo.buckets.size);
    this.#processed = servo.bucketsClosed;
    for (let index = servo.buckets.size - fresh; index < servo.buckets.size; index++) {
      const bucket = servo.buckets.at(index);
      if (bucket !== undefined) yield bucket;
    }
  }

  /** Follows one bucket. True when a disturbance ended with it. */
  follow(bucket: OffsetBucket): boolean {
    const previous = this.unsettledMicros;
    this.#settlingSince ??= bucket.startMicros;
    switch (this.phase) {
      case 'Settling':
        this.unsettledMicros = bucket.endMicros;
        this.#followSettling(bucket);
        return false;
      case 'Quiet':
        if (bucket.robustRmsNanoseconds > this.#limit) {
          this.#beginDisturbance(bucket);
          this.unsettledMicros = bucket.endMicros;
        } else {
          this.#learn(bucket);
          this.unsettledMicros = previous;
        }
        return false;
      case 'Disturbed':
        return this.#followDisturbance(bucket);
    }
  }

  #followSettling(bucket: OffsetBucket): void {
    this.#settling.push(bucket.robustRmsNanoseconds);
    if (this.#settling.length > 3) this.#settling.shift();
    const known = this.#noise.size > 0;
    const calm = known
      ? bucket.robustRmsNanoseconds <= this.#limit
      : this.#settling.length === 3 && Math.max(...this.#settling) <= 2.5 * Math.min(...this.#settling) + 10;
    const waited = bucket.endMicros - (this.#settlingSince ?? bucket.endMicros) > MAX_SETTLING_MICROS;
    if (!calm && !waited) return;
    this.phase = 'Quiet';
    this.#learn(bucket);
  }

  #learn(bucket: OffsetBucket): void {
    this.#noise.push(bucket.robustRmsNanoseconds);
    if (bucket.frequencyPpb !== undefined) this.#frequency.push(bucket.frequencyPpb);
    if (bucket.delayNanoseconds !== undefined && this.#isUsualDelay(bucket.delayNanoseconds)) {
      this.#delay.push(bucket.delayNanoseconds);
    }
    const tail = this.#noise.quantile(TAIL_SHARE) ?? 0;
    this.#limit = Math.max(
      NOISE_FACTOR * (this.baselineNanoseconds ?? 0),
      TAIL_FACTOR * tail,
      this.#floorNanoseconds,
    );
  }

  /** Far-off delays are judged, not learned: else a step would become its own baseline. */
  #isUsualDelay(delay: number): boolean {
    const baseline = this.delayBaseline();
    return (
      baseline === undefined ||
      Math.abs(delay - baseline.median) <= Math.max(DELAY_FLOOR_NANOSECONDS, 3 * baseline.spread)
    );
  }

  #beginDisturbance(bucket: OffsetBucket): void {
    this.phase = 'Disturbed';
    this.#quietRun = 0;
    this.#run = 0;
    this.disturbance = {
      startMicros: bucket.endMicros,
      lastMicros: bucket.endMicros,
      buckets: 0,
      longestRun: 0,
      peakNanoseconds: 0,
      peakRms: 0,
      highBuckets: 0,
      shapeSum: 0,
      frequencyBefore: this.#frequency.median,
      frequencyNoise: this.#frequency.spread,
      lastFrequency: bucket.frequencyPpb,
    };
    this.#grow(this.disturbance, bucket);
  }

  #grow(disturbance: Disturbance, bucket: OffsetBucket): void {
    disturbance.buckets += 1;
    this.#run += 1;
    disturbance.longestRun = Math.max(disturbance.longestRun, this.#run);
    disturbance.lastMicros = bucket.endMicros;
    disturbance.peakNanoseconds = Math.max(disturbance.peakNanoseconds, bucket.maxAbsNanoseconds);
    disturbance.peakRms = Math.max(disturbance.peakRms, bucket.rmsNanoseconds);
    if (bucket.rmsNanoseconds > disturbance.peakRms / 3) disturbance.highBuckets += 1;
    disturbance.shapeSum += bucket.maxAbsNanoseconds / Math.max(1, bucket.rmsNanoseconds);
  }

  #followDisturbance(bucket: OffsetBucket): boolean {
    const { disturbance } = this;
    if (disturbance === undefined) return false;
    if (bucket.frequencyPpb !== undefined) disturbance.lastFrequency = bucket.frequencyPpb;
    if (bucket.robustRmsNanoseconds > this.#limit) {
      this.#grow(disturbance, bucket);
      this.#quietRun = 0;
      this.unsettledMicros = bucket.endMicros;
      return false;
    }
    this.#quietRun += 1;
    this.#run = 0;
    if (this.#quietRun < QUIET_BUCKETS) return false;
    this.phase = 'Quiet';
    this.#frequency.clear();
    // A lone spike belongs to this clock's noise: where they are usual, the limit rises.
    if (disturbance.longestRun === 1) this.#noise.push(disturbance.peakRms);
    this.#learn(bucket);
    return true;
  }
}
