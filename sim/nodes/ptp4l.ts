import { masterOffset } from './line-format.ts';
import type { NodeContext } from './node-context.ts';
import { ptp4lTag } from './node-context.ts';
import type { Level } from './node-output.ts';
import { LEVEL } from './node-output.ts';
import type { Instance } from './node-spec.ts';
import { OffsetReporter } from './offset-reporter.ts';
import type { PortModel, Transition } from './ptp4l-port.ts';
import { Ptp4lPorts } from './ptp4l-ports.ts';
import { SteeredClock } from './servo.ts';

/** One ptp4l process: its ports, its servo and what it prints about them. */
export class Ptp4l {
  readonly instance: Instance;
  /** The PHC it steers. */
  readonly clock: SteeredClock;
  readonly #context: NodeContext;
  readonly #tag: string;
  readonly #ports: Ptp4lPorts;
  readonly #reporter: OffsetReporter;
  #isRunning = false;
  /** Every start makes the delayed steps of the process before it void. */
  #generation = 0;
  #cancelSampling: () => void = () => undefined;
  /** Sync messages arrive. Announce alone keeps a port SLAVE: losing only Sync is silent. */
  receivesSync = true;
  /** Added to the path delay; half of it also shifts the offset measurement. */
  #asymmetryNanoseconds = 0;
  /** Every send of Delay_Req fails for want of a transmit time stamp. */
  losesTxTimestamps = false;

  constructor(context: NodeContext, instance: Instance) {
    this.#context = context;
    this.instance = instance;
    this.#tag = ptp4lTag(instance.index);
    this.#ports = new Ptp4lPorts(context, instance, this);
    this.#reporter = new OffsetReporter(context, {
      program: 'ptp4l',
      tag: this.#tag,
      interfaceLabel: 'master',
      summaryPrefix: '',
      format: masterOffset,
    });
    const { random, spec, offsetHertz } = context;
    this.clock = new SteeredClock({
      oscillatorPpb: spec.oscillatorPpb ?? 12_345 + 500 * random.gaussian(),
      noiseNanoseconds: spec.noiseNanoseconds,
      intervalSeconds: 1 / offsetHertz,
      random,
    });
    this.#ports.onTransition(({ to }) => {
      if (to === 'UNCALIBRATED') this.clock.restart();
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get ports(): readonly PortModel[] {
    return this.#ports.all;
  }

  /** The port that follows, if one does. */
  get activePort(): PortModel | undefined {
    return this.#ports.active;
  }

  get grandmaster(): string {
    return this.#ports.grandmaster;
  }

  onTransition(listener: (transition: Transition) => void): void {
    this.#ports.onTransition(listener);
  }

  start(): void {
    this.#isRunning = true;
    this.#generation += 1;
    this.clock.restart();
    this.print(LEVEL.info, `selected /dev/ptp${this.instance.index} as PTP clock`);
    this.#ports.start();
    const intervalMillis = 1000 / this.#context.offsetHertz;
    if (this.instance.receivers.length > 0) {
      this.#cancelSampling = this.#context.agenda.every(intervalMillis, () => this.#sample());
    }
  }

  /** The process ends without a word, as when it is killed. */
  stop(): void {
    this.#isRunning = false;
    this.#generation += 1;
    this.#cancelSampling();
    this.#reporter.clear();
    this.#ports.stop();
  }

  setLink(name: string, isUp: boolean): void {
    this.#ports.setLink(name, isUp);
  }

  /** The grandmaster appears or goes; `identity` changes which one it is. */
  setGrandmaster(isHeard: boolean, identity: string = this.grandmaster): void {
    this.#ports.setGrandmaster(isHeard, identity);
  }

  /** Whether the grandmaster is in the domain the profile says; the ports see it when they start next. */
  setDomainMatches(matches: boolean): void {
    this.#ports.hearsGrandmaster = matches;
  }

  setAsymmetry(nanoseconds: number): void {
    this.#asymmetryNanoseconds = nanoseconds;
    this.clock.biasNanoseconds = nanoseconds / 2;
  }

  print(level: Level, text: string): void {
    this.#context.output.process('ptp4l', this.#tag, level, text);
  }

  later(millis: number, task: () => void): void {
    const generation = this.#generation;
    this.#context.agenda.after(millis, () => {
      if (generation === this.#generation) task();
    });
  }

  #sample(): void {
    const port = this.activePort;
    if (port === undefined || !this.receivesSync) {
      this.clock.drift(1 / this.#context.offsetHertz);
      return;
    }
    if (this.losesTxTimestamps) {
      this.#ports.txTimeout(port);
      return;
    }
    const wasLocked = this.clock.isLocked;
    const reading = this.clock.sample();
    const { spec, random } = this.#context;
    const delay = Math.round(spec.pathDelayNanoseconds + this.#asymmetryNanoseconds / 2 + random.gaussian());
    if (wasLocked && reading.servoState === 0) this.#clockJumped(port, reading.offsetNanoseconds);
    this.#reporter.report(reading, delay, reading.servoState === 2);
    if (reading.servoState === 2 && port.state === 'UNCALIBRATED') {
      this.#ports.change(port, 'SLAVE', 'MASTER_CLOCK_SELECTED');
    }
  }

  #clockJumped(port: PortModel, offsetNanoseconds: number): void {
    const direction = offsetNanoseconds > 0 ? 'forward or running faster' : 'backward or running slower';
    this.print(LEVEL.warning, `clockcheck: clock jumped ${direction} than expected!`);
    this.#ports.change(port, 'UNCALIBRATED', 'SYNCHRONIZATION_FAULT');
  }
}
