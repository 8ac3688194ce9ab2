/** The texts of linuxptp's statistics lines, with its field widths. */
import type { ServoReading } from './servo.ts';

const padded = (value: number, width: number) => String(value).padStart(width);

function signed(value: number, width: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '+';
  return `${sign}${Math.abs(value)}`.padStart(width);
}

/** ptp4l: `master offset         -1 s2 freq   -3972 path delay        89` */
export function masterOffset(reading: ServoReading, delayNanoseconds: number): string {
  const { offsetNanoseconds, servoState, frequencyPpb } = reading;
  return `master offset ${padded(offsetNanoseconds, 10)} s${servoState} freq ${signed(frequencyPpb, 7)} path delay ${padded(delayNanoseconds, 9)}`;
}

/** phc2sys: `CLOCK_REALTIME phc offset      -414 s0 freq   +2872 delay    551` */
export function phcOffset(clock: string, reading: ServoReading, delayNanoseconds: number): string {
  const { offsetNanoseconds, servoState, frequencyPpb } = reading;
  return `${clock} phc offset ${padded(offsetNanoseconds, 9)} s${servoState} freq ${signed(frequencyPpb, 7)} delay ${padded(delayNanoseconds, 6)}`;
}

/** ts2phc: `/dev/ptp0 offset         -3 s2 freq   +7777` */
export function ts2phcOffset(clock: string, reading: ServoReading, isHoldover: boolean): string {
  const { offsetNanoseconds, servoState, frequencyPpb } = reading;
  const state = isHoldover ? 3 : servoState;
  const suffix = isHoldover ? ' holdover' : '';
  return `${clock} offset ${padded(offsetNanoseconds, 10)} s${state} freq ${signed(frequencyPpb, 7)}${suffix}`;
}

/** Gathers samples for a summary line. */
export class SummaryCollector {
  #offsets: number[] = [];
  #frequencies: number[] = [];
  #delays: number[] = [];

  get size(): number {
    return this.#offsets.length;
  }

  add(reading: ServoReading, delayNanoseconds: number): void {
    this.#offsets.push(reading.offsetNanoseconds);
    this.#frequencies.push(reading.frequencyPpb);
    this.#delays.push(delayNanoseconds);
  }

  /** `rms    3 max    6 freq -12345 +/-   5 delay   249 +/-   0`; starts anew. */
  take(): string {
    const rms = Math.round(Math.sqrt(mean(this.#offsets.map((value) => value * value))));
    const max = Math.max(...this.#offsets.map(Math.abs));
    const frequency = Math.round(mean(this.#frequencies));
    const delay = Math.round(mean(this.#delays));
    const text =
      `rms ${padded(rms, 4)} max ${padded(max, 4)} freq ${signed(frequency, 6)} +/- ${padded(deviation(this.#frequencies), 3)}` +
      ` delay ${padded(delay, 5)} +/- ${padded(deviation(this.#delays), 3)}`;
    this.clear();
    return text;
  }

  clear(): void {
    this.#offsets = [];
    this.#frequencies = [];
    this.#delays = [];
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function deviation(values: readonly number[]): number {
  const average = mean(values);
  return Math.round(Math.sqrt(mean(values.map((value) => (value - average) ** 2))));
}
