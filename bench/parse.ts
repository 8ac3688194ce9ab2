import type { BenchRow } from './run.ts';
import { createLogParser } from '../src/observe/logs/parser.ts';

/**
 * Throughput of the log parser with full classification and facts as output, beside regular expressions on
 * the same bytes in the same run: one expression on each line (offsets only, nothing else is known), and
 * a list of expressions tried in turn, as it takes to know all kinds of lines. Both turn what they captured
 * into numbers. Processor time, medians over rounds, so that other work on the machine counts less.
 */

const LOG_BYTES = 50 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const ROUNDS = 5;

/** What the daemon says about itself each second: a third of a boundary clock's lines. */
const DAEMON_LINES = [
  'dpll.go:391] setting phase offset to 0 ns for clock id 5799633565433968000 iface ens8f0',
  'dpll.go:727] ens8f0 dpll is locked, source is not lost, offset is in range, state is DPLL_LOCKED_HO_ACQ',
  'dpll.go:790] dpll event sent for (ens8f0): state s2, Offset 0, In spec true, Source 1pps lost false',
  'stats.go:63] state updated for dpll =s1',
  'event_tbc.go:143] current BC state: s1',
  'event_tbc.go:426] Largest offset -3',
];

/** One second of a full-rate boundary clock, in the proportions of a real one. */
function oneSecond(second: number, withStamps: boolean): string[] {
  const lines: string[] = [];
  const time = new Date(Date.UTC(2026, 10, 22) + second * 1000).toISOString().slice(0, 19);
  const add = (text: string): void => {
    const nanoseconds = String(lines.length * 13_333_333).padStart(9, '0');
    lines.push(withStamps ? `${time}.${nanoseconds}Z ${text}` : text);
  };
  const uptime = (): string => `${100_000 + second}.${String(lines.length * 13).padStart(3, '0')}`;
  for (let index = 0; index < 16; index++) {
    const offset = String(((second * 7 + index * 13) % 41) - 20).padStart(10);
    const frequency = String(-12_000 - index * 5).padStart(7);
    add(
      `ptp4l[${uptime()}]: [ptp4l.0.config:6] master offset ${offset} s2 freq ${frequency} path delay       249`,
    );
    add(
      `phc2sys[${uptime()}]: [ptp4l.0.config:6] CLOCK_REALTIME phc offset ${offset} s2 freq ${frequency} delay    551`,
    );
  }
  const unix = 1_795_321_530 + second;
  add(`dpll[${unix}]:[ts2phc.0.config] ens4f0 frequency_status 3 offset 0 phase_status 3 pps_status 1 s2`);
  add(`T-BC[${unix}]:[ts2phc.0.config] ens4f0 offset 12 T-BC-STATUS s2`);
  add(`ts2phc[${uptime()}]: [ts2phc.0.config:6] /dev/ptp4 offset         -1 s2 freq   +7777`);
  add(`ts2phc[${uptime()}]: [ts2phc.0.config:7] adding tstamp 1757601761.000000014 to clock /dev/ptp9`);
  add(`ptp4l[${uptime()}]: [ptp4l.1.config:6] rms    4 max    8 freq -12341 +/-   5 delay   248 +/-   1`);
  for (let index = 0; index < 26; index++) {
    add(`I1122 04:30:04.859419  871479 ${DAEMON_LINES[index % DAEMON_LINES.length] ?? ''}`);
  }
  if (second % 30 === 0) {
    add(
      `ptp4l[${uptime()}]: [ptp4l.0.config:5] port 1 (ens4f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)`,
    );
    add(`ptp4l[${uptime()}]: [ptp4l.0.config:5] port 1 (ens4f0): link down`);
  }
  return lines;
}

function typicalLog(withStamps: boolean): Buffer {
  const parts: string[] = [];
  let bytes = 0;
  for (let second = 0; bytes < LOG_BYTES; second++) {
    const text = `${oneSecond(second, withStamps).join('\n')}\n`;
    parts.push(text);
    bytes += text.length;
  }
  return Buffer.from(parts.join(''), 'latin1');
}

function parseAll(log: Buffer): { observations: number; recognisedShare: number } {
  let observations = 0;
  const parser = createLogParser({
    node: 'bench',
    source: 'Archive',
    onObservation: () => {
      observations++;
    },
  });
  for (let offset = 0; offset < log.length; offset += CHUNK_BYTES) {
    parser.push(log.subarray(offset, offset + CHUNK_BYTES));
  }
  parser.end();
  return { observations, recognisedShare: parser.counts.recognised / parser.counts.total };
}

/** What a first attempt at an offset parser looks like: all it needs from a line in one expression. */
const OFFSET =
  /(ptp4l|phc2sys|ts2phc)\[(\d+\.\d+)\]: \[([^\]:]+)(?::(\d))?\] (?:(\S+) )?(?:master |phc )?offset\s+(-?\d+) s(\d) freq\s+([+-]?\d+)(?: (?:path )?delay\s+(-?\d+))?/;

