/**
 * A hash of what a status says, not of when it was said: times, ages and jitter are left out,
 * numbers that jitter enter as bands. A quiet node has the same hash for ever.
 */

/** Members that never enter the hash: they change while nothing happens. */
export const LEFT_OUT: ReadonlySet<string> = new Set([
  'lastEvaluationTime',
  'observedTime',
  'lastTransitionTime',
  'stateSinceTime',
  'outageSeconds',
  'elapsedSeconds',
  'sampleCount',
  'windowSeconds',
  'checkpoint',
  'evidence',
  'observed',
  'transitionCount',
  'countStartTime',
]);

/** Numbers that jitter: only their order of magnitude counts. */
export const BANDED: ReadonlySet<string> = new Set([
  'worstOffsetNanoseconds',
  'lastNanoseconds',
  'rmsNanoseconds',
  'maxAbsNanoseconds',
  'p99Nanoseconds',
  'frequencyAdjustmentPpb',
  'pathDelayNanoseconds',
  'remainingSeconds',
]);

/** Upper ends of the bands, in the member's own unit. */
const BAND_LIMITS = [100, 250, 500, 1_000, 10_000, 100_000, 1_000_000, 1_000_000_000];

export function bandOf(value: number): number {
  const size = Math.abs(value);
  const index = BAND_LIMITS.findIndex((limit) => size <= limit);
  return index < 0 ? BAND_LIMITS.length : index;
}

/** Members of `undefined` value are left out; keys are sorted. */
export function canonicalText(value: unknown, key = ''): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([name, member]) => member !== undefined && !LEFT_OUT.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${name}:${canonicalText(member, name)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && BANDED.has(key)) return `b${bandOf(value)}`;
  return value === undefined ? 'null' : JSON.stringify(value);
}

/** 64 bits of FNV-1a over UTF-16 code units, in hexadecimal: equality only, not security. */
export function hashText(text: string): string {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + index), 0x01000193);
  }
  return (low >>> 0).toString(16).padStart(8, '0') + (high >>> 0).toString(16).padStart(8, '0');
}

export function hashOf(value: unknown): string {
  return hashText(canonicalText(value));
}
