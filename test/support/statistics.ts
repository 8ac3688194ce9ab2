import type { OperatorStatistics } from '../../src/publish/statistics.ts';

export function operatorStatistics(changes: Partial<OperatorStatistics> = {}): OperatorStatistics {
  return {
    version: '0.0.0-test',
    leader: true,
    synced: true,
    watches: [
      {
        resource: 'nodes',
        synced: true,
        objects: 2,
        restartsTotal: 0,
        relistsTotal: 1,
        parseErrorsTotal: 0,
        idleSeconds: 1,
      },
    ],
    statusWrites: {
      Applied: 2,
      Unchanged: 0,
      Failed: 0,
      SchemaMismatch: 0,
      NotLeader: 0,
      NodeGone: 0,
      Deleted: 0,
    },
    statusQueueDepth: 0,
    largestStatusBytes: 9_000,
    logFollowers: { open: 2, waiting: 0, reopenedTotal: 0 },
    scrapes: { succeededTotal: 0, failedTotal: 0 },
    evaluations: { count: 1, secondsTotal: 0.001, lastMicros: 1_800_000_000_000_000 },
    observationsTotal: 10,
    eventLoopLagSeconds: 0.01,
    wallClockJumpsTotal: 0,
    ...changes,
  };
}
