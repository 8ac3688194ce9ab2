import { pathToFileURL } from 'node:url';
import { createLogParser } from '../src/observe/logs/parser.ts';

/**
 * Throughput of the log parser with full classification, beside the usual way (one regular expression on
 * each line) on the same bytes in the same run: the ratio holds on any machine.
 */

export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** What the value must be at least, where there is a goal. */
  atLeast?: number;
}

const TARGET_BYTES = 100 * 1024 * 1024;
const ROUNDS = 3;

/** What the daemon says about itself each second: a third of a boundary clock's lines. */
const DAEMON_LINES = [
  'dpll.go:391] setting phase offset to 0 ns for clock id 5799633565433968000 iface ens8f0',
  'dpll.go:727] ens8f0 dpll is locked, source is not lost, offset is in range, state is DPLL_LOCKED_HO_ACQ',
  'dpll.go:790] dpll event sent for (ens8f0): state s2, Offset 0, In spec true, Source 1pps lost false',
  'stats.go:63] state updated for dpll =s1',
  'event_tbc.go:143] current BC state: s1',
  'event_tbc.go:426] Largest offset -3',
];

/** One second of a full-rate boundary clock, in the proportions of a real one: 75 lines. */
function oneSecond(second: number, withStamps: boolean): string[] {
  const lines: string[] = [];
  const stamp = (index: number): string => {
    if (!withStamps) return '';
    const time = new Date(Date.UTC(2026, 10, 22) + second * 1000).toISOString().slice(0, 19);
    return `${time}.${String(index * 13_333_333).padStart(9, '0')}Z `;
  };
  const uptime = (index: number): string => `${100_000 + second}.${String(index * 13).padStart(3, '0')}`;
  for (let index = 0; index < 16; index++) {
    const offset = String(((second * 7 + index * 13) % 41) - 20).padStart(10);
    lines.push(
      `${stamp(index)}ptp4l[${uptime(index)}]: [ptp4l.0.config:6] master offset ${offset} s2 freq  -12${index + 10}5 path delay       249`,
      `${stamp(index)}phc2sys[${uptime(index)}]: [ptp4l.0.config:6] CLOCK_REALTIME phc offset ${offset} s2 freq   +2872 delay    551`,
    );
  }
  const unix = 1_795_321_530 + second;
  lines.push(
    `${stamp(20)}dpll[${unix}]:[ts2phc.0.config] ens4f0 frequency_status 3 offset 0 phase_status 3 pps_status 1 s2`,
    `${stamp(20)}T-BC[${unix}]:[ts2phc.0.config] ens4f0 offset 12 T-BC-STATUS s2`,
    `${stamp(21)}ts2phc[${uptime(21)}]: [ts2phc.0.config:6] /dev/ptp4 offset         -1 s2 freq   +7777`,
    `${stamp(21)}ts2phc[${uptime(21)}]: [ts2phc.0.config:7] nmea delay: 120672426 ns`,
    `${stamp(22)}ptp4l[${uptime(22)}]: [ptp4l.1.config:6] rms    4 max    8 freq -12341 +/-   5 delay   248 +/-   1`,
  );
  for (let index = 0; index < 26; index++) {
    const text = DAEMON_LINES[index % DAEMON_LINES.length] ?? '';
    lines.push(`${stamp(23)}I1122 04:30:04.859419  871479 ${text}`);
  }
  if (second % 30 === 0) {
    lines.push(
      `${stamp(24)}ptp4l[${uptime(24)}]: [ptp4l.0.config:5] port 1 (ens4f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)`,
      `${stamp(24)}ptp4l[${uptime(24)}]: [ptp4l.0.config:5] port 1 (ens4f0): link down`,
    );
  }
  return lines;
}

export function typicalLog(withStamps: boolean): Buffer {
  const parts: string[] = [];
  let bytes = 0;
  for (let second = 0; bytes < TARGET_BYTES; second++) {
    const text = `${oneSecond(second, withStamps).join('\n')}\n`;
    parts.push(text);
    bytes += text.length;
  }
  return Buffer.from(parts.join(''), 'latin1');
}

function megabytesPerSecond(log: Buffer, work: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return log.length / 1e6 / (best / 1000);
}

export function parseAll(log: Buffer): { observations: number; recognised: number; total: number } {
  let observations = 0;
  const parser = createLogParser({
    node: 'bench',
    source: 'Archive',
    onObservation: () => {
      observations++;
    },
  });
  for (let offset = 0; offset < log.length; offset += 65_536)
    parser.push(log.subarray(offset, offset + 65_536));
  parser.end();
  return { observations, recognised: parser.counts.recognised, total: parser.counts.total };
}

/** The typical way: one expression for offset lines, with the fields turned into numbers. */
const TYPICAL =
  /(ptp4l|phc2sys|ts2phc)\[(\d+\.\d+)\]: \[([^\]]+)\] .*offset\s+(-?\d+) s(\d) freq\s+([+-]?\d+)(?: (?:path )?delay\s+(-?\d+))?/;

function regexAll(log: Buffer): number {
  let samples = 0;
  let rest = '';
  for (let offset = 0; offset < log.length; offset += 65_536) {
    const lines = (rest + log.toString('latin1', offset, offset + 65_536)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const match = TYPICAL.exec(line);
      if (match !== null && Number(match[2]) >= 0 && !Number.isNaN(Number(match[4]))) samples++;
    }
  }
  return samples;
}

export function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, log] of [
    ['plain', typicalLog(false)],
    ['kubelet stamps', typicalLog(true)],
  ] as const) {
    const { recognised, total } = parseAll(log.subarray(0, 1 << 20));
    const parser = megabytesPerSecond(log, () => void parseAll(log));
    const regex = megabytesPerSecond(log, () => void regexAll(log));
    rows.push(
      { name: `log parser, ${name}`, value: parser, unit: 'MB/s', atLeast: 200 },
      { name: `one regular expression per line, ${name}`, value: regex, unit: 'MB/s' },
      { name: `log parser / regular expression, ${name}`, value: parser / regex, unit: 'x', atLeast: 2.5 },
      { name: `recognised lines, ${name}`, value: (100 * recognised) / total, unit: '%' },
    );
  }
  return Promise.resolve(rows);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const row of await run()) console.log(`${row.name.padEnd(50)} ${row.value.toFixed(1)} ${row.unit}`);
}
