import type { ClockType } from '../../ptp/states.ts';
import type { HealthVerdict } from '../../ptp/health.ts';

/** How the clocks of the fleet hang together. Plain data in a fixed order: equal rows, equal topology. */
export interface ClockTopology {
  clocks: readonly TopologyClock[];
  edges: readonly TopologyEdge[];
  /** Most followed first. */
  trees: readonly ClockTree[];
  findings: readonly TopologyFinding[];
}

/** `Node`: one of ours. `External`: seen by its identity only. `Hidden`: known to be there, not which. */
export type TopologyClockKind = 'Node' | 'External' | 'Hidden';

export interface TopologyClock {
  /** Stable within one topology. */
  id: string;
  kind: TopologyClockKind;
  /** For people: node and profile, maker and identity, or how many hops are not seen. */
  name: string;
  nodeName?: string | undefined;
  /** Profiles joined in this clock: two for a T-BC of a pair. */
  instances: readonly string[];
  clockIdentity?: string | undefined;
  maker?: string | undefined;
  clockType: ClockType;
  domainNumber?: number | undefined;
  health?: HealthVerdict | undefined;
  isGrandmaster: boolean;
  /** Class it announces as grandmaster, else that of the grandmaster it follows. */
  clockClass?: number | undefined;
  stepsRemoved?: number | undefined;
  maxOffsetNanoseconds?: number | undefined;
  /** Hops that a hidden clock stands for. */
  hiddenHops?: number | undefined;
  /** Ports that could take over: they may follow, and do not now. */
  standbyPorts: readonly string[];
}

/** `Active`: time flows here. `Standby`: heard, not followed. `Inferred`: the way is not known, only its end. */
export type TopologyEdgeKind = 'Active' | 'Standby' | 'Inferred';

export interface TopologyEdge {
  from: string;
  to: string;
  kind: TopologyEdgeKind;
  /** Number of the parent's port. */
  fromPort?: number | undefined;
  /** Interface of the child. */
  toInterface?: string | undefined;
  pathDelayNanoseconds?: number | undefined;
}

export interface ClockTree {
  /** Clock at the root. */
  root: string;
  grandmasterIdentity?: string | undefined;
  /** Node the root is on, when it is one of ours. */
  nodeName?: string | undefined;
  domainNumber?: number | undefined;
  clockClass?: number | undefined;
  /** Nodes of ours below the root. */
  followers: number;
  /** Clocks of ours between root and the deepest one. */
  depth: number;
}

export interface TopologyFinding {
  rule: string;
  severity: HealthVerdict;
  /** Node, or identity of a clock that is not ours. */
  subject: string;
  message: string;
  remedy: string;
}
