/**
 * `:9091/metrics` of linuxptp-daemon, lies included: a series changes only when the daemon
 * parses a line for it, so after the loss of a grandmaster offset and LOCKED simply stay.
 */

type Labels = Readonly<Record<string, string>>;

const HELP: Readonly<Record<string, { readonly type: 'gauge' | 'counter'; readonly help: string }>> = {
  clock_class: {
    type: 'gauge',
    help: '6 = Locked, 7 = PRC unlocked in-spec, 52/187 = PRC unlocked out-of-spec, 135 = T-BC holdover in-spec, 165 = T-BC holdover out-of-spec, 248 = Default, 255 = Slave Only Clock',
  },
  clock_state: { type: 'gauge', help: '0 = FREERUN, 1 = LOCKED, 2 = HOLDOVER' },
  delay_ns: { type: 'gauge', help: '' },
  frequency_adjustment_ns: { type: 'gauge', help: '' },
  frequency_status: {
    type: 'gauge',
    help: '-1=UNKNOWN, 0=INVALID, 1=FREERUN, 2=LOCKED, 3=LOCKED_HO_ACQ, 4=HOLDOVER',
  },
  gnss_status: {
    type: 'gauge',
    help: '0=NOFIX, 1=Dead Reckoning Only, 2=2D-FIX, 3=3D-FIX, 4=GPS+dead reckoning fix, 5=Time only fix',
  },
  interface_role: {
    type: 'gauge',
    help: '0 = PASSIVE, 1 = SLAVE, 2 = MASTER, 3 = FAULTY, 4 = UNKNOWN, 5 = LISTENING',
  },
  max_offset_ns: { type: 'gauge', help: '' },
  nmea_status: { type: 'gauge', help: '0 = UNAVAILABLE, 1 = AVAILABLE' },
  offset_ns: { type: 'gauge', help: '' },
  phase_status: {
    type: 'gauge',
    help: '-1=UNKNOWN, 0=INVALID, 1=FREERUN, 2=LOCKED, 3=LOCKED_HO_ACQ, 4=HOLDOVER',
  },
  pps_status: { type: 'gauge', help: '0 = UNAVAILABLE, 1 = AVAILABLE' },
  process_restart_count: { type: 'counter', help: '' },
  process_status: { type: 'gauge', help: '0 = DOWN, 1 = UP' },
};

export type MetricName = keyof typeof HELP;

export class PlatformMetrics {
  readonly #node: string;
  readonly #prefix: string;
  readonly #families = new Map<string, Map<string, number>>();

  constructor(node: string, prefix = 'openshift_ptp_') {
    this.#node = node;
    this.#prefix = prefix;
  }

  set(name: MetricName, labels: Labels, value: number): void {
    let family = this.#families.get(name);
    if (family === undefined) this.#families.set(name, (family = new Map<string, number>()));
    family.set(this.#key(labels), value);
  }

  increment(name: MetricName, labels: Labels): void {
    this.set(name, labels, (this.get(name, labels) ?? 0) + 1);
  }

  get(name: MetricName, labels: Labels): number | undefined {
    return this.#families.get(name)?.get(this.#key(labels));
  }

  /** A new daemon process starts without series. */
  clear(): void {
    this.#families.clear();
  }

  /** Prometheus text format, families and series sorted as the Go client writes them. */
  render(): string {
    const lines: string[] = [];
    for (const name of [...this.#families.keys()].sort()) {
      const { type, help } = HELP[name] ?? { type: 'gauge', help: '' };
      lines.push(`# HELP ${this.#prefix}${name} ${help}`, `# TYPE ${this.#prefix}${name} ${type}`);
      const series = [...(this.#families.get(name) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [labels, value] of series) lines.push(`${this.#prefix}${name}{${labels}} ${value}`);
    }
    return `${lines.join('\n')}\n`;
  }

  #key(labels: Labels): string {
    return Object.entries({ ...labels, node: this.#node })
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}="${value}"`)
      .join(',');
  }
}
