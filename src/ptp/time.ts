/**
 * Microseconds since the Unix epoch, or since boot on a time line that has only the
 * host's monotonic clock. An integer: exact in a double until the year 2255.
 */
export type Micros = number;

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MILLISECOND = 1_000;

export function microsToSeconds(micros: Micros): number {
  return micros / MICROS_PER_SECOND;
}

/** RFC 3339 in UTC with whole seconds, as Kubernetes objects carry times. */
export function formatSeconds(micros: Micros): string {
  return `${new Date(Math.floor(micros / MICROS_PER_MILLISECOND)).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 in UTC with six fraction digits: Kubernetes' MicroTime. */
export function formatMicros(micros: Micros): string {
  const fraction = String(((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND);
  return `${formatSeconds(micros).slice(0, 19)}.${fraction.padStart(6, '0')}Z`;
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/** Reads RFC 3339 with up to nine fraction digits; what is finer than a microsecond is cut. */
export function parseRfc3339(text: string): Micros | undefined {
  return parseUtc(text) ?? parseAny(text);
}

const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
/** Without the 29th of February, which is left to Date.parse. */
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The form of kubelets and API servers: every log line has such a stamp, and capturing groups with
 * Date.parse take four times as long. Anything unusual is left to the other.
 */
function parseUtc(text: string): Micros | undefined {
  if (!UTC.test(text)) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  const isDay = year >= 1900 && day >= 1 && day <= (DAYS_IN_MONTH[month - 1] ?? 0);
  if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined;
  const millis = Date.UTC(year, month - 1, day, hour, minute, second);
  return millis * MICROS_PER_MILLISECOND + microsOfFraction(text);
}

/** Of a stamp whose fraction, if it has one, begins at place 20 and ends before the last. */
function microsOfFraction(text: string): number {
  const end = Math.min(text.length - 1, 26);
  return end < 20 ? 0 : digits(text, 20, end) * 10 ** (26 - end);
}

/** The decimal number at a place of the text. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) value = value * 10 + text.charCodeAt(index) - 48;
  return value;
}

function parseAny(text: string): Micros | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, date, clock, fraction = '', zone] = match;
  const millis = Date.parse(`${date}T${clock}${zone?.toUpperCase()}`);
  if (Number.isNaN(millis)) return undefined;
  return millis * MICROS_PER_MILLISECOND + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
