/**
 * Microseconds since the Unix epoch, or since boot on a time line that has only the
 * host's monotonic clock. An integer: exact in a double until the year 2255.
 */
export type Micros = number;

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MILLISECOND = 1_000;

export function secondsToMicros(seconds: number): Micros {
  return Math.round(seconds * MICROS_PER_SECOND);
}

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
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, date, clock, fraction = '', zone] = match;
  const millis = Date.parse(`${date}T${clock}${zone?.toUpperCase()}`);
  if (Number.isNaN(millis)) return undefined;
  return millis * MICROS_PER_MILLISECOND + Number(fraction.slice(0, 6).padEnd(6, '0'));
}
