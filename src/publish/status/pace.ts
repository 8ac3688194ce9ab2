/** When a status goes out. Pure, so that the promise "no write when nothing changed" can be tested. */

export interface WriteTimings {
  /** Changes that do not touch the verdict wait until so long after the last write. */
  minIntervalMillis: number;
  /** A quiet report is written this often, to show that somebody still looks. */
  heartbeatMillis: number;
  /** Share by which heartbeats differ, so that a fleet does not write in step. */
  heartbeatJitter: number;
}

export const DEFAULT_WRITE_TIMINGS: WriteTimings = {
  minIntervalMillis: 10_000,
  heartbeatMillis: 15 * 60_000,
  heartbeatJitter: 0.1,
};

/** What was last written of one object. */
export interface Written {
  hash: string;
  verdictHash: string;
  atMillis: number;
  heartbeatDueMillis: number;
}

export type Pace =
  { when: 'Never' } | { when: 'After'; millis: number; why: 'First' | 'Verdict' | 'Detail' | 'Heartbeat' };

/** @param written undefined before the first write of this leader. */
export function paceOf(
  written: Written | undefined,
  current: { hash: string; verdictHash: string },
  nowMillis: number,
  timings: WriteTimings,
): Pace {
  if (written === undefined) return { when: 'After', millis: 0, why: 'First' };
  if (written.verdictHash !== current.verdictHash) return { when: 'After', millis: 0, why: 'Verdict' };
  if (written.hash !== current.hash) {
    return {
      when: 'After',
      millis: Math.max(0, written.atMillis + timings.minIntervalMillis - nowMillis),
      why: 'Detail',
    };
  }
  if (nowMillis >= written.heartbeatDueMillis) return { when: 'After', millis: 0, why: 'Heartbeat' };
  return { when: 'Never' };
}

export function writtenNow(
  current: { hash: string; verdictHash: string },
  nowMillis: number,
  timings: WriteTimings,
  random: number,
): Written {
  const jitter = 1 + timings.heartbeatJitter * (2 * random - 1);
  return {
    hash: current.hash,
    verdictHash: current.verdictHash,
    atMillis: nowMillis,
    heartbeatDueMillis: nowMillis + timings.heartbeatMillis * jitter,
  };
}
