/**
 * A hash of what a status says, not of when it was said: times, ages and jitter are left out,
 * numbers that jitter enter as bands. A quiet node has the same hash for ever.
 */

/** Members that never enter the hash: they change while nothing happens. */
const LEFT_OUT: ReadonlySet<string> = new Set([
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
  'lastNanoseconds',
  'p99Nanoseconds',
  'countStartTime',
]);

/** Numbers that jitter: only the band they are in counts. */
const BANDED: ReadonlySet<string> = new Set([
  'worstOffsetNanoseconds',
  'maxAbsNanoseconds',
  'rmsNanoseconds',
  'pathDelayNanoseconds',
  'frequencyAdjustmentPpb',
  'remainingSeconds',
]);

/** Upper ends of the bands, in the member's own unit. */
const BAND_LIMITS = [100, 250, 500, 1_000, 10_000, 100_000, 1_000_000, 1_000_000_000];
/** A number near the edge of its band stays in it: it must pass the edge by this share. */
const EDGE_SHARE = 0.25;

export function bandOf(value: number): number {
  const size = Math.abs(value);
  const index = BAND_LIMITS.findIndex((limit) => size <= limit);
  return index < 0 ? BAND_LIMITS.length : index;
}

/** Remembers the band of every jittering number of one status, so that an edge is not crossed all the time. */
export class BandMemory {
  readonly #bands = new Map<string, number>();

  /** The band in force for the number at this place. */
  judge(path: string, value: number): number {
    const band = bandOf(value);
    const known = this.#bands.get(path);
    if (known === band) return band;
    const size = Math.abs(value);
    const isNear =
      known !== undefined &&
      Math.abs(known - band) === 1 &&
      (known < band
        ? size <= (BAND_LIMITS[known] ?? 0) * (1 + EDGE_SHARE)
        : size >= (BAND_LIMITS[band] ?? 0) * (1 - EDGE_SHARE));
    if (isNear) return known;
    if (this.#bands.size >= MAX_PLACES) this.#bands.clear();
    this.#bands.set(path, band);
    return band;
  }
}

const MAX_PLACES = 512;

/** Members of `undefined` value are left out; keys are sorted. */
export function canonicalText(value: unknown, bands: BandMemory = new BandMemory(), path = ''): string {
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => canonicalText(item, bands, `${path}.${index}`)).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([name, member]) => member !== undefined && !LEFT_OUT.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${name}:${memberText(name, member, bands, `${path}.${name}`)}`);
    return `{${members.join(',')}}`;
  }
  return value === undefined ? 'null' : JSON.stringify(value);
}

function memberText(name: string, member: unknown, bands: BandMemory, path: string): string {
  if (typeof member === 'number' && BANDED.has(name)) return `b${bands.judge(path, member)}`;
  return canonicalText(member, bands, path);
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

export function hashOf(value: unknown, bands?: BandMemory): string {
  return hashText(canonicalText(value, bands));
}
