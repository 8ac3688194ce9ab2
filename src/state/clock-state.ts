import { Ring } from '../lib/ring.ts';
import type { Micros } from '../ptp/time.ts';
import type { Program, ServoState } from '../ptp/states.ts';
import { OffsetSeries } from './offset-series.ts';
import { BUCKET_CAPACITY, OpenBucket, SAMPLE_CAPACITY, type OffsetBucket } from './statistics.ts';

/** One clock that a servo steers: ptp4l's PHC, CLOCK_REALTIME, a sink of ts2phc. */
export interface ServoClock {
  readonly program: Program;
  /** As printed; empty for ptp4l's own PHC. */
  readonly clock: string;
  /** Time of the newest sample or summary. */
  lastMicros: Micros;
  lastUptimeMicros?: Micros;
  lastOffsetNanoseconds?: number;
  servoState?: ServoState;
  servoSinceMicros?: Micros;
  frequencyPpb?: number;
  delayNanoseconds?: number;
  /** When a delay was last printed. */
  delayLastMicros?: Micros;
  /** When the printed delay last differed from the one before. */
  delayChangedMicros?: Micros;
  delayChanges: number;
  /** ts2phc says it runs without pulses. */
  holdover: boolean;
  /** Samples and summaries seen since the clock's process began. */
  lineCount: number;
  /** Usual time between lines, learned. */
  intervalMicros?: Micros;
  readonly open: OpenBucket;
  readonly buckets: Ring<OffsetBucket>;
  readonly samples: Ring<number>;
  /** Mean offset per second, for wander; only where the log carries signed offsets. */
  readonly series: OffsetSeries;
  /** Grows by one with every finished bucket: what detectors watch. */
  bucketsClosed: number;
}

export function createServoClock(program: Program, clock: string): ServoClock {
  return {
    program,
    clock,
    lastMicros: 0,
    delayChanges: 0,
    holdover: false,
    lineCount: 0,
    open: new OpenBucket(),
    buckets: new Ring(BUCKET_CAPACITY),
    samples: new Ring(SAMPLE_CAPACITY),
    series: new OffsetSeries(),
    bucketsClosed: 0,
  };
}
