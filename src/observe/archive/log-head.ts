import { createLogParser } from '../logs/parser.ts';
import type { Micros } from '../../ptp/time.ts';
import { decodeText, sniffEncoding } from './text-stream.ts';

/** What the start of a log tells about the whole, before any of it is judged. */
export interface LogHead {
  content: 'Empty' | 'Binary' | 'Text';
  /** The clock of its stamps: the wall clock, the host's uptime, or none. */
  axis: 'Wall' | 'Uptime' | 'None';
  /** Time of the first stamped line, on its axis. */
  firstMicros: Micros;
  /** Wall clock minus uptime, where lines carry both. */
  bootMicros?: Micros;
  /** Facts in the first lines: what tells a log from any other text. */
  factCount: number;
  /** Lines of more than one host alternate: they cannot be told apart. */
  isMixed: boolean;
}

export const HEAD_BYTES = 64 * 1024;

/** Axis values from here on are wall clock: no host is up for 31 years. */
const FIRST_WALL_MICROS = 1e15;
/** Hosts differ in uptime by more than lines of one host can be out of order. */
const SAME_HOST_MICROS = 10_000_000;
/** So often must lines change between hosts; a reboot or a clock step is one change. */
const MIXED_CHANGES = 4;

/** Reads the stamps of the first lines. `referenceMicros` places stamps that have no year. */
export function readLogHead(head: Buffer, referenceMicros?: Micros): LogHead {
  const result: LogHead = { content: 'Text', axis: 'None', firstMicros: 0, factCount: 0, isMixed: false };
  if (head.length === 0) return { ...result, content: 'Empty' };
  if (sniffEncoding(head) === 'Binary') return { ...result, content: 'Binary' };
  const hosts = new HostMarks();
  let factCount = 0;
  const parser = createLogParser({
    node: '',
    source: 'Log',
    ...(referenceMicros !== undefined && { referenceMicros }),
    onObservation: (observation) => {
      factCount++;
      if ('uptimeMicros' in observation && observation.uptimeMicros !== undefined)
        hosts.mark(observation.atMicros, observation.uptimeMicros);
    },
  });
  let firstMicros: Micros | undefined;
  for (const line of decodeText(head).split('\n')) {
    parser.push(Buffer.from(`${line}\n`));
    firstMicros ??= parser.lastAtMicros === 0 ? undefined : parser.lastAtMicros;
  }
  return {
    ...result,
    axis: firstMicros === undefined ? 'None' : firstMicros >= FIRST_WALL_MICROS ? 'Wall' : 'Uptime',
    firstMicros: firstMicros ?? 0,
    ...(hosts.bootMicros !== undefined && { bootMicros: hosts.bootMicros }),
    factCount,
    isMixed: hosts.changes >= MIXED_CHANGES,
  };
}

/** Tells lines of two hosts: their uptimes jump to and fro, where one host's runs on. */
class HostMarks {
  bootMicros: Micros | undefined;
  changes = 0;
  #lastMark: Micros | undefined;

  mark(atMicros: Micros, uptimeMicros: Micros): void {
    const hasWall = atMicros >= FIRST_WALL_MICROS;
    if (hasWall) this.bootMicros ??= atMicros - uptimeMicros;
    const mark = hasWall ? uptimeMicros - atMicros : uptimeMicros;
    if (this.#lastMark !== undefined && mark < this.#lastMark - SAME_HOST_MICROS) this.changes++;
    this.#lastMark = mark;
  }
}
