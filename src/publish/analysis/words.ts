import type { AnalysisEpisode } from '../../api/analysis.ts';

/** Log text may carry anything: keeps what a terminal and a page can show. */
export function printable(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '?')
    .replace(/[\t\n]/g, ' ');
}

/** A length of time as people say it: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 2 h`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const first = units.findIndex(([size]) => whole >= size);
  const parts: string[] = [];
  let rest = whole;
  for (const [size, name] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
}

/** Nanoseconds in the unit that reads best. */
export function offset(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  if (size < 10_000) return `${Math.round(nanoseconds)} ns`;
  if (size < 10_000_000) return `${trim(nanoseconds / 1e3)} µs`;
  if (size < 10_000_000_000) return `${trim(nanoseconds / 1e6)} ms`;
  return `${trim(nanoseconds / 1e9)} s`;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** When an episode began, on whichever clock its log has. */
export function startOf(episode: AnalysisEpisode): string {
  return moment(episode.start, episode.monotonicStart);
}

/** From when to when, and how long. */
export function spanOf(episode: AnalysisEpisode): string {
  const start = startOf(episode);
  if (episode.active) return `${start} → still going on`;
  const length = lengthOf(episode);
  const end =
    episode.end === null ? moment(null, episode.monotonicEnd) : shortEnd(episode.start, episode.end);
  return `${start} → ${end}${length === undefined ? '' : ` (${duration(length)})`}`;
}

function lengthOf({ start, end, monotonicStart, monotonicEnd }: AnalysisEpisode): number | undefined {
  if (start !== null && end !== null) return Math.max(0, (Date.parse(end) - Date.parse(start)) / 1000);
  if (monotonicStart !== null && monotonicEnd !== null) return Math.max(0, monotonicEnd - monotonicStart);
  return undefined;
}

export function moment(wall: string | null, monotonic: number | null): string {
  if (wall !== null) return `${wall.slice(0, 10)} ${wall.slice(11, 23)}Z`;
  return monotonic === null ? 'time unknown' : `[${monotonic.toFixed(3)}]`;
}

/** The end without the day when it is the day of the start. */
function shortEnd(start: string | null, end: string): string {
  return start?.slice(0, 10) === end.slice(0, 10) ? `${end.slice(11, 23)}Z` : moment(end, null);
}
