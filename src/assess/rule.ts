import type { PtpHealthPolicySpec } from '../api/policy.ts';
import type { HealthVerdict } from '../ptp/health.ts';
import type { Micros } from '../ptp/time.ts';
import type { NodeState } from '../state/node-state.ts';
import type { Expected } from './expected.ts';
import type { Dimension, Finding } from './finding.ts';

/**
 * One thing the product knows to check. Rules stand in tables, one per family; reading the
 * tables is reading what is checked. A rule is a pure function of its context.
 */
export interface Rule {
  /** Stable, kebab-case with the family first, for example `sync-port-not-slave`. At most 64 characters. */
  readonly id: string;
  readonly title: string;
  readonly dimension: Dimension;
  /** Standard and clause the rule comes from. */
  readonly standard?: string;
  /** Worst severity it can give. */
  readonly severity: HealthVerdict;
  readonly remedy?: string;
  /** Upstream issue or document behind it. */
  readonly reference?: string;
  /** Skipped, and said so nowhere, when this is false. Absent: applies always. */
  applies?(context: RuleContext): boolean;
  check(context: RuleContext): Finding[];
}

export interface RuleContext {
  /** What is known about the node. Rules must not change it. */
  readonly state: Readonly<NodeState>;
  readonly expected: Expected;
  readonly policy: PtpHealthPolicySpec;
  readonly now: Micros;
  /** The other nodes, where the caller knows them. */
  readonly fleet?: FleetView;
  /** Did this rule speak about this subject at the last evaluation? Limits clear lower than they raise. */
  wasRaised?(rule: string, subject: string): boolean;
}

/** The little that one node may know about the others. */
export interface FleetView {
  /** Node whose clock has this identity. */
  nodeOfClock(clockIdentity: string): string | undefined;
  stateOf(node: string): Readonly<NodeState> | undefined;
  expectedOf(node: string): Expected | undefined;
  readonly nodeNames: readonly string[];
}
