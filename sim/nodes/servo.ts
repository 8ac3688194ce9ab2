import type { Random } from './random.ts';

export interface ServoReading {
  readonly offsetNanoseconds: number;
  /** 0 unlocked, 1 step, 2 locked. */
  readonly servoState: 0 | 1 | 2;
  readonly frequencyPpb: number;
}

export interface ServoOptions {
  /** Error of the free oscillator. */
  readonly oscillatorPpb: number;
  /** Standard deviation of one measurement. */
  readonly noiseNanoseconds: number;
  /** Time between two measurements. */
  readonly intervalSeconds: number;
  readonly random: Random;
}

/** Offsets beyond this make the servo start again and step the clock (ptp4l's step_threshold). */
const STEP_THRESHOLD_NANOSECONDS = 2e9;
/** Measurements the PI servo takes before its first correction. */
const WARM_UP_SAMPLES = 4;
/** Wander of the oscillator per square root of a second. */
const WANDER_PPB = 0.4;

/**
 * A clock with an imperfect oscillator, steered by linuxptp's PI servo with its default
 * gains (0.7·i^-0.3 and 0.3·i^0.4 for the interval i, at most 0.7/i and 0.3/i): numbers settle as on hardware.
 */
export class SteeredClock {
  readonly #options: ServoOptions;
  #errorNanoseconds: number;
  #oscillatorPpb: number;
  /** Frequency that the servo adds, as the log prints it. */
  #appliedPpb = 0;
  #integralPpb = 0;
  #samples = 0;
  #hasStepped = false;
  /** Constant error of the measurement: half of the path's asymmetry. */
  biasNanoseconds = 0;

  constructor(options: ServoOptions) {
    this.#options = options;
    this.#oscillatorPpb = options.oscillatorPpb;
    this.#errorNanoseconds = -1e8 * (1 + options.random.next() / 100);
  }

  get isLocked(): boolean {
    return this.#samples > WARM_UP_SAMPLES;
  }

  get frequencyPpb(): number {
    return this.#appliedPpb;
  }

  /** Lets the clock run without measuring it. */
  drift(seconds: number): void {
    const { random } = this.#options;
    this.#oscillatorPpb += WANDER_PPB * Math.sqrt(seconds) * random.gaussian();
    this.#errorNanoseconds += (this.#oscillatorPpb + this.#appliedPpb) * seconds;
  }

  /** Someone else moved the clock. */
  step(nanoseconds: number): void {
    this.#errorNanoseconds += nanoseconds;
  }

  /** Someone else changed its frequency. */
  disturbFrequency(ppb: number): void {
    this.#oscillatorPpb += ppb;
  }

  /** Begins again, as a restarted process does; the clock itself goes on. */
  restart(): void {
    this.#samples = 0;
  }

  /** One measurement and the servo's answer to it. */
  sample(): ServoReading {
    const { intervalSeconds, noiseNanoseconds, random } = this.#options;
    this.drift(intervalSeconds);
    const measured = this.#errorNanoseconds + this.biasNanoseconds + noiseNanoseconds * random.gaussian();
    if (this.isLocked && Math.abs(measured) > STEP_THRESHOLD_NANOSECONDS) this.#samples = 0;
    this.#samples += 1;
    if (this.#samples < WARM_UP_SAMPLES) return this.#reading(measured, 0);
    const mustStep = !this.#hasStepped || Math.abs(measured) > STEP_THRESHOLD_NANOSECONDS;
    if (this.#samples === WARM_UP_SAMPLES && mustStep) {
      this.#hasStepped = true;
      // The jump: phase to zero, frequency to the estimate of the first samples.
      this.#errorNanoseconds -= measured;
      this.#integralPpb = -this.#oscillatorPpb + 10 * random.gaussian();
      this.#appliedPpb = this.#integralPpb;
      return this.#reading(measured, 1);
    }
    const proportional = Math.min(0.7 * intervalSeconds ** -0.3, 0.7 / intervalSeconds);
    const integral = Math.min(0.3 * intervalSeconds ** 0.4, 0.3 / intervalSeconds);
    this.#integralPpb -= integral * measured;
    this.#appliedPpb = this.#integralPpb - proportional * measured;
    return this.#reading(measured, 2);
  }

  #reading(offset: number, servoState: 0 | 1 | 2): ServoReading {
    return { offsetNanoseconds: Math.round(offset), servoState, frequencyPpb: Math.round(this.#appliedPpb) };
  }
}
