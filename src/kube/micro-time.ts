import type { Clock } from '../lib/clock.ts';

/**
 * Kubernetes MicroTime: RFC 3339 in UTC with exactly six digits. Servers refuse three, which is what
 * `Date.toISOString` gives (kubernetes-client/javascript#828).
 */
export function microTime(wallMicros: number): string {
  const seconds = Math.floor(wallMicros / 1_000_000);
  const micros = String(wallMicros - seconds * 1_000_000).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${micros}Z`;
}

export function microTimeNow(clock: Clock): string {
  return microTime(clock.wallMicros());
}
