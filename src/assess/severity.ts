import { HEALTH_LEVELS, type HealthVerdict } from '../ptp/health.ts';
import { MICROS_PER_SECOND, type Micros } from '../ptp/time.ts';
import type { Finding } from './finding.ts';

const RANK: Readonly<Record<HealthVerdict, number>> = {
  Healthy: 0,
  Unknown: 0.5,
  Minor: 1,
  Moderate: 2,
  Critical: 3,
};

export function severityRank(verdict: HealthVerdict): number {
  return RANK[verdict];
}

/** The worse of two verdicts. Unknown hides Healthy, never a known fault. */
export function worse(a: HealthVerdict, b: HealthVerdict): HealthVerdict {
  return RANK[a] >= RANK[b] ? a : b;
}

export function worstOf(verdicts: Iterable<HealthVerdict>): HealthVerdict {
  let worst: HealthVerdict = HEALTH_LEVELS[0];
  for (const verdict of verdicts) worst = worse(worst, verdict);
  return worst;
}

/** Worst first; of equals the more urgent dimension, then by rule and subject, so that the order is always the same. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    RANK[b.severity] - RANK[a.severity] || compareText(a.rule, b.rule) || compareText(a.subject, b.subject)
  );
}

/** Order by code units: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const HOUR_MICROS = 3_600 * MICROS_PER_SECOND;
/** More changes of the verdict than this within an hour: it flaps. */
const MAX_CHANGES_PER_HOUR = 12;

/**
 * Keeps a verdict that goes up and down all the time at its worse level for an hour, so that
 * whoever is told hears it once. Unknown is not a level and passes through.
 */
export class FlapGuard {
  #changes: Micros[] = [];
  #last: HealthVerdict | undefined;
  #pinned: { verdict: HealthVerdict; untilMicros: Micros } | undefined;

  judge(verdict: HealthVerdict, now: Micros): HealthVerdict {
    this.#changes = this.#changes.filter((atMicros) => Math.abs(now - atMicros) < HOUR_MICROS);
    if (this.#last !== undefined && this.#last !== verdict) this.#changes.push(now);
    const worst = this.#last === undefined ? verdict : worse(this.#last, verdict);
    this.#last = verdict;
    if (this.#changes.length > MAX_CHANGES_PER_HOUR) {
      this.#pinned = {
        verdict: worse(worst, this.#pinned?.verdict ?? 'Healthy'),
        untilMicros: now + HOUR_MICROS,
      };
      this.#changes = [];
    }
    if (this.#pinned === undefined || now >= this.#pinned.untilMicros) {
      this.#pinned = undefined;
      return verdict;
    }
    return verdict === 'Unknown' ? verdict : worse(verdict, this.#pinned.verdict);
  }
}
