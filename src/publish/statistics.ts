/** What the operator says about itself. Filled by the wiring, shown by the metrics and the probes. */
export interface OperatorStatistics {
  version: string;
  /** This replica may write. */
  leader: boolean;
  /** All watches delivered their first state. */
  synced: boolean;
  watches: readonly WatchStatistics[];
  statusWrites: Readonly<Record<WriteResult, number>>;
  /** Reports waiting for their turn to be written. */
  statusQueueDepth: number;
  /** Size of the largest status written since the start. */
  largestStatusBytes: number;
  logFollowers: { open: number; waiting: number; reopenedTotal: number };
  scrapes: { succeededTotal: number; failedTotal: number };
  evaluations: { count: number; secondsTotal: number; lastMicros: number };
  observationsTotal: number;
  eventLoopLagSeconds: number;
  /** Steps of the local wall clock larger than a second, seen by comparison with the monotonic clock. */
  wallClockJumpsTotal: number;
}

export const WRITE_RESULTS = [
  'Applied',
  'Unchanged',
  'Failed',
  'SchemaMismatch',
  'NotLeader',
  'NodeGone',
  'Deleted',
] as const;
/**
 * `Unchanged`: equal hash, nothing sent. `NotLeader`: the lease was lost before the write.
 * `SchemaMismatch`: the installed CRD is not the one of this operator.
 */
export type WriteResult = (typeof WRITE_RESULTS)[number];

export interface WatchStatistics {
  resource: string;
  synced: boolean;
  objects: number;
  restartsTotal: number;
  relistsTotal: number;
  parseErrorsTotal: number;
  /** Seconds since the last event, bookmark or list. */
  idleSeconds: number;
}
