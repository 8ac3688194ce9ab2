import { SummaryCollector } from './line-format.ts';
import type { NodeContext } from './node-context.ts';
import { LEVEL } from './node-output.ts';
import type { ServoReading } from './servo.ts';

export interface OffsetSource {
  readonly program: 'ptp4l' | 'phc2sys';
  readonly tag: string;
  /** Label `iface` of the daemon's metrics. */
  readonly interfaceLabel: string;
  /** What stands before `rms …` in a summary line. */
  readonly summaryPrefix: string;
  readonly format: (reading: ServoReading, delayNanoseconds: number) => string;
}

/** Prints a servo's samples, each or one summary a second, and sets the daemon's metrics from them. */
export class OffsetReporter {
  readonly #context: NodeContext;
  readonly #source: OffsetSource;
  readonly #summary = new SummaryCollector();
  #lastSummaryMicros = 0;

  constructor(context: NodeContext, source: OffsetSource) {
    this.#context = context;
    this.#source = source;
  }

  report(reading: ServoReading, delayNanoseconds: number, isLocked: boolean): void {
    const { format } = this.#source;
    if (this.#context.spec.everyOffset) this.#print(format(reading, delayNanoseconds));
    else this.#summarise(reading, delayNanoseconds);
    const { program: process, interfaceLabel: iface } = this.#source;
    const { metrics } = this.#context;
    const labels = { from: 'master', iface, process };
    metrics.set('offset_ns', labels, reading.offsetNanoseconds);
    metrics.set('max_offset_ns', labels, reading.offsetNanoseconds);
    metrics.set('frequency_adjustment_ns', labels, reading.frequencyPpb);
    metrics.set('delay_ns', labels, delayNanoseconds);
    metrics.set('clock_state', { iface, process }, isLocked ? 1 : 0);
  }

  clear(): void {
    this.#summary.clear();
  }

  #summarise(reading: ServoReading, delayNanoseconds: number): void {
    this.#summary.add(reading, delayNanoseconds);
    const { nowMicros } = this.#context.agenda;
    if (nowMicros - this.#lastSummaryMicros < 1e6) return;
    this.#lastSummaryMicros = nowMicros;
    this.#print(this.#source.summaryPrefix + this.#summary.take());
  }

  #print(text: string): void {
    this.#context.output.process(this.#source.program, this.#source.tag, LEVEL.info, text);
  }
}
