import type { PtpHealthPolicySpec } from '../api/policy.ts';
import type { Observation } from '../observe/observation.ts';
import type { FleetSnapshot } from '../report/snapshot.ts';
import type { Micros } from '../ptp/time.ts';
import type { NodeState } from '../state/node-state.ts';

/**
 * The engine joins the pure stages: it folds observations into node states, assesses what
 * changed and gives the snapshot. It does no I/O and reads no clock, so the live operator
 * and the offline analyser run the very same one.
 */
export interface Engine {
  /** Folds one fact in. True when it may change a verdict and an evaluation should not wait. */
  ingest(observation: Observation): boolean;
  /** Assesses nodes that changed or whose time-based rules are due; returns the new snapshot. */
  evaluate(now: Micros): FleetSnapshot;
  /**
   * No more facts will come (offline): pending judgements, such as a port that never began to
   * follow before its log ended, are decided at the next evaluation with what is known. That judgement
   * stands: what other nodes log later says nothing about this one. Without a name: of all nodes.
   */
  endOfInput(node?: string): void;
  /** Forgets a node and everything about it. */
  removeNode(node: string): void;
  setPolicy(node: string, policy: PtpHealthPolicySpec, name?: string): void;
  setMaintenance(node: string, untilMicros: Micros | undefined, reason?: string): void;
  /** Restores counters and recent episodes from a report written earlier; before the first write. */
  restore(node: string, checkpoint: string): void;
  /** Counts of the line parser, to be shown per node. */
  setLineCounts(node: string, counts: { total: number; recognised: number; unrecognised: number }): void;
  /** What is known about a node, to be read only: for looking at nodes of several engines together. */
  stateOf(node: string): Readonly<NodeState> | undefined;
  readonly nodeNames: readonly string[];
}
