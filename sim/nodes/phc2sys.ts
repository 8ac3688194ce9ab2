import { phcOffset } from './line-format.ts';
import type { NodeContext } from './node-context.ts';
import { ptp4lTag } from './node-context.ts';
import { LEVEL } from './node-output.ts';
import { OffsetReporter } from './offset-reporter.ts';
import type { Ptp4l } from './ptp4l.ts';
import { SteeredClock } from './servo.ts';

const REALTIME = 'CLOCK_REALTIME';
const READ_DELAY_NANOSECONDS = 551;
const DISTURBANCE_PPB = 40_000;
/** The daemon's default thresholds. */
const LOCKED_WITHIN_NANOSECONDS = 100;

/** One phc2sys process: follows its ptp4l's port states and steers CLOCK_REALTIME. */
export class Phc2sys {
  readonly #context: NodeContext;
  readonly #ptp4l: Ptp4l;
  readonly #tag: string;
  readonly #clock: SteeredClock;
  readonly #reporter: OffsetReporter;
  /** `-s INTERFACE` instead of `-a`: always has its source, whatever the ports do. */
  readonly #hasFixedSource: boolean;
  #isRunning = false;
  #hasSource = false;
  #cancelSampling: () => void = () => undefined;
  /** A second time daemon steers the same clock. */
  isDisturbed = false;

  constructor(context: NodeContext, ptp4l: Ptp4l) {
    this.#context = context;
    this.#ptp4l = ptp4l;
    // phc2sys is started with the message tag of its ptp4l's configuration.
    this.#tag = ptp4lTag(ptp4l.instance.index);
    this.#hasFixedSource = ptp4l.instance.hasTs2phc;
    this.#reporter = new OffsetReporter(context, {
      program: 'phc2sys',
      tag: this.#tag,
      interfaceLabel: REALTIME,
      summaryPrefix: `${REALTIME} `,
      format: (reading, delay) => phcOffset(REALTIME, reading, delay),
    });
    const { random, offsetHertz } = context;
    this.#clock = new SteeredClock({
      oscillatorPpb: 8_200 + 300 * random.gaussian(),
      noiseNanoseconds: 6,
      intervalSeconds: 1 / offsetHertz,
      random,
    });
    ptp4l.onTransition(({ from, to }) => {
      if (this.#isRunning && !this.#hasFixedSource && (from === 'SLAVE' || to === 'SLAVE'))
        this.#reconfigure();
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  start(): void {
    this.#isRunning = true;
    this.#clock.restart();
    this.#hasSource = this.#hasFixedSource;
    if (!this.#hasFixedSource) {
      this.#print(LEVEL.notice, 'Waiting for ptp4l...');
      this.#context.agenda.after(250, () => {
        if (this.#isRunning) this.#reconfigure();
      });
    }
    this.#cancelSampling = this.#context.agenda.every(
      1000 / this.#context.offsetHertz,
      () => this.#sample(),
      30,
    );
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancelSampling();
    this.#reporter.clear();
  }

  #reconfigure(): void {
    const source = this.#ptp4l.activePort;
    const { clockIdentity } = this.#context;
    if (source !== undefined) this.#print(LEVEL.info, `port ${clockIdentity}-${source.number} changed state`);
    this.#print(LEVEL.info, 'reconfiguring after port state change');
    this.#hasSource = source?.state === 'SLAVE';
    const name = source?.name ?? this.#ptp4l.ports[0]?.name ?? '';
    if (this.#hasSource) {
      this.#print(LEVEL.info, `selecting ${name} as domain source clock`);
      this.#print(LEVEL.info, `selecting ${REALTIME} for synchronization`);
    } else {
      this.#print(LEVEL.info, `selecting ${name} for synchronization`);
    }
  }

  #sample(): void {
    const { random, offsetHertz } = this.#context;
    if (this.isDisturbed && random.next() < 1 / (2 * offsetHertz)) {
      this.#clock.disturbFrequency(DISTURBANCE_PPB * random.gaussian());
      this.#clock.step(50_000 * random.gaussian());
      this.#print(LEVEL.warning, 'clockcheck: clock frequency changed unexpectedly!');
    }
    if (!this.#hasSource) {
      this.#clock.drift(1 / offsetHertz);
      return;
    }
    const reading = this.#clock.sample();
    const delay = Math.round(READ_DELAY_NANOSECONDS + 12 * random.gaussian());
    this.#reporter.report(reading, delay, Math.abs(reading.offsetNanoseconds) < LOCKED_WITHIN_NANOSECONDS);
  }

  #print(level: 3 | 4 | 5 | 6, text: string): void {
    this.#context.output.process('phc2sys', this.#tag, level, text);
  }
}
