import type { HealthVerdict } from '../health.ts';
import type { Symptom } from './symptoms.ts';

export interface Cause {
  readonly id: string;
  readonly text: string;
  readonly remedy: string;
  /** Symptoms that speak for it and against it. */
  readonly speaksFor: readonly Symptom[];
  readonly speaksAgainst?: readonly Symptom[];
  /** How likely it is before anything speaks: 0 to 1. */
  readonly prior: number;
}

export interface FaultKnowledge {
  readonly title: string;
  readonly dimension: 'SyncState' | 'LocalError' | 'Upstream' | 'OsClock' | 'Stability' | 'Configuration';
  /** Severity while it goes on, where nothing else decides. */
  readonly severity: HealthVerdict;
  /** Does the subject lack its function while it goes on? */
  readonly outage: boolean;
  readonly causes: readonly Cause[];
}
