import { emptyEnvelope, readEnvelope } from '../logs/grammar/envelope.ts';
import { Line } from '../logs/grammar/line.ts';
import { readPrefix, type PrefixStamps } from '../logs/grammar/prefix.ts';
import { Timeline } from '../logs/grammar/timeline.ts';
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
  /** Lines that begin with a program we know. */
  programLines: number;
  /** Lines of more than one host alternate: they cannot be told apart. */
  isMixed: boolean;
}

export const HEAD_BYTES = 64 * 1024;

/** Axis values from here on are wall clock: no host is up for 31 years. */
const FIRST_WALL_MICROS = 1e15;
/** Hosts differ in uptime by more than lines of one host can be out of order. */
const SAME_HOST_MICROS = 10_000_000;
/** So often must lines change between two hosts; a reboot or a clock step is one change. */
const MIXED_CHANGES = 4;

/** Reads the stamps of the first lines. `referenceMicros` places stamps that have no year. */
export function readLogHead(head: Buffer, referenceMicros?: Micros): LogHead {
  const result: LogHead = { content: 'Text', axis: 'None', firstMicros: 0, programLines: 0, isMixed: false };
  if (head.length === 0) return { ...result, content: 'Empty' };
  if (sniffEncoding(head) === 'Binary') return { ...result, content: 'Binary' };
  const text = decodeText(head);
  const scan = new HeadScan(referenceMicros);
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    scan.line(text, start, end);
    start = end + 1;
  }
  return scan.finish(result);
}

class HeadScan {
  readonly #line = new Line('', 'Log');
  readonly #envelope = emptyEnvelope();
  readonly #stamps: PrefixStamps = { uptimeMicros: undefined, unixMicros: undefined };
  readonly #timeline = new Timeline();
  readonly #referenceMicros: Micros | undefined;
  #firstMicros: Micros | undefined;
  #bootMicros: Micros | undefined;
  #lastHostMark: Micros | undefined;
  #backwardChanges = 0;
  #programLines = 0;

  constructor(referenceMicros: Micros | undefined) {
    this.#referenceMicros = referenceMicros;
  }

  line(text: string, start: number, end: number): void {
    this.#line.reset(text, start, end);
    readEnvelope(this.#line, this.#envelope, this.#referenceMicros);
    const hasPrefix = this.#readPrefix();
    if (hasPrefix) this.#programLines++;
    const wall = this.#envelope.wallMicros;
    const uptime = (hasPrefix ? this.#stamps.uptimeMicros : undefined) ?? this.#envelope.uptimeMicros;
    const unix = hasPrefix ? this.#stamps.unixMicros : undefined;
    if (wall === undefined && uptime === undefined && unix === undefined) return;
    const atMicros = this.#timeline.place(wall, uptime, unix);
    this.#firstMicros ??= atMicros;
    if (uptime === undefined) return;
    if (wall !== undefined) this.#bootMicros ??= wall - uptime;
    this.#markHost(wall === undefined ? uptime : uptime - wall);
  }

  /** Reads a program's prefix, behind a host name where the journal prints one. */
  #readPrefix(): boolean {
    const line = this.#line;
    if (readPrefix(line, this.#stamps)) return true;
    const hostEnd = line.text.indexOf(' ', line.position);
    if (!this.#envelope.stamped || hostEnd < 0 || hostEnd >= line.end) return false;
    line.position = hostEnd + 1;
    return readPrefix(line, this.#stamps);
  }

  /** Two hosts' lines make the mark jump to and fro; one host's makes it run forward or stay. */
  #markHost(mark: Micros): void {
    if (this.#lastHostMark !== undefined && mark < this.#lastHostMark - SAME_HOST_MICROS) this.#backwardChanges++;
    this.#lastHostMark = mark;
  }

  finish(result: LogHead): LogHead {
    const first = this.#firstMicros;
    return {
      ...result,
      axis: first === undefined ? 'None' : first >= FIRST_WALL_MICROS ? 'Wall' : 'Uptime',
      firstMicros: first ?? 0,
      ...(this.#bootMicros !== undefined && { bootMicros: this.#bootMicros }),
      programLines: this.#programLines,
      isMixed: this.#backwardChanges >= MIXED_CHANGES,
    };
  }
}
