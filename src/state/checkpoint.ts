import { FAULT_KINDS, type FaultKind } from '../ptp/fault-kind.ts';
import { KNOWLEDGE } from '../ptp/knowledge.ts';
import type { Episode } from './episode-log.ts';
import type { NodeState } from './node-state.ts';

/**
 * What must outlive a restart of the operator, as compact JSON in the report: counts and the
 * newest ended episodes. Anything that cannot be read is left out; the rest still counts.
 */
interface Checkpoint {
  v: 1;
  /** Since when is counted, seconds since the epoch. */
  since: number;
  /** Time of the newest log line taken in, microseconds: what began before is in the counts. */
  at?: number;
  totals: Record<string, number>;
  /** kind, subject, start and end (seconds), outage seconds. */
  recent: [string, string, number, number, number][];
  /** Going on: kind, subject, instance (empty: none), start (seconds). */
  active?: [string, string, string, number][];
}

const MAX_RECENT = 40;
const MAX_ACTIVE = 24;

export function writeCheckpoint(state: NodeState): string {
  const ended = [...state.episodes.ended].slice(-MAX_RECENT);
  const checkpoint: Checkpoint = {
    v: 1,
    since: Math.floor((state.restored?.sinceMicros ?? state.firstMicros) / 1_000_000),
    ...(state.lastLogMicros === undefined ? {} : { at: state.lastLogMicros }),
    totals: { ...state.episodes.totals },
    recent: ended.map((episode) => [
      episode.kind,
      episode.subject.slice(0, 64),
      Math.floor(episode.startMicros / 1_000_000),
      Math.floor((episode.endMicros ?? episode.startMicros) / 1_000_000),
      Math.round(episode.outageMicros / 1_000_000),
    ]),
    active: [...state.episodes.active]
      .slice(-MAX_ACTIVE)
      .map(({ kind, subject, instance = '', startMicros }) => [
        kind,
        subject.slice(0, 64),
        instance.slice(0, 64),
        Math.floor(startMicros / 1_000_000),
      ]),
  };
  return JSON.stringify(checkpoint);
}

/** Restores counts and recent episodes; a text that is no checkpoint restores nothing. */
export function readCheckpoint(state: NodeState, text: string): boolean {
  const checkpoint = parse(text);
  if (checkpoint === undefined) return false;
  const totals: Partial<Record<FaultKind, number>> = {};
  for (const kind of FAULT_KINDS) {
    const value = checkpoint.totals[kind];
    if (Number.isSafeInteger(value) && value !== undefined && value > 0) totals[kind] = value;
  }
  state.episodes.restoreTotals(totals);
  if (Number.isSafeInteger(checkpoint.at)) state.episodes.countedUntilMicros = checkpoint.at;
  state.restored = { totalCount: state.episodes.totalCount, sinceMicros: checkpoint.since * 1_000_000 };
  checkpoint.recent.slice(-MAX_RECENT).forEach((row, index) => {
    const episode = episodeOf(row, index);
    if (episode !== undefined) state.episodes.restore(episode);
  });
  const active: unknown = checkpoint.active;
  if (Array.isArray(active)) {
    active.slice(-MAX_ACTIVE).forEach((row, index) => {
      const episode = activeEpisodeOf(row, index);
      if (episode !== undefined) state.episodes.restoreActive(episode);
    });
  }
  return true;
}

function activeEpisodeOf(row: unknown, index: number): Episode | undefined {
  if (!Array.isArray(row)) return undefined;
  const [kind, subject, instance, start] = row as unknown[];
  const episode = episodeOf([kind, subject, start, start, 0], index);
  if (episode === undefined) return undefined;
  delete episode.endMicros;
  if (typeof instance === 'string' && instance !== '') episode.instance = instance.slice(0, 64);
  episode.severity = KNOWLEDGE[episode.kind].severity;
  if (KNOWLEDGE[episode.kind].outage) episode.downSinceMicros = episode.startMicros;
  return episode;
}

function parse(text: string): Checkpoint | undefined {
  try {
    const value = JSON.parse(text) as Partial<Checkpoint> | null;
    if (value?.v !== 1 || !Number.isFinite(value.since)) return undefined;
    if (typeof value.totals !== 'object' || !Array.isArray(value.recent)) return undefined;
    return value as Checkpoint;
  } catch {
    return undefined;
  }
}

function episodeOf(row: unknown, index: number): Episode | undefined {
  if (!Array.isArray(row)) return undefined;
  const [kind, subject, start, end, outage] = row as unknown[];
  if (typeof subject !== 'string' || ![start, end, outage].every((value) => Number.isFinite(value)))
    return undefined;
  const known = FAULT_KINDS.find((one) => one === kind);
  if (known === undefined) return undefined;
  return {
    id: `${known}-restored-${(start as number).toString(36)}-${index}`,
    kind: known,
    severity: 'Minor',
    subject: subject.slice(0, 64),
    startMicros: (start as number) * 1_000_000,
    endMicros: (end as number) * 1_000_000,
    lastEvidenceMicros: (end as number) * 1_000_000,
    outageMicros: (outage as number) * 1_000_000,
    symptoms: new Set(),
    evidence: [],
    evidenceCount: 0,
    isKnown: true,
  };
}
