import { startDpllVoice } from './dpll-voice.ts';
import type { NodeContext } from './node-context.ts';
import { ptp4lTag, ts2phcTag } from './node-context.ts';

export type ChainState = 'LOCKED' | 'HOLDOVER' | 'FREERUN';

/** In the daemon's status lines s0, s1, s2 are these, not servo states. */
const SUFFIX: Readonly<Record<ChainState, string>> = { FREERUN: 's0', HOLDOVER: 's1', LOCKED: 's2' };
const METRIC: Readonly<Record<ChainState, number>> = { FREERUN: 0, HOLDOVER: 2, LOCKED: 1 };
/** Lock status of a DPLL: 1 free run, 3 locked with holdover acquired, 4 holdover. */
const DPLL_STATUS: Readonly<Record<ChainState, number>> = { FREERUN: 1, HOLDOVER: 4, LOCKED: 3 };
const FAULTY_OFFSET = 99_999_999_999;
const CLOCK_CLASS_REPEAT_MILLIS = 60_000;

const CLASSES = {
  'T-GM': { LOCKED: 6, HOLDOVER: 7, FREERUN: 140 },
  'T-BC': { LOCKED: 6, HOLDOVER: 135, FREERUN: 165 },
} as const;

export interface ChainOptions {
  readonly kind: 'T-GM' | 'T-BC';
  readonly index: number;
  readonly interfaceName: string;
  /** How long holdover stays within its specification. */
  readonly holdoverSeconds: number;
  /** How long the reference must be back before the chain is locked again. */
  readonly relockSeconds: number;
}

/** GNSS or upstream PTP, DPLL and the daemon's state machine over them: the 1 Hz status lines. */
export class TimingChain {
  readonly #context: NodeContext;
  readonly #options: ChainOptions;
  #state: ChainState = 'FREERUN';
  #hasReference = false;
  #cancelPending: () => void = () => undefined;
  #cancelTasks: (() => void)[] = [];

  constructor(context: NodeContext, options: ChainOptions) {
    this.#context = context;
    this.#options = options;
  }

  get state(): ChainState {
    return this.#state;
  }

  get clockClass(): number {
    return CLASSES[this.#options.kind][this.#state];
  }

  start(): void {
    const { agenda, dpllLinesPerSecond } = this.#context;
    this.#cancelTasks = [
      agenda.every(1000, () => this.#printStatus(), 120),
      agenda.every(CLOCK_CLASS_REPEAT_MILLIS, () => this.#printClockClass()),
    ];
    if (dpllLinesPerSecond > 0)
      this.#cancelTasks.push(startDpllVoice(this.#context, this.#options.interfaceName, dpllLinesPerSecond));
  }

  stop(): void {
    this.#cancelPending();
    for (const cancel of this.#cancelTasks) cancel();
    this.#cancelTasks = [];
    this.#state = 'FREERUN';
    this.#hasReference = false;
  }

  /** GNSS fix (T-GM) or an upstream port that is SLAVE (T-BC). */
  setReference(isPresent: boolean): void {
    if (isPresent === this.#hasReference) return;
    this.#hasReference = isPresent;
    this.#cancelPending();
    const { agenda } = this.#context;
    if (isPresent) {
      this.#cancelPending = agenda.after(this.#options.relockSeconds * 1000, () => this.#become('LOCKED'));
    } else if (this.#state === 'LOCKED') {
      this.#become('HOLDOVER');
      this.#cancelPending = agenda.after(this.#options.holdoverSeconds * 1000, () => this.#become('FREERUN'));
    }
  }

  #become(state: ChainState): void {
    if (state === this.#state) return;
    const before = this.#state;
    this.#state = state;
    const { output } = this.#context;
    if (this.#options.kind === 'T-BC') {
      if (state === 'HOLDOVER') output.glog('I', 'event_tbc.go:186', 'T-BC MOVE TO HOLDOVER');
      if (state === 'LOCKED') output.glog('I', 'event_tbc.go:178', 'T-BC MOVE TO NORMAL');
      output.glog('I', 'event_tbc.go:153', `BC FSM: ${before} to ${state}`);
    }
    this.#printClockClass();
  }

  #printClockClass(): void {
    const { kind, index } = this.#options;
    const { output, metrics } = this.#context;
    metrics.set('clock_class', { config: ptp4lTag(index), process: 'ptp4l' }, this.clockClass);
    if (kind === 'T-GM') {
      output.status('ptp4l', ptp4lTag(index), `CLOCK_CLASS_CHANGE ${this.clockClass}`);
      return;
    }
    // In a T-BC the line is inside a glog line and carries the tag of ts2phc.
    const text = output.statusText('ptp4l', ts2phcTag(index), `CLOCK_CLASS_CHANGE ${this.clockClass}`);
    output.glog('I', 'event_tbc.go:266', text);
  }

  #printStatus(): void {
    const { kind, index, interfaceName } = this.#options;
    const { output, metrics, random } = this.#context;
    const tag = ts2phcTag(index);
    const suffix = SUFFIX[this.#state];
    const isLost = this.#state === 'FREERUN';
    const offset = isLost ? FAULTY_OFFSET : Math.round(2 * random.gaussian());
    const phase = DPLL_STATUS[this.#state];
    // A T-BC's leading DPLL is steered by phase only: its frequency reads free run even when all is well.
    const frequency = kind === 'T-BC' ? 1 : phase;
    const pps = this.#hasReference ? 1 : 0;
    output.status(
      'dpll',
      tag,
      `${interfaceName} frequency_status ${frequency} offset ${offset} phase_status ${phase} pps_status ${pps} ${suffix}`,
    );
    const labels = { from: 'dpll', iface: alias(interfaceName), process: 'dpll' };
    metrics.set('frequency_status', labels, frequency);
    metrics.set('phase_status', labels, phase);
    metrics.set('pps_status', labels, pps);
    if (kind === 'T-GM') this.#printGrandmaster(tag, suffix);
    else output.status('T-BC', tag, `${interfaceName} offset ${offset} T-BC-STATUS ${suffix}`);
    const process = kind === 'T-GM' ? 'GM' : 'BC';
    metrics.set('clock_state', { iface: alias(interfaceName), process }, METRIC[this.#state]);
  }

  #printGrandmaster(tag: string, suffix: string): void {
    const { interfaceName } = this.#options;
    const { output, metrics, random } = this.#context;
    const fix = this.#hasReference ? 3 : 0;
    const accuracy = this.#hasReference ? Math.round(5 + Math.abs(random.gaussian())) : 99_999_999;
    const gnss = this.#hasReference ? 's2' : 's0';
    output.status('gnss', tag, `${interfaceName} gnss_status ${fix} offset ${accuracy} ${gnss}`);
    output.status(
      'ts2phc',
      tag,
      `${interfaceName} nmea_status ${this.#hasReference ? 1 : 0} offset 0 ${gnss}`,
    );
    output.status('GM', tag, `${interfaceName} T-GM-STATUS ${suffix}`);
    const iface = alias(interfaceName);
    metrics.set('gnss_status', { from: 'gnss', iface, process: 'gnss' }, fix);
    metrics.set('offset_ns', { from: 'gnss', iface, process: 'gnss' }, accuracy);
    metrics.set('nmea_status', { from: 'ts2phc', iface, process: 'ts2phc' }, this.#hasReference ? 1 : 0);
  }
}

/** The daemon names a group of ports on one PHC by its first port with the last digit as `x`. */
export function alias(interfaceName: string): string {
  return interfaceName.replace(/\d+(np\d+)?$/, 'x');
}
