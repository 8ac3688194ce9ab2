import { MICROS_PER_SECOND, type Micros } from '../../ptp/time.ts';
import type { ServoClock } from '../../state/clock-state.ts';
import type { InstanceState, NodeState } from '../../state/node-state.ts';
import type { ExpectedInstance } from '../expected.ts';
import type { RuleContext } from '../rule.ts';

/** Of the newest buckets so many are looked at, and so many must be beyond a limit to raise it. */
const LOOKED_AT = 5;
const NEEDED = 3;
/** A raised limit is cleared below this share of it, by all buckets of the clearing window. */
const CLEAR_SHARE = 0.8;
const CLEAR_BUCKETS = 10;
/** After a lock the servo may still pull in for this long. */
const PULL_IN_MICROS = 15 * MICROS_PER_SECOND;

export interface OffsetReading {
  /** Largest offset of the buckets looked at, nanoseconds. */
  readonly worstNanoseconds: number;
  readonly observedMicros: Micros;
}

/**
 * The reading when the clock is beyond the limit: three of the last five seconds raise it, ten
 * good ones below 80 % clear it.
 */
export function beyondLimit(servo: ServoClock, limit: number, raised: boolean): OffsetReading | undefined {
  const count = Math.min(servo.buckets.size, raised ? CLEAR_BUCKETS : LOOKED_AT);
  const threshold = raised ? limit * CLEAR_SHARE : limit;
  let beyond = 0;
  let worst = 0;
  for (let index = servo.buckets.size - count; index < servo.buckets.size; index++) {
    const size = servo.buckets.at(index)?.maxAbsNanoseconds ?? 0;
    if (size > threshold) beyond += 1;
    worst = Math.max(worst, size);
  }
  const isBeyond = raised ? beyond > 0 : beyond >= NEEDED;
  return isBeyond ? { worstNanoseconds: worst, observedMicros: servo.lastMicros } : undefined;
}

/** Every servo that has pulled in, with the instance it belongs to. */
export function* settledServos(
  state: Readonly<NodeState>,
  now: Micros,
): Iterable<{ instance: InstanceState; servo: ServoClock }> {
  for (const instance of state.instances.values()) {
    const port = [...instance.ports.values()].find((one) => one.state === 'SLAVE');
    for (const clocks of instance.servos.values()) {
      for (const servo of clocks.values()) {
        if (servo.program === 'ptp4l' && port === undefined) continue;
        const since = Math.max(port?.sinceMicros ?? 0, servo.servoSinceMicros ?? 0);
        if (now - since > PULL_IN_MICROS && servo.lineCount > LOOKED_AT) yield { instance, servo };
      }
    }
  }
}

export function expectedOf(context: RuleContext, instance: InstanceState): ExpectedInstance | undefined {
  return context.expected.instances.find(
    (one) => one.name === instance.key || one.configName === instance.configName,
  );
}

/** Software time stamps: microseconds of noise are that mode's normal, the standard's limits do not apply. */
export function usesSoftwareStamps(expected: ExpectedInstance | undefined): boolean {
  const mode = expected?.ptp4l?.get('time_stamping')?.value;
  return mode === 'software' || mode === 'legacy';
}