/** The captures of `OFFSET` that are numbers. */
const OFFSET_NUMBERS = [2, 4, 6, 7, 8, 9];

const ALL_KINDS = [
  OFFSET,
  /(ptp4l|phc2sys)\[(\d+\.\d+)\]: \[([^\]]+)\] (?:(\S+) )?rms\s+(\d+) max\s+(\d+) freq\s+([+-]?\d+) \+\/-\s+(\d+)/,
  /ptp4l\[(\d+\.\d+)\]: \[([^\]]+)\] port (\d+)(?: \(([^)]+)\))?: (\w+) to (\w+) on (\w+)/,
  /ptp4l\[(\d+\.\d+)\]: \[([^\]]+)\] port (\d+)(?: \(([^)]+)\))?: link (up|down)/,
  /ptp4l\[(\d+\.\d+)\]: \[([^\]]+)\] selected (?:best master|local) clock (\S+)/,
  /dpll\[(\d+)\]:\[([^\]]+)\] (\S+) .*frequency_status (-?\d+) offset (-?\d+) phase_status (-?\d+) pps_status (\d) s(\d)/,
  /(?:GM|T-BC)\[(\d+)\]:\[([^\]]+)\] (\S+) .*T-(?:GM|BC)-STATUS s(\d)/,
  /CLOCK_CLASS_CHANGE (\d+)/,
  /PTP_PROCESS_STATUS:(\d)/,
  /^(?:\S+Z )?[IWEF]\d{4} \S+\s+\d+ \S+\] (.*)$/,
];

/** Lines as `readline` cuts them: UTF-8, any line end. */
function forEachLine(log: Buffer, onLine: (line: string) => void): void {
  const decoder = new TextDecoder();
  let rest = '';
  for (let offset = 0; offset < log.length; offset += CHUNK_BYTES) {
    const text = decoder.decode(log.subarray(offset, offset + CHUNK_BYTES), { stream: true });
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
  if (rest !== '') onLine(rest);
}

/** One expression on each line, and its captures as numbers. */
function matchOffsets(log: Buffer): number {
  let sum = 0;
  forEachLine(log, (line) => {
    const match = OFFSET.exec(line);
    if (match === null) return;
    for (const group of OFFSET_NUMBERS) sum += Number(match[group] ?? 0);
  });
  return sum;
}

/** The expressions in turn until one fits, and its captures that are numbers as such. */
function matchAllKinds(log: Buffer): number {
  let sum = 0;
  forEachLine(log, (line) => {
    for (const expression of ALL_KINDS) {
      const match = expression.exec(line);
      if (match === null) continue;
      for (let group = 1; group < match.length; group++) {
        const value = Number(match[group]);
        if (!Number.isNaN(value)) sum += value;
      }
      break;
    }
  });
  return sum;
}

/** Processor time in microseconds. */
function costOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Costs of all contestants, round by round: a busy moment of the machine meets them alike. */
function race<Name extends string>(contestants: Record<Name, () => void>): Record<Name, number>[] {
  const rounds: Record<Name, number>[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const costs = {} as Record<Name, number>;
    for (const name in contestants) costs[name] = costOf(contestants[name]);
    // The first round is for the compiler.
    if (round > 0) rounds.push(costs);
  }
  return rounds;
}

export function run(): Promise<readonly BenchRow[]> {
  return Promise.resolve(
    [false, true].flatMap((withStamps) => rowsFor(withStamps ? 'kubelet stamps' : 'plain', withStamps)),
  );
}

function rowsFor(name: string, withStamps: boolean): BenchRow[] {
  const log = typicalLog(withStamps);
  const rounds = race({
    parser: () => void parseAll(log),
    single: () => void matchOffsets(log),
    list: () => void matchAllKinds(log),
  });
  const speed = (contestant: 'parser' | 'single' | 'list'): string =>
    `${(log.length / medianOf(rounds.map((costs) => costs[contestant]))).toFixed(0)} MB/s`;
  const against = (contestant: 'single' | 'list'): string =>
    `parser is ${medianOf(rounds.map((costs) => costs[contestant] / costs.parser)).toFixed(2)} times as fast`;
  const share = parseAll(log.subarray(0, 1 << 20)).recognisedShare;
  return [
    { what: `log parser, ${name}`, value: speed('parser'), against: 'goal 200 MB/s' },
    { what: `lines recognised, ${name}`, value: `${(100 * share).toFixed(1)} %` },
    {
      what: `one expression for offsets only, ${name}`,
      value: speed('single'),
      against: against('single'),
    },
    { what: `ten expressions in turn, ${name}`, value: speed('list'), against: against('list') },
  ];
}
