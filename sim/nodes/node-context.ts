import type { Agenda } from './agenda.ts';
import type { NodeOutput } from './node-output.ts';
import type { NodeSpec } from './node-spec.ts';
import type { PlatformMetrics } from './platform-metrics.ts';
import type { Random } from './random.ts';

/** What every simulated program of a node shares. */
export interface NodeContext {
  readonly spec: NodeSpec;
  readonly agenda: Agenda;
  readonly random: Random;
  readonly output: NodeOutput;
  readonly metrics: PlatformMetrics;
  /** Offset lines per second of ptp4l and of phc2sys: at most 16, as with 16 Sync messages a second. */
  readonly offsetHertz: number;
  /** What a T-BC's daemon says about its DPLL: whatever the other programs leave of the node's rate. */
  readonly dpllLinesPerSecond: number;
  /** Identity of the node's own clock. */
  readonly clockIdentity: string;
}

export function ptp4lTag(index: number): string {
  return `ptp4l.${index}.config`;
}

export function ts2phcTag(index: number): string {
  return `ts2phc.${index}.config`;
}
