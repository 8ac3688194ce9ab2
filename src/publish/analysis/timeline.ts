import type { Micros } from '../../ptp/time.ts';

/** What the page draws of one node: bounded, however long the logs. */
export interface NodeTimeline {
  startMicros: Micros;
  endMicros: Micros;
  offsets: readonly OffsetTrack[];
  states: readonly StateTrack[];
}

/** Offset of one clock: smallest and largest value per stretch of time. */
export interface OffsetTrack {
  name: string;
  points: readonly OffsetPoint[];
}

export interface OffsetPoint {
  atMicros: Micros;
  minNanoseconds: number;
  maxNanoseconds: number;
}

/** State of one port over time. */
export interface StateTrack {
  name: string;
  spans: readonly StateSpan[];
  /** Changes that were not kept. */
  truncated: number;
}

export interface StateSpan {
  fromMicros: Micros;
  untilMicros: Micros;
  state: string;
}
