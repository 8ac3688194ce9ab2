import { phcOffset, SummaryCollector } from './line-format.ts';
import type { NodeContext } from './node-context.ts';
import { ptp4lTag } from './node-context.ts';
import { LEVEL } from './node-output.ts';
import type { Ptp4l } from './ptp4l.ts';
import { SteeredClock } from './servo.ts';

const REALTIME = 'CLOCK_REALTIME';
const READ_DELAY_NANOSECONDS = 551;
const DISTURBANCE_PPB = 40_000;

/** One phc2sys process: follows its ptp4l's port states and steers CLOCK_REALTIME. */
export class Phc2sys {
  readonly #context: NodeContext;
  readonly #ptp4l: Ptp4l;
  readonly #tag: string;
  readonly #clock: SteeredClock;
  readonly #summary = new SummaryCollector();
  /** `-s INTERFACE` instead of `-a`: always has its source, whatever the ports do. */
  readonly #hasFixedSource: boolean;
  #isRunning = false;
  #hasSource = false;
  #cancelSampling: () => void = () => undefined;
  #lastSummaryMicros = 0;
  /** A second time daemon steers the same clock. */
  isDisturbed = false;

  constructor(context: NodeContext, ptp4l: Ptp4l) {
    this.#context = context;
    this.#ptp4l = ptp4l;
    // phc2sys is started with the message tag of its ptp4l's configuration.
    this.#tag = ptp4lTag(ptp4l.instance.index);
    this.#hasFixedSource = ptp4l.instance.hasTs2phc;
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
    this.#summary.clear();
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
    const { random, metrics, spec, offsetHertz } = this.#context;
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
    const labels = { from: 'master', iface: REALTIME, process: 'phc2sys' };
    metrics.set('offset_ns', labels, reading.offsetNanoseconds);
    metrics.set('max_offset_ns', labels, reading.offsetNanoseconds);
    metrics.set('frequency_adjustment_ns', labels, reading.frequencyPpb);
    metrics.set('delay_ns', labels, delay);
    const isInside = Math.abs(reading.offsetNanoseconds) < 100;
    metrics.set('clock_state', { iface: REALTIME, process: 'phc2sys' }, isInside ? 1 : 0);
    if (spec.everyOffset) {
      this.#print(LEVEL.info, phcOffset(REALTIME, reading, delay));
      return;
    }
    this.#summary.add(reading, delay);
    const { nowMicros } = this.#context.agenda;
    if (nowMicros - this.#lastSummaryMicros < 1e6) return;
    this.#lastSummaryMicros = nowMicros;
    this.#print(LEVEL.info, `${REALTIME} ${this.#summary.take()}`);
  }

  #print(level: 3 | 4 | 5 | 6, text: string): void {
    this.#context.output.process('phc2sys', this.#tag, level, text);
  }
}
