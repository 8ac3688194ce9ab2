import type { Condition } from '../../api/common.ts';
import type { PolicyStatus } from '../../api/policy.ts';
import { formatSeconds, type Micros } from '../../ptp/time.ts';

/** How one policy fares: what its status is made of. */
export interface PolicyUse {
  name: string;
  generation: number;
  /** What is wrong with the spec, by field; empty = it can be used. */
  problems: readonly string[];
  matchedNodes: number;
  /** Policies of the same priority that select a node of this one, or from which this one takes a node. */
  rivals: readonly string[];
}

/** One node and the policy that is in force on it; `policy` is absent where the defaults hold. */
export interface NodeChoice {
  policy?: string;
  rivals: readonly string[];
}

const MAX_MESSAGE_LENGTH = 512;
const MAX_RIVALS = 5;

/** Counts what the choices of all nodes mean for each policy. Pure. */
export function policyUses(
  policies: Iterable<Pick<PolicyUse, 'name' | 'generation' | 'problems'>>,
  choices: Iterable<NodeChoice>,
): PolicyUse[] {
  const matched = new Map<string, number>();
  const rivals = new Map<string, Set<string>>();
  for (const { policy, rivals: others } of choices) {
    if (policy === undefined) continue;
    matched.set(policy, (matched.get(policy) ?? 0) + 1);
    for (const other of others) {
      addTo(rivals, policy, other);
      addTo(rivals, other, policy);
    }
  }
  return [...policies].map(({ name, generation, problems }) => ({
    name,
    generation,
    problems,
    matchedNodes: matched.get(name) ?? 0,
    rivals: [...(rivals.get(name) ?? [])].sort(),
  }));
}

/** @param before what the policy says now: a condition that stays keeps its time. */
export function policyStatus(use: PolicyUse, before: PolicyStatus, nowMicros: Micros): PolicyStatus {
  const conditions = [accepted(use), conflicted(use)].map((condition): Condition => {
    const old = before.conditions?.find(({ type }) => type === condition.type);
    const since = old?.status === condition.status ? old.lastTransitionTime : formatSeconds(nowMicros);
    return { ...condition, observedGeneration: use.generation, lastTransitionTime: since };
  });
  return { matchedNodes: use.matchedNodes, conditions };
}

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

function accepted({ problems }: PolicyUse): Verdict {
  const type = 'Accepted';
  if (problems.length === 0)
    return { type, status: 'True', reason: 'Valid', message: 'Every field can be used.' };
  const message = `In force nowhere. ${problems.join('; ')}`.slice(0, MAX_MESSAGE_LENGTH);
  return { type, status: 'False', reason: 'InvalidSpec', message };
}

function conflicted({ rivals }: PolicyUse): Verdict {
  const type = 'Conflicted';
  if (rivals.length === 0)
    return { type, status: 'False', reason: 'NoConflict', message: 'No other policy claims its nodes.' };
  const named = rivals.slice(0, MAX_RIVALS).join(', ');
  const more = rivals.length > MAX_RIVALS ? ` and ${rivals.length - MAX_RIVALS} more` : '';
  const message = `Of the same priority and for the same nodes: ${named}${more}. The first by name is in force.`;
  return { type, status: 'True', reason: 'SamePriority', message: message.slice(0, MAX_MESSAGE_LENGTH) };
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}
