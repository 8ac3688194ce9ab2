import type { ObservationSink } from '../../observation.ts';
import type { ServoState } from '../../../ptp/states.ts';
import { SERVO_STATES } from '../../../ptp/states.ts';
import type { Line } from './line.ts';
import { isMeasurement, measurement, numberOrUndefined } from './numbers.ts';

/** Reads `s0` … `s3`; undefined, with the cursor unmoved, when there is none. */
export function readServoState(line: Line): ServoState | undefined {
  line.skipSpaces();
  if (line.peek() !== 115) return undefined;
  const state = SERVO_STATES[line.peek(1) - 48];
  if (state !== undefined) line.position += 2;
  return state;
}

/**
 * Reads what follows the word "offset": `-98 s0 freq +3 path delay 1587`. Everything after the number may
 * be missing. `delay` stands for ptp4l's "path delay", phc2sys's "delay" and nothing in ts2phc.
 */
export function readOffsetSample(line: Line, clock: string, emit: ObservationSink): boolean {
  const offsetNanoseconds = line.readNumber();
  if (Number.isNaN(offsetNanoseconds)) return false;
  const servoState = readServoState(line);
  const frequencyPpb = line.acceptWord('freq') ? line.readNumber() : NaN;
  line.acceptWord('path');
  const delayNanoseconds = line.acceptWord('delay') ? line.readNumber() : NaN;
  const holdover = line.acceptWord('holdover');
  if (!isMeasurement(offsetNanoseconds)) return true;
  emit({
    kind: 'servoSample',
    node: line.node,
    source: line.source,
    atMicros: line.atMicros,
    program: line.program,
    configName: line.configName,
    uptimeMicros: numberOrUndefined(line.uptimeMicros),
    level: line.level,
    clock,
    offsetNanoseconds,
    servoState,
    frequencyPpb: measurement(frequencyPpb),
    delayNanoseconds: measurement(delayNanoseconds),
    holdover: holdover ? true : undefined,
  });
  return true;
}

/** Reads what follows the word "rms": `53 max 74 freq -16642 +/- 40 delay 1089 +/- 20`. */
export function readRmsSummary(line: Line, clock: string, emit: ObservationSink): boolean {
  const rmsNanoseconds = line.readNumber();
  if (Number.isNaN(rmsNanoseconds) || !line.acceptWord('max')) return false;
  const maxAbsNanoseconds = line.readNumber();
  if (Number.isNaN(maxAbsNanoseconds)) return false;
  const frequencyPpb = line.acceptWord('freq') ? line.readNumber() : NaN;
  const frequencyStdDevPpb = line.acceptWord('+/-') ? line.readNumber() : NaN;
  const delayNanoseconds = line.acceptWord('delay') ? line.readNumber() : NaN;
  const delayStdDevNanoseconds = line.acceptWord('+/-') ? line.readNumber() : NaN;
  if (!isMeasurement(maxAbsNanoseconds)) return true;
  emit({
    kind: 'summarySample',
    node: line.node,
    source: line.source,
    atMicros: line.atMicros,
    program: line.program,
    configName: line.configName,
    uptimeMicros: numberOrUndefined(line.uptimeMicros),
    level: line.level,
    clock,
    rmsNanoseconds: measurement(rmsNanoseconds),
    maxAbsNanoseconds,
    frequencyPpb: measurement(frequencyPpb),
    frequencyStdDevPpb: measurement(frequencyStdDevPpb),
    delayNanoseconds: measurement(delayNanoseconds),
    delayStdDevNanoseconds: measurement(delayStdDevNanoseconds),
  });
  return true;
}

const REDUCED =
  /^:?\s*cnt=(\d+),\s*min=([^,\s]+),\s*max=([^,\s]+)(?:,\s*avg=([^,\s]+))?(?:,\s*SD=([^,\s]+))?/;

/**
 * Reads what follows "offset summary" in the daemon's reduced log:
 * `: cnt=48, min=-10, max=13, avg=0.27, SD=5.23`. With few samples avg and SD are `NaN`.
 */
export function readReducedSummary(line: Line, clock: string, emit: ObservationSink): boolean {
  const match = REDUCED.exec(line.rest());
  if (match === null) return false;
  const minNanoseconds = measurement(Number(match[2]));
  const maxNanoseconds = measurement(Number(match[3]));
  if (minNanoseconds === undefined || maxNanoseconds === undefined) return true;
  emit({
    kind: 'summarySample',
    node: line.node,
    source: line.source,
    atMicros: line.atMicros,
    program: line.program,
    configName: line.configName,
    uptimeMicros: numberOrUndefined(line.uptimeMicros),
    level: line.level,
    clock,
    sampleCount: Number(match[1]),
    maxAbsNanoseconds: Math.max(Math.abs(minNanoseconds), Math.abs(maxNanoseconds)),
    minNanoseconds,
    maxNanoseconds,
    meanNanoseconds: measurement(Number(match[4])),
    stdDevNanoseconds: measurement(Number(match[5])),
  });
  return true;
}
