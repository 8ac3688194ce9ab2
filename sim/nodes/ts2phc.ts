import { ts2phcOffset } from './line-format.ts';
import type { NodeContext } from './node-context.ts';
import { ts2phcTag } from './node-context.ts';
import { LEVEL } from './node-output.ts';
import type { Instance } from './node-spec.ts';
import { portsOf } from './node-spec.ts';
import { SteeredClock } from './servo.ts';

/** One ts2phc process: 1PPS of a GNSS receiver (T-GM) or of the leading card (T-BC) to the PHC. */
export class Ts2phc {
  readonly #context: NodeContext;
  readonly #tag: string;
  readonly #device: string;
  readonly #usesNmea: boolean;
  readonly #clock: SteeredClock;
  #cancel: () => void = () => undefined;
  #isRunning = false;
  /** The receiver has a fix and sends its sentences. */
  hasNmea = true;

  constructor(context: NodeContext, instance: Instance) {
    this.#context = context;
    this.#tag = ts2phcTag(instance.index);
    this.#device = `/dev/ptp${instance.index}`;
    this.#usesNmea = instance.receivers.length === 0;
    this.#clock = new SteeredClock({
      oscillatorPpb: context.spec.oscillatorPpb ?? -7_777,
      noiseNanoseconds: 1.2,
      intervalSeconds: 1,
      random: context.random,
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get tag(): string {
    return this.#tag;
  }

  start(): void {
    this.#isRunning = true;
    this.#clock.restart();
    const port = portsOf(this.#context.spec)[0] ?? '';
    this.#print(LEVEL.debug, `PPS sink ${port} has ptp index ${this.#device.replace('/dev/ptp', '')}`);
    this.#cancel = this.#context.agenda.every(1000, () => this.#pulse(), 184);
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancel();
  }

  #pulse(): void {
    if (this.#usesNmea && !this.hasNmea) {
      this.#clock.drift(1);
      this.#print(LEVEL.error, 'nmea: no valid rmc fix');
      this.#print(LEVEL.error, 'source ts not valid');
      return;
    }
    if (this.#usesNmea) {
      const delay = Math.round(120_000_000 + 600_000 * this.#context.random.gaussian());
      this.#print(LEVEL.debug, `nmea delay: ${delay} ns`);
    }
    const reading = this.#clock.sample();
    const seconds = Math.floor(this.#context.agenda.nowMicros / 1e6) + 37;
    const nanoseconds = String(Math.abs(reading.offsetNanoseconds) % 1e9).padStart(9, '0');
    this.#print(LEVEL.debug, `adding tstamp ${seconds}.${nanoseconds} to clock ${this.#device}`);
    this.#print(LEVEL.info, ts2phcOffset(this.#device, reading, false));
    const { metrics } = this.#context;
    const labels = { from: 'master', iface: 'master', process: 'ts2phc' };
    metrics.set('offset_ns', labels, reading.offsetNanoseconds);
    metrics.set('frequency_adjustment_ns', labels, reading.frequencyPpb);
    metrics.set('clock_state', { iface: 'master', process: 'ts2phc' }, reading.servoState === 2 ? 1 : 0);
  }

  #print(level: 3 | 6 | 7, text: string): void {
    this.#context.output.process('ts2phc', this.#tag, level, text);
  }
}
