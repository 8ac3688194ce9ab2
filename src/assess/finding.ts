import type { CheckResult, HealthVerdict } from '../ptp/health.ts';
import type { ObservationSource } from '../observe/observation.ts';
import type { Micros } from '../ptp/time.ts';

/** The six dimensions of a verdict; the worst one wins. */
export const DIMENSIONS = [
  'SyncState',
  'LocalError',
  'Upstream',
  'OsClock',
  'Stability',
  'Configuration',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What one rule says about one subject: the verdict with its evidence. */
export interface Finding {
  rule: string;
  dimension: Dimension;
  result: CheckResult;
  /** How bad it is; `Healthy` for Pass and Skip, `Unknown` for Unknown and Error. */
  severity: HealthVerdict;
  /** Port, clock, process, option or source. */
  subject: string;
  /** Profile concerned, if one. */
  instance?: string;
  message: string;
  observed?: string;
  expected?: string;
  limit?: string;
  unit?: string;
  windowSeconds?: number;
  source?: ObservationSource;
  observedMicros?: Micros;
  remedy?: string;
  /** Standard and clause, or upstream issue. */
  reference?: string;
}
