import type { Micros } from '../../../ptp/time.ts';
import type { Line } from './line.ts';
import { readCachedIsoStamp, readSyslogStamp, StampCache } from './stamps.ts';

/** What stands around a program's own line: the container runtime's or the journal's prefix. */
export interface Envelope {
  /** NaN: none. */
  wallMicros: Micros;
  /** Uptime from `journalctl -o short-monotonic`; NaN: none. */
  uptimeMicros: Micros;
  /** CRI stream of the line. */
  stream: 'stdout' | 'stderr' | undefined;
  /** CRI flag P: the line goes on in the next one of the same stream. */
  partial: boolean;
  /** The line had a stamp of any of these forms. */
  stamped: boolean;
  /** Of the lines before it, to read the next one's stamp by. */
  readonly stampCache: StampCache;
}

export function emptyEnvelope(): Envelope {
  return {
    wallMicros: NaN,
    uptimeMicros: NaN,
    stream: undefined,
    partial: false,
    stamped: false,
    stampCache: new StampCache(),
  };
}

/**
 * Reads the prefix at the cursor and leaves the cursor at the program's text:
 * ```
 * 2026-11-22T04:29:56.807381361Z text                         kubelet (pods/log?timestamps=true)
 * 2026-11-22T04:29:56.807381361+00:00 stdout F text           CRI log file
 * 2026-11-22T04:29:56+0000 host ptp4l[123]: text              journalctl -o short-iso, rsyslog
 * Nov 22 04:29:56 host ptp4l: text                            journalctl, syslog
 * [74737.942123] host ptp4l[123]: text                        journalctl -o short-monotonic
 * <30>Nov 22 04:29:56 …                                       syslog with priority
 * ```
 */
export function readEnvelope(line: Line, envelope: Envelope, referenceMicros: Micros | undefined): void {
  envelope.wallMicros = NaN;
  envelope.uptimeMicros = NaN;
  envelope.stream = undefined;
  envelope.partial = false;
  envelope.stamped = false;
  const first = line.peek();
  if (first >= 48 && first <= 57) readIsoEnvelope(line, envelope);
  else if (first >= 65 && first <= 90) readNamedDay(line, envelope, referenceMicros);
  else if (first === 91) readMonotonic(line, envelope);
  else if (first === 60) readPriority(line, envelope, referenceMicros);
  line.start = line.position;
}

function readIsoEnvelope(line: Line, envelope: Envelope): void {
  const micros = readCachedIsoStamp(line, envelope.stampCache);
  if (Number.isNaN(micros)) return;
  envelope.wallMicros = micros;
  envelope.stamped = true;
  if (line.peek() === 32) line.position++;
  readCriStream(line, envelope);
}

function readCriStream(line: Line, envelope: Envelope): void {
  if (line.peek() !== 115 || !line.startsWith('std')) return;
  const stream = line.startsWith('stdout ') ? 'stdout' : line.startsWith('stderr ') ? 'stderr' : undefined;
  if (stream === undefined) return;
  const flag = line.peek(7);
  // The flag may carry more than F or P one day (`P:tag`): it ends at a blank.
  const flagEnd = line.text.indexOf(' ', line.position + 7);
  if ((flag !== 70 && flag !== 80) || flagEnd > line.position + 24) return;
  envelope.stream = stream;
  envelope.partial = flag === 80;
  line.position = flagEnd < 0 || flagEnd >= line.end ? line.end : flagEnd + 1;
}

const WEEKDAY = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) /;

function readNamedDay(line: Line, envelope: Envelope, referenceMicros: Micros | undefined): void {
  // `Nov 22 ` and `Mon 2026-` have a blank in fourth place; the daemon's own lines have not.
  if (line.peek(3) !== 32) return;
  const start = line.position;
  if (WEEKDAY.test(line.text.slice(start, start + 4))) {
    line.position += 4;
    readIsoEnvelope(line, envelope);
    if (!envelope.stamped) line.position = start;
    return;
  }
  const micros = readSyslogStamp(line, referenceMicros);
  if (line.position === start) return;
  envelope.wallMicros = micros;
  envelope.stamped = true;
  line.skipSpaces();
}

function readMonotonic(line: Line, envelope: Envelope): void {
  const start = line.position;
  line.position++;
  line.skipSpaces();
  const micros = line.readSeconds();
  if (Number.isNaN(micros) || !line.accept('] ')) {
    line.position = start;
    return;
  }
  envelope.uptimeMicros = micros;
  envelope.stamped = true;
}

function readPriority(line: Line, envelope: Envelope, referenceMicros: Micros | undefined): void {
  const start = line.position;
  line.position++;
  const priority = line.readNumber();
  if (Number.isNaN(priority) || !line.accept('>')) {
    line.position = start;
    return;
  }
  // RFC 5424 has a version number in front of its stamp.
  line.accept('1 ');
  if (line.peek() >= 48 && line.peek() <= 57) readIsoEnvelope(line, envelope);
  else readNamedDay(line, envelope, referenceMicros);
}
