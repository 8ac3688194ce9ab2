import { HEALTH_LEVELS, type HealthVerdict } from '../ptp/health.ts';
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
