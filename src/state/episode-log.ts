import { Ring } from '../lib/ring.ts';
import { FAULT_KINDS, type FaultKind } from '../ptp/fault-kind.ts';
import type { HealthVerdict } from '../ptp/health.ts';
import { KNOWLEDGE, type Symptom } from '../ptp/knowledge.ts';
import type { Micros } from '../ptp/time.ts';

/** One fault from its first evidence until recovery holds, however many lines it prints. */
export interface Episode {
  readonly id: string;
  kind: FaultKind;
  severity: HealthVerdict;
  /** Port, clock or process concerned. */
  subject: string;
  instance?: string;
  startMicros: Micros;
  endMicros?: Micros;
  /** The process's own seconds, where lines carried them. */
  uptimeStartMicros?: Micros;
  uptimeEndMicros?: Micros;
  lastEvidenceMicros: Micros;
  /** Time without function so far, without the span that is still running. */
  outageMicros: Micros;
  /** Since when the subject is without function; undefined while it works. */
  downSinceMicros?: Micros;
  /** What was seen; the knowledge table names the cause from it. */
  readonly symptoms: Set<Symptom>;
  /** A fact that belongs to the cause, for example another node's name. */
  detail?: string;
  evidence: string[];
  evidenceCount: number;
  /** Begun while the node was in maintenance: kept, but no Event. */
  silenced?: boolean;
  /** Seen again in the history of a log: an earlier life of the operator counted it. */
  isKnown?: boolean;
}

export interface NewEpisode {
  kind: FaultKind;
  subject: string;
  instance?: string;
  startMicros: Micros;
  uptimeMicros?: Micros;
  evidence?: string;
  symptoms?: readonly Symptom[];
}

const RECENT_CAPACITY = 256;
const ACTIVE_CAPACITY = 128;
const EVIDENCE_CAPACITY = 5;
const EVIDENCE_LENGTH = 300;
/** Checkpoints keep whole seconds. */
const RESTORED_TOLERANCE_MICROS = 2_000_000;

/** What happened to episodes, for Events: each change once. */
export interface EpisodeChange {
  what: 'Begun' | 'Ended';
  episode: Episode;
  atMicros: Micros;
}

/** The node's memory of episodes: those going on by their key, and the newest ended ones. */
export class EpisodeLog {
  readonly #active = new Map<string, Episode>();
  /** Going on when the operator stopped, and not seen again yet. */
  #restored: Episode[] = [];
  readonly #ended = new Ring<Episode>(RECENT_CAPACITY);
  readonly #changes: EpisodeChange[] = [];
  readonly totals: Partial<Record<FaultKind, number>> = {};
  /** Grows with every change: what the engine watches. */
  revision = 0;
  /** Until here an earlier life of the operator has counted and told; undefined once the log is past it. */
  countedUntilMicros: Micros | undefined;
  #sequence = 0;

