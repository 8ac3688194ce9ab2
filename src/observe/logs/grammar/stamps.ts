import type { Micros } from '../../../ptp/time.ts';
import type { Line } from './line.ts';

const ZERO = 48;
const MICROS_PER_MINUTE = 60_000_000;
const MICROS_PER_DAY = 86_400_000_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A stamp without a year may be ahead of the reference by this much: time zones and clock error. */
const FUTURE_TOLERANCE_MICROS = 2 * MICROS_PER_DAY;

/** Reads `count` digits `offset` places after the line's cursor; -1 when one of them is none. */
export function digitsAt(line: Line, offset: number, count: number): number {
  const { bytes } = line;
  const first = line.position + offset;
  if (first + count > line.end) return -1;
  let value = 0;
  for (let index = first; index < first + count; index++) {
    const digit = (bytes[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Microseconds at the start of a day of the Gregorian calendar. */
function dayMicros(year: number, month: number, day: number): Micros {
  return Date.UTC(year, month - 1, day) * 1000;
}

/** The last day read: all lines of hours share it, and `Date.UTC` is not cheap. */
let cachedDate = -1;
let cachedDayMicros = 0;

function cachedDayStart(year: number, month: number, day: number): Micros {
  const date = (year * 100 + month) * 100 + day;
  if (date !== cachedDate) {
    cachedDate = date;
    cachedDayMicros = dayMicros(year, month, day);
  }
  return cachedDayMicros;
}

/** Reads `HH:MM:SS[.fraction]` at the cursor, to the microsecond; NaN when there is none. */
function readTimeOfDay(line: Line): Micros {
  const hours = digitsAt(line, 0, 2);
  const minutes = digitsAt(line, 3, 2);
  const seconds = digitsAt(line, 6, 2);
  if (hours < 0 || minutes < 0 || seconds < 0 || hours > 23 || minutes > 59 || seconds > 60) return NaN;
  if (line.peek(2) !== 58 || line.peek(5) !== 58) return NaN;
  line.position += 8;
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + line.readFractionMicros();
}

/** Reads `Z`, `+HH:MM`, `+HHMM` or `+HH` as the microseconds to subtract; NaN when there is none. */
function readZone(line: Line): Micros {
  const code = line.peek();
  if (code === 90 || code === 122) {
    line.position++;
    return 0;
  }
  if (code !== 43 && code !== 45) return NaN;
  const hours = digitsAt(line, 1, 2);
  if (hours < 0) return NaN;
  const withColon = line.peek(3) === 58;
  const minutes = digitsAt(line, withColon ? 4 : 3, 2);
  line.position += minutes < 0 ? 3 : withColon ? 6 : 5;
  const micros = (hours * 60 + Math.max(minutes, 0)) * 60_000_000;
  return code === 45 ? -micros : micros;
}

/** `2026-11-22T04:29:` and what comes behind it in the form kubelet prints: `56.807381361Z`. */
const MINUTE_CHARACTERS = 17;
const STAMP_CHARACTERS = 30;

/** The newest minute read: a log has thousands of lines of each, and all begin with the same bytes. */
export class StampCache {
  readonly minute = new Uint8Array(MINUTE_CHARACTERS);
  minuteMicros: Micros = NaN;
}

/** Reads a stamp of kubelet in the minute of the one before it; NaN, cursor unmoved, if it is another. */
function readStampOfSameMinute(line: Line, { minute, minuteMicros }: StampCache): Micros {
  const { bytes, position: start } = line;
  if (start + STAMP_CHARACTERS > line.end || bytes[start + STAMP_CHARACTERS - 1] !== 90) return NaN;
  if (bytes[start + MINUTE_CHARACTERS + 2] !== 46) return NaN;
  // The last digits differ first.
  for (let index = MINUTE_CHARACTERS - 1; index >= 0; index--)
    if (bytes[start + index] !== minute[index]) return NaN;
  const seconds = digitsAt(line, MINUTE_CHARACTERS, 2);
  const micros = digitsAt(line, MINUTE_CHARACTERS + 3, 6);
  const rest = digitsAt(line, MINUTE_CHARACTERS + 9, 3);
  if (seconds < 0 || seconds > 60 || micros < 0 || rest < 0) return NaN;
  line.position = start + STAMP_CHARACTERS;
  return minuteMicros + seconds * 1_000_000 + micros;
}

/** As `readIsoStamp`, at a third of the cost where the stamp is kubelet's and of the minute before. */
export function readCachedIsoStamp(line: Line, cache: StampCache): Micros {
  const cached = readStampOfSameMinute(line, cache);
  if (!Number.isNaN(cached)) return cached;
  const start = line.position;
  const micros = readIsoStamp(line);
  const isKubelets = line.position === start + STAMP_CHARACTERS && line.bytes[line.position - 1] === 90;
  // A leap second is of the next minute by then.
  if (isKubelets && line.bytes[start + MINUTE_CHARACTERS] !== 54) {
    cache.minute.set(line.bytes.subarray(start, start + MINUTE_CHARACTERS));
    cache.minuteMicros = micros - (micros % MICROS_PER_MINUTE);
  }
  return micros;
}

/**
 * Reads an RFC 3339 or ISO 8601 stamp at the cursor, as kubelet, CRI and `journalctl -o short-iso` print
 * it. NaN, with the cursor unmoved, when there is none.
 */
function readIsoStamp(line: Line): Micros {
  const start = line.position;
  const dayStart = readIsoDate(line);
  if (Number.isNaN(dayStart)) return NaN;
  const timeOfDay = readTimeOfDay(line);
  const zone = line.accept(' UTC') ? 0 : readZone(line);
  const micros = dayStart + timeOfDay - zone;
  if (Number.isNaN(micros)) line.position = start;
  return micros;
}

/** Reads `2026-11-22T` (or with a blank behind it) as the day's start; NaN, cursor unmoved, if none. */
function readIsoDate(line: Line): Micros {
  const year = digitsAt(line, 0, 4);
  const month = digitsAt(line, 5, 2);
  const day = digitsAt(line, 8, 2);
  const isDate = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!isDate || line.peek(4) !== 45 || line.peek(7) !== 45) return NaN;
  const separator = line.peek(10);
  if (separator !== 84 && separator !== 116 && separator !== 32) return NaN;
  line.position += 11;
  return cachedDayStart(year, month, day);
}

/**
 * Reads a syslog stamp without year and zone, `Nov 22 04:29:56`, at the cursor. The year is the latest
 * that does not put it ahead of the reference, and the zone is taken as UTC. NaN when there is no such
 * stamp, with the cursor unmoved, or when there is no reference to place it by.
 */
export function readSyslogStamp(line: Line, referenceMicros: Micros | undefined): Micros {
  const { text, position } = line;
  const month = MONTHS.indexOf(text.slice(position, position + 3)) + 1;
  if (month === 0 || line.peek(3) !== 32 || line.peek(6) !== 32) return NaN;
  const tens = line.peek(4) === 32 ? 0 : digitsAt(line, 4, 1);
  const ones = digitsAt(line, 5, 1);
  if (tens < 0 || ones < 0) return NaN;
  line.position = position + 7;
  const timeOfDay = readTimeOfDay(line);
  if (Number.isNaN(timeOfDay)) {
    line.position = position;
    return NaN;
  }
  if (referenceMicros === undefined) return NaN;
  const year = new Date(referenceMicros / 1000).getUTCFullYear();
  const micros = dayMicros(year, month, tens * 10 + ones) + timeOfDay;
  if (micros <= referenceMicros + FUTURE_TOLERANCE_MICROS) return micros;
  return dayMicros(year - 1, month, tens * 10 + ones) + timeOfDay;
}
