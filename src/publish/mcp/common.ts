import { z } from 'zod';
import { healthVerdict } from '../../api/common.ts';
import type { HealthVerdict } from '../../ptp/health.ts';
import { formatSeconds, microsToSeconds } from '../../ptp/time.ts';
import type { FleetSnapshot } from '../../report/snapshot.ts';
import type { ToolContext } from './tool.ts';

/** Inputs and outputs that mean the same in every tool. */

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
/** The engine evaluates every two seconds; an older snapshot means that something is wrong with us. */
const STALE_AFTER_SECONDS = 30;

export const nodeInput = z.string().min(1).max(253).optional().describe('Node name; all nodes without it.');
export const limitInput = z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe('Rows per answer.');
export const cursorInput = z.string().max(512).optional().describe('nextCursor of the answer before.');
export const minSeverityInput = z
  .enum(['Healthy', 'Minor', 'Moderate', 'Critical'])
  .default('Healthy')
  .describe('Leave out what is better than this; Unknown is always shown.');

/** Every answer says how old it is and whether it was cut. */
export const answerShape = {
  asOf: z.string().describe('When the data was evaluated.'),
  ageSeconds: z.int().min(0),
  stale: z.boolean().describe('True when the data is too old to be trusted.'),
  total: z.int().min(0).describe('Rows before the answer was cut.'),
  truncated: z.boolean(),
  nextCursor: z.string().optional(),
};

export interface Age {
  asOf: string;
  ageSeconds: number;
  stale: boolean;
}

export function ageOf(context: ToolContext): Age {
  // Not below zero: a step of the wall clock backwards must not give a negative age.
  const ageSeconds = Math.max(0, Math.round(microsToSeconds(context.now - context.snapshot.takenMicros)));
  return {
    asOf: formatSeconds(context.snapshot.takenMicros),
    ageSeconds,
    stale: !context.synced || ageSeconds > STALE_AFTER_SECONDS,
  };
}

export function ageLine(age: Age, synced: boolean): string {
  if (!synced) return 'The operator is still reading the cluster: what follows is incomplete.';
  return `As of ${age.asOf} (${age.ageSeconds} s ago)${age.stale ? ', STALE: do not rely on it' : ''}.`;
}

/** Worst first. Unknown stands before Healthy: what cannot be judged deserves a look. */
const SEVERITY_ORDER: Readonly<Record<HealthVerdict, number>> = {
  Critical: 0,
  Moderate: 1,
  Minor: 2,
  Unknown: 3,
  Healthy: 4,
};

export function severityRank(severity: HealthVerdict): number {
  return SEVERITY_ORDER[severity];
}

export function isAtLeast(severity: HealthVerdict, minimum: HealthVerdict): boolean {
  return severity === 'Unknown' || severityRank(severity) <= severityRank(minimum);
}

/** Remembers what was made of the newest snapshot: many calls come between two. */
export function perSnapshot<T>(make: (snapshot: FleetSnapshot) => T): (snapshot: FleetSnapshot) => T {
  let newest: { snapshot: FleetSnapshot; made: T } | undefined;
  return (snapshot) => {
    if (newest?.snapshot !== snapshot) newest = { snapshot, made: make(snapshot) };
    return newest.made;
  };
}

/** The answer for a node nobody knows: cause, what there is, what to do, short enough for every host. */
export function unknownNode(name: string, context: ToolContext): { error: string } {
  const known = [...context.snapshot.nodes.keys()].sort();
  const shown = known.slice(0, 3).join(', ');
  const rest = known.length > 3 ? ` (+${known.length - 3})` : '';
  return {
    error: `Unknown node "${plain(name, 60)}". Known: ${shown === '' ? 'none' : shown + rest}. Call ptp_health without node.`,
  };
}

const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]+/g;

/** Text that came from logs or objects, made safe for one line of an answer. */
export function plain(text: string, maxLength: number): string {
  const clean = text.replace(CONTROL_CHARACTERS, ' ').trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1)}…`;
}

export { healthVerdict };
