import type { FleetSnapshot, NodeReport } from '../../report/snapshot.ts';
import type { OperatorStatistics } from '../statistics.ts';

/** What a metric may read: the snapshot and the operator's own numbers. Nothing else. */
export interface MetricInput {
  snapshot: FleetSnapshot;
  operator: OperatorStatistics;
}

/** One row of the table of metrics: what `/metrics` and docs/metrics.md are made from. */
export interface MetricDefinition {
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  /** Label values must come from bounded sets: nodes, interfaces, profiles, enums. Never UIDs, messages, times. */
  labels: readonly string[];
  /** `Alpha` may change with a note; `Stable` only with a deprecation. */
  stability: 'Alpha' | 'Stable';
  collect: (input: MetricInput, emit: Emit) => void;
}

/** One series: label values in the order of the definition's labels. */
export type Emit = (value: number | undefined, ...labelValues: (string | number)[]) => void;

/** A metric with one or more series per node. */
export function perNode(
  definition: Omit<MetricDefinition, 'collect' | 'stability'> & {
    collect: (report: NodeReport, emit: Emit) => void;
  },
): MetricDefinition {
  const { collect, ...rest } = definition;
  return {
    ...rest,
    stability: 'Alpha',
    collect: ({ snapshot }, emit) => {
      for (const report of snapshot.nodes.values()) collect(report, emit);
    },
  };
}

/** A metric of the cluster as a whole. */
export function ofFleet(
  definition: Omit<MetricDefinition, 'collect' | 'stability'> & {
    collect: (snapshot: FleetSnapshot, emit: Emit) => void;
  },
): MetricDefinition {
  const { collect, ...rest } = definition;
  return {
    ...rest,
    stability: 'Alpha',
    collect: ({ snapshot }, emit) => {
      collect(snapshot, emit);
    },
  };
}

/** A metric of the operator itself. */
export function ofOperator(
  definition: Omit<MetricDefinition, 'collect' | 'stability'> & {
    collect: (operator: OperatorStatistics, emit: Emit) => void;
  },
): MetricDefinition {
  const { collect, ...rest } = definition;
  return {
    ...rest,
    stability: 'Alpha',
    collect: ({ operator }, emit) => {
      collect(operator, emit);
    },
  };
}

/** One series per state with 0 or 1: a number code would need a table to be read and cannot be summed. */
export function emitStates(
  emit: Emit,
  states: readonly string[],
  current: string,
  ...labelValues: string[]
): void {
  for (const state of states) emit(state === current ? 1 : 0, ...labelValues, state);
}

const NANOSECONDS_PER_SECOND = 1_000_000_000;

/** Prometheus wants base units. Division rounds once, correctly; a product with 1e-9 would not. */
export function nanosecondsToSeconds(nanoseconds: number | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : nanoseconds / NANOSECONDS_PER_SECOND;
}
