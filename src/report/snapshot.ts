import type { PtpFleetReportStatus } from '../api/fleet.ts';
import type { PtpHealthReportStatus } from '../api/report.ts';
import type { EpisodeReport } from '../api/common.ts';
import type { Finding } from '../assess/finding.ts';
import type { FaultKind } from '../ptp/fault-kind.ts';
import type { Micros } from '../ptp/time.ts';

/** One node in the snapshot. Never changed after it is made. */
export interface NodeReport {
  readonly nodeName: string;
  /** UID of the Node object; undefined while it is not known, and then nothing is written. */
  readonly nodeUid?: string;
  readonly status: PtpHealthReportStatus;
  /** Hash of the canonical, quantised status without times: equal hash, no write. */
  readonly hash: string;
  /** Hash of what a person would call the verdict: a change goes out at once. */
  readonly verdictHash: string;
  readonly evaluatedMicros: Micros;
  /** All findings, also those the status had no room for. */
  readonly findings: readonly Finding[];
  /** Active and remembered episodes, newest first, bounded. */
  readonly episodes: readonly EpisodeDetail[];
  /** Transitions since the last snapshot, for Kubernetes Events; each appears once. */
  readonly transitions: readonly Transition[];
  /** Numbers for Prometheus that the status does not carry. */
  readonly counters: NodeCounters;
  /** Every source has spoken or was found absent: the report may be written. */
  readonly settled: boolean;
}

/** An episode with what the status has no room for. */
export interface EpisodeDetail extends EpisodeReport {
  readonly startMicros: Micros;
  /** Absent while it goes on. */
  readonly endMicros?: Micros;
  /** CLOCK_MONOTONIC of the process, where its lines carried it. */
  readonly uptimeStartMicros?: Micros;
  readonly uptimeEndMicros?: Micros;
  /** Key of the cause in the knowledge table (src/ptp/knowledge.ts). */
  readonly causeId?: string;
  /** What was seen that speaks for and against the cause. */
  readonly speaksFor: readonly string[];
  readonly speaksAgainst: readonly string[];
  /** Lines and readings behind it, also those not kept. */
  readonly evidenceCount: number;
}

export interface Transition {
  readonly nodeName: string;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase: a FaultKind with `Ended` for its end, or a verdict change. */
  readonly reason: string;
  readonly subject: string;
  readonly message: string;
  readonly atMicros: Micros;
}

export interface NodeCounters {
  /** Episodes begun since countStartTime, by kind. Never goes back within an operator life. */
  readonly episodesTotal: Readonly<Partial<Record<FaultKind, number>>>;
  readonly linesTotal: number;
  readonly unrecognisedLinesTotal: number;
  readonly portTransitionsTotal: number;
}

/** The one immutable picture that every output shows. */
export interface FleetSnapshot {
  readonly sequence: number;
  readonly takenMicros: Micros;
  readonly nodes: ReadonlyMap<string, NodeReport>;
  readonly fleet: PtpFleetReportStatus;
  readonly fleetHash: string;
  /** Fleet verdict and incidents: a change goes out at once. */
  readonly fleetVerdictHash: string;
}
