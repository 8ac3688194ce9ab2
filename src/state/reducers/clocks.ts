import { isSentinel } from '../../ptp/limits.ts';
import type { ServoClock } from '../clock-state.ts';
import { instanceFor, servoOf } from '../instances.ts';
import { robustRmsOfSummary, type OffsetBucket } from '../statistics.ts';
import type { Reducer } from './reducer.ts';

/** Share of a new interval in the learned one. */
const INTERVAL_WEIGHT = 0.1;
/** An interval this many times the usual one is an interruption, not the rhythm. */
const INTERRUPTION_FACTOR = 5;

export const servoSample: Reducer<'servoSample'> = (state, observation) => {
  const { atMicros, offsetNanoseconds, servoState } = observation;
  if (isSentinel(offsetNanoseconds)) return;
  const servo = servoOf(instanceFor(state, observation.configName), observation.program, observation.clock);
  noteLine(servo, atMicros, observation.uptimeMicros);
  servo.lastOffsetNanoseconds = offsetNanoseconds;
  if (servoState !== undefined && servoState !== servo.servoState) {
    servo.servoState = servoState;
    servo.servoSinceMicros = atMicros;
  }
  if (observation.frequencyPpb !== undefined) servo.frequencyPpb = observation.frequencyPpb;
  servo.holdover = observation.holdover ?? false;
  noteDelay(servo, atMicros, observation.delayNanoseconds);
  if (servo.open.isFull(atMicros)) closeBucket(servo, servo.open.close());
  servo.open.add(atMicros, offsetNanoseconds, observation.frequencyPpb, observation.delayNanoseconds);
  servo.samples.push(offsetNanoseconds);
};

export const summarySample: Reducer<'summarySample'> = (state, observation) => {
  const { atMicros } = observation;
  if (isSentinel(observation.maxAbsNanoseconds)) return;
  const servo = servoOf(instanceFor(state, observation.configName), observation.program, observation.clock);
  const startMicros = servo.lastMicros > 0 ? Math.min(servo.lastMicros, atMicros) : atMicros;
  noteLine(servo, atMicros, observation.uptimeMicros);
  if (observation.meanNanoseconds !== undefined)
    servo.lastOffsetNanoseconds = Math.round(observation.meanNanoseconds);
  if (observation.frequencyPpb !== undefined) servo.frequencyPpb = observation.frequencyPpb;
  noteDelay(servo, atMicros, observation.delayNanoseconds);
  const rms =
    observation.rmsNanoseconds ??
    Math.hypot(
      observation.meanNanoseconds ?? 0,
      observation.stdDevNanoseconds ?? observation.maxAbsNanoseconds,
    );
  const bucket: OffsetBucket = {
    startMicros,
    endMicros: atMicros,
    count: observation.sampleCount ?? 1,
    rmsNanoseconds: rms,
    maxAbsNanoseconds: observation.maxAbsNanoseconds,
    robustRmsNanoseconds: robustRmsOfSummary(rms, observation.maxAbsNanoseconds),
    summary: true,
  };
  if (observation.meanNanoseconds !== undefined) bucket.meanNanoseconds = observation.meanNanoseconds;
  if (observation.frequencyPpb !== undefined) bucket.frequencyPpb = observation.frequencyPpb;
  if (observation.frequencyStdDevPpb !== undefined)
    bucket.frequencyStdDevPpb = observation.frequencyStdDevPpb;
  if (observation.delayNanoseconds !== undefined) bucket.delayNanoseconds = observation.delayNanoseconds;
  if (observation.delayStdDevNanoseconds !== undefined) {
    bucket.delayStdDevNanoseconds = observation.delayStdDevNanoseconds;
  }
  closeBucket(servo, bucket);
};

function noteLine(servo: ServoClock, atMicros: number, uptimeMicros: number | undefined): void {
  const interval = atMicros - servo.lastMicros;
  if (servo.lineCount > 0 && interval > 0) {
    if (servo.intervalMicros === undefined) servo.intervalMicros = interval;
    else if (interval < INTERRUPTION_FACTOR * servo.intervalMicros) {
      servo.intervalMicros += (interval - servo.intervalMicros) * INTERVAL_WEIGHT;
    }
  }
  servo.lastMicros = atMicros;
  if (uptimeMicros !== undefined) servo.lastUptimeMicros = uptimeMicros;
  servo.lineCount += 1;
}

function noteDelay(servo: ServoClock, atMicros: number, delay: number | undefined): void {
  if (delay === undefined) return;
  servo.delayLastMicros = atMicros;
  if (delay !== servo.delayNanoseconds) {
    servo.delayNanoseconds = delay;
    servo.delayChangedMicros = atMicros;
    servo.delayChanges += 1;
  }
}

function closeBucket(servo: ServoClock, bucket: OffsetBucket): void {
  servo.buckets.push(bucket);
  if (!bucket.summary && bucket.meanNanoseconds !== undefined)
    servo.series.push(bucket.endMicros, bucket.meanNanoseconds);
  servo.bucketsClosed += 1;
}
