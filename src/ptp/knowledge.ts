import type { FaultKind } from './fault-kind.ts';
import { CLOCK_FAULTS } from './knowledge/clock-faults.ts';
import { PORT_FAULTS } from './knowledge/port-faults.ts';
import { PROGRAM_FAULTS } from './knowledge/program-faults.ts';
import { SOURCE_FAULTS } from './knowledge/source-faults.ts';
import { SYMPTOMS, type Symptom } from './knowledge/symptoms.ts';
import type { Cause, FaultKnowledge } from './knowledge/types.ts';

export { SYMPTOMS, type Symptom };
export type { Cause, FaultKnowledge };

/**
 * Symptom → cause → remedy, as data. A detector notes symptoms; the cause that most of them
 * speak for is named, with what speaks for and against it.
 */
export const KNOWLEDGE: Readonly<Record<FaultKind, FaultKnowledge>> = {
  ...PORT_FAULTS,
  ...CLOCK_FAULTS,
  ...SOURCE_FAULTS,
  ...PROGRAM_FAULTS,
};

export interface CauseVerdict {
  cause: Cause;
  confidence: 'Low' | 'Medium' | 'High';
  speaksFor: string[];
  speaksAgainst: string[];
}

/** The cause most symptoms speak for; of equals the one that is likelier beforehand. */
export function mostLikelyCause(kind: FaultKind, symptoms: ReadonlySet<Symptom>): CauseVerdict | undefined {
  let best: { cause: Cause; score: number } | undefined;
  let second = 0;
  for (const candidate of KNOWLEDGE[kind].causes) {
    const pro = candidate.speaksFor.filter((symptom) => symptoms.has(symptom)).length;
    const contra = candidate.speaksAgainst?.filter((symptom) => symptoms.has(symptom)).length ?? 0;
    const score = candidate.prior + pro - 2 * contra;
    if (best === undefined || score > best.score) {
      second = best?.score ?? 0;
      best = { cause: candidate, score };
    } else {
      second = Math.max(second, score);
    }
  }
  if (best === undefined) return undefined;
  const margin = best.score - second;
  return {
    cause: best.cause,
    confidence: best.score >= 1.3 && margin >= 0.9 ? 'High' : best.score >= 1 ? 'Medium' : 'Low',
    speaksFor: best.cause.speaksFor
      .filter((symptom) => symptoms.has(symptom))
      .map((symptom) => SYMPTOMS[symptom]),
    speaksAgainst: (best.cause.speaksAgainst ?? [])
      .filter((symptom) => symptoms.has(symptom))
      .map((symptom) => SYMPTOMS[symptom]),
  };
}
