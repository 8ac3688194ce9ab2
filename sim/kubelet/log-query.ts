import { parseRfc3339 } from '../../src/ptp/time.ts';
import type { LogQuery } from './log-backend.ts';
import { LogError } from './log-backend.ts';

const MICROS_PER_SECOND = 1_000_000;

/** Reads the query of a log request; times are cut to whole seconds, as the API server sends them on. */
export function parseLogQuery(query: URLSearchParams, nowMicros: number): LogQuery {
  return {
    follow: isTrue(query, 'follow'),
    timestamps: isTrue(query, 'timestamps'),
    previous: isTrue(query, 'previous'),
    sinceMicros: sinceMicros(query, nowMicros),
    tailLines: count(query, 'tailLines'),
    limitBytes: count(query, 'limitBytes'),
  };
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return query.get(name) === 'true' || query.get(name) === '1';
}

function count(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new LogError(400, `${name}: Invalid value: ${text}`);
  return value;
}

function sinceMicros(query: URLSearchParams, nowMicros: number): number | undefined {
  const seconds = count(query, 'sinceSeconds');
  if (seconds !== undefined) return nowMicros - seconds * MICROS_PER_SECOND;
  const text = query.get('sinceTime');
  if (text === null || text === '') return undefined;
  const micros = parseRfc3339(text);
  if (micros === undefined) throw new LogError(400, `sinceTime: Invalid value: ${text}`);
  return Math.floor(micros / MICROS_PER_SECOND) * MICROS_PER_SECOND;
}