  get active(): Iterable<Episode> {
    return this.#restored.length === 0
      ? this.#active.values()
      : [...this.#active.values(), ...this.#restored];
  }

  get activeCount(): number {
    return this.#active.size + this.#restored.length;
  }

  get ended(): Iterable<Episode> {
    return this.#ended;
  }

  get totalCount(): number {
    return FAULT_KINDS.reduce((sum, kind) => sum + (this.totals[kind] ?? 0), 0);
  }

  get(key: string): Episode | undefined {
    // Most nodes have none most of the time: then not even the key is hashed.
    return this.#active.size === 0 ? undefined : this.#active.get(key);
  }

  /** Begins an episode, or gives the one that goes on under this key. */
  begin(key: string, start: NewEpisode): Episode {
    const known = this.get(key);
    if (known !== undefined) {
      this.#addEvidence(known, start.evidence, start.startMicros);
      for (const symptom of start.symptoms ?? []) known.symptoms.add(symptom);
      return known;
    }
    this.#sequence += 1;
    const episode: Episode = {
      id: `${start.kind}-${Math.floor(start.startMicros / 1_000_000).toString(36)}-${this.#sequence}`,
      kind: start.kind,
      severity: KNOWLEDGE[start.kind].severity,
      subject: start.subject,
      startMicros: Math.round(start.startMicros),
      lastEvidenceMicros: Math.round(start.startMicros),
      outageMicros: 0,
      symptoms: new Set(start.symptoms),
      evidence: [],
      evidenceCount: 0,
    };
    if (start.instance !== undefined) episode.instance = start.instance;
    if (start.uptimeMicros !== undefined) episode.uptimeStartMicros = Math.round(start.uptimeMicros);
    if (KNOWLEDGE[start.kind].outage) episode.downSinceMicros = episode.startMicros;
    this.#addEvidence(episode, start.evidence, start.startMicros);
    if (this.#active.size >= ACTIVE_CAPACITY) this.#evictOldest();
    this.#active.set(key, episode);
    const before = this.#takeRestored(episode);
    if (before !== undefined) {
      episode.startMicros = before.startMicros;
      if (episode.downSinceMicros !== undefined) episode.downSinceMicros = before.startMicros;
    }
    if (this.#isHistory(start.startMicros) || before !== undefined) episode.isKnown = true;
    this.#count(episode, episode.kind, 1);
    if (before === undefined) this.#note('Begun', episode, start.startMicros);
    else this.revision += 1;
    return episode;
  }

  /** Adds a line or reading to an episode that goes on. */
  support(key: string, atMicros: Micros, line: string | undefined, ...symptoms: readonly Symptom[]): void {
    const episode = this.get(key);
    if (episode === undefined) return;
    this.#addEvidence(episode, line, atMicros);
    for (const symptom of symptoms) episode.symptoms.add(symptom);
  }

  /** A better name for what goes on, now that more is known. */
  reclassify(key: string, kind: FaultKind, subject?: string): void {
    const episode = this.get(key);
    if (episode === undefined || episode.kind === kind) return;
    this.#count(episode, episode.kind, -1);
    this.#count(episode, kind, 1);
    episode.kind = kind;
    if (subject !== undefined) episode.subject = subject;
    episode.severity = KNOWLEDGE[kind].severity;
    this.revision += 1;
  }

  /** Marks the subject as working again, or as down again, without ending the episode. */
  setDown(key: string, down: boolean, atMicros: Micros): void {
    const episode = this.get(key);
    if (episode === undefined) return;
    if (down) {
      episode.downSinceMicros ??= atMicros;
    } else if (episode.downSinceMicros !== undefined) {
      episode.outageMicros += Math.max(0, atMicros - episode.downSinceMicros);
      delete episode.downSinceMicros;
    }
  }

  end(key: string, atMicros: Micros, uptimeMicros?: Micros): Episode | undefined {
    const episode = this.get(key);
    if (episode === undefined) return undefined;
    this.setDown(key, false, atMicros);
    episode.endMicros = Math.round(Math.max(atMicros, episode.startMicros));
    if (uptimeMicros !== undefined) episode.uptimeEndMicros = Math.round(uptimeMicros);
    this.#active.delete(key);
    if (episode.isKnown === true) this.#dropRestored(episode);
    this.#ended.push(episode);
    this.#note('Ended', episode, atMicros);
    return episode;
  }

  /** Ends every episode of which this is true. */
  endWhere(matches: (episode: Episode) => boolean, atMicros: Micros): void {
    for (const [key, episode] of this.#active) if (matches(episode)) this.end(key, atMicros);
    const isOver = (episode: Episode): boolean => episode.startMicros <= atMicros && matches(episode);
    const over = this.#restored.filter(isOver);
    this.#restored = this.#restored.filter((episode) => !isOver(episode));
    this.#endRestored(over, atMicros);
  }

  /** Takes an episode back: what looked like a fault is explained by another one. */
  withdraw(key: string): void {
    const episode = this.get(key);
    if (episode === undefined) return;
    this.#active.delete(key);
    this.#count(episode, episode.kind, -1);
    const index = this.#changes.findIndex((change) => change.episode === episode);
    if (index >= 0) this.#changes.splice(index, 1);
    this.revision += 1;
  }

  /** Changes since the last call. */
  takeChanges(): EpisodeChange[] {
    return this.#changes.splice(0);
  }

  /** Puts back an ended episode that an earlier life of the operator saw. */
  restore(episode: Episode): void {
    this.#ended.push(episode);
  }

  /** Puts back an episode that was going on; its detector finds it again, or `endUnseen` ends it. */
  restoreActive(episode: Episode): void {
    this.#restored.push(episode);
  }

  /** Ends what was restored as going on and has not been seen since. */
  endUnseen(atMicros: Micros): void {
    this.#endRestored(this.#restored.splice(0), atMicros);
  }

  #endRestored(episodes: readonly Episode[], atMicros: Micros): void {
    for (const episode of episodes) {
      episode.endMicros = Math.max(atMicros, episode.startMicros);
      delete episode.downSinceMicros;
      this.#ended.push(episode);
      this.#note('Ended', episode, atMicros);
    }
  }

  restoreTotals(totals: Partial<Record<FaultKind, number>>): void {
    for (const kind of FAULT_KINDS) {
      const value = totals[kind];
      if (value !== undefined) this.totals[kind] = (this.totals[kind] ?? 0) + value;
    }
  }

  #addEvidence(episode: Episode, line: string | undefined, atMicros: Micros): void {
    episode.lastEvidenceMicros = Math.max(episode.lastEvidenceMicros, atMicros);
    if (line === undefined) return;
    episode.evidenceCount += 1;
    if (episode.evidence.length < EVIDENCE_CAPACITY) episode.evidence.push(line.slice(0, EVIDENCE_LENGTH));
  }

  #evictOldest(): void {
    const oldest = this.#active.keys().next();
    if (!oldest.done) this.#active.delete(oldest.value);
  }

  /** The restored episode that this one continues. */
  #takeRestored(episode: Episode): Episode | undefined {
    const index = this.#restored.findIndex(
      (other) =>
        other.kind === episode.kind &&
        other.subject === episode.subject &&
        other.instance === episode.instance &&
        episode.startMicros >= other.startMicros - RESTORED_TOLERANCE_MICROS,
    );
    return index < 0 ? undefined : this.#restored.splice(index, 1)[0];
  }

  /** History is over as soon as something begins after it: then a clock set back hides nothing. */
  #isHistory(atMicros: Micros): boolean {
    if (this.countedUntilMicros !== undefined && atMicros > this.countedUntilMicros)
      this.countedUntilMicros = undefined;
    return this.countedUntilMicros !== undefined;
  }

  /** The log's history tells the episode better than the checkpoint did. */
  #dropRestored(episode: Episode): void {
    const isSame = (other: Episode): boolean =>
      other.isKnown === true &&
      other.kind === episode.kind &&
      other.subject === episode.subject &&
      Math.abs(other.startMicros - episode.startMicros) <= RESTORED_TOLERANCE_MICROS;
    const kept = [...this.#ended].filter((other) => !isSame(other));
    if (kept.length === this.#ended.size) return;
    this.#ended.clear();
    for (const other of kept) this.#ended.push(other);
  }

  #count(episode: Episode, kind: FaultKind, by: number): void {
    if (episode.isKnown === true) return;
    this.totals[kind] = Math.max(0, (this.totals[kind] ?? 0) + by);
  }

  #note(what: EpisodeChange['what'], episode: Episode, atMicros: Micros): void {
    this.revision += 1;
    if (episode.isKnown === true && (this.countedUntilMicros ?? 0) >= atMicros) return;
    // Nobody may be taking changes (offline): the oldest give way.
    if (this.#changes.length >= 512) this.#changes.shift();
    this.#changes.push({ what, episode, atMicros });
  }
}
