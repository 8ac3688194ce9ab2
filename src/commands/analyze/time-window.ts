import { InvalidArgumentError } from 'commander';
import { MICROS_PER_SECOND, parseRfc3339, type Micros } from '../../ptp/time.ts';

/** A moment named on the command line: of the wall clock, or of the host's uptime. */
export interface Moment {
  axis: 'Wall' | 'Uptime';
  micros: Micros;
}

/** @throws InvalidArgumentError unless it is RFC 3339 or seconds of uptime */
export function parseMoment(text: string): Moment {
  if (/^\d{1,9}(?:\.\d+)?$/.test(text))
    return { axis: 'Uptime', micros: Math.round(Number(text) * MICROS_PER_SECOND) };
  const micros = parseRfc3339(text) ?? parseRfc3339(`${text}Z`) ?? parseRfc3339(`${text}T00:00:00Z`);
  if (micros === undefined)
    throw new InvalidArgumentError(
      'expected RFC 3339 (2026-11-22T04:30:00Z) or seconds of uptime as in the log (2239.6)',
    );
  return { axis: 'Wall', micros };
}

/** The stretch of time asked for, on one axis. */
export interface TimeWindow {
  sinceMicros: Micros;
  untilMicros: Micros;
}

/** The window for logs of an axis; a moment of the other axis does not bound them. */
export function windowFor(
  axis: Moment['axis'],
  since: Moment | undefined,
  until: Moment | undefined,
): TimeWindow {
  return {
    sinceMicros: since?.axis === axis ? since.micros : -Infinity,
    untilMicros: until?.axis === axis ? until.micros : Infinity,
  };
}
