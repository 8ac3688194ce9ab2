import { MICROS_PER_SECOND, formatMicros, type Micros } from '../../ptp/time.ts';

export interface Tick {
  position: number;
  label: string;
}

/** Time to horizontal position. */
export class TimeScale {
  readonly #start: Micros;
  readonly #end: Micros;
  readonly #left: number;
  readonly #width: number;

  constructor(start: Micros, end: Micros, left: number, width: number) {
    this.#start = start;
    this.#end = Math.max(end, start + MICROS_PER_SECOND);
    this.#left = left;
    this.#width = width;
  }

  x(micros: Micros): number {
    const share = (micros - this.#start) / (this.#end - this.#start);
    return round(this.#left + Math.max(0, Math.min(1, share)) * this.#width);
  }

  /** Round times, five to ten of them. */
  ticks(isWall: boolean): Tick[] {
    const span = this.#end - this.#start;
    const step =
      TIME_STEPS_SECONDS.map((seconds) => seconds * MICROS_PER_SECOND).find((size) => span / size <= 9) ??
      span;
    const ticks: Tick[] = [];
    for (let at = Math.ceil(this.#start / step) * step; at <= this.#end; at += step) {
      ticks.push({
        position: this.x(at),
        label: isWall ? wallLabel(at, step) : `${at / MICROS_PER_SECOND} s`,
      });
    }
    return ticks;
  }
}

const TIME_STEPS_SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800,
];

function wallLabel(micros: Micros, stepMicros: number): string {
  const text = formatMicros(micros);
  if (stepMicros >= 86_400 * MICROS_PER_SECOND) return text.slice(0, 10);
  return stepMicros >= 60 * MICROS_PER_SECOND ? text.slice(11, 16) : text.slice(11, 19);
}

/** Up to here the offset axis is linear; beyond, logarithmic: both a start at 100 ms and noise of 5 ns show. */
const LINEAR_NANOSECONDS = 20;

/** Offset to vertical position, zero in the middle. */
export class OffsetScale {
  readonly #middle: number;
  readonly #half: number;
  readonly #largest: number;

  constructor(largestNanoseconds: number, top: number, height: number) {
    this.#middle = top + height / 2;
    this.#half = height / 2;
    this.#largest = compress(Math.max(largestNanoseconds, 100));
  }

  y(nanoseconds: number): number {
    return round(this.#middle - (compress(nanoseconds) / this.#largest) * this.#half);
  }

  /** Zero and powers of ten to both sides, from the outside in, as far as their labels have room. */
  ticks(): Tick[] {
    const zero = this.y(0);
    const ticks: Tick[] = [{ position: zero, label: '0' }];
    let room = -Infinity;
    for (
      let decade = Math.floor(Math.log10(LINEAR_NANOSECONDS * (10 ** this.#largest - 1)));
      decade >= 1;
      decade--
    ) {
      const position = this.y(10 ** decade);
      if (position - room < LABEL_HEIGHT || zero - position < LABEL_HEIGHT) continue;
      room = position;
      ticks.push({ position, label: `+${decadeLabel(decade)}` });
      ticks.push({ position: this.y(-(10 ** decade)), label: `−${decadeLabel(decade)}` });
    }
    return ticks;
  }
}

const LABEL_HEIGHT = 12;
const UNITS = ['ns', 'µs', 'ms', 's'];

function decadeLabel(decade: number): string {
  const unit = Math.min(Math.floor(decade / 3), UNITS.length - 1);
  return `${10 ** (decade - 3 * unit)} ${UNITS[unit] ?? ''}`;
}

function compress(nanoseconds: number): number {
  return Math.sign(nanoseconds) * Math.log10(1 + Math.abs(nanoseconds) / LINEAR_NANOSECONDS);
}

/** One digit after the point is finer than a screen, and keeps the page small. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
