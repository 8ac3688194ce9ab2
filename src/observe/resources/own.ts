import {
  DEFAULT_POLICY,
  policySpecSchema,
  policyStatusSchema,
  type PolicyStatus,
  type PtpHealthPolicySpec,
} from '../../api/policy.ts';
import { reportSpecSchema } from '../../api/report.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { parseRfc3339, type Micros } from '../../ptp/time.ts';
import { fieldsOf, itemsOf, textOf } from './loose.ts';

/** More problems in one spec than anybody reads. */
const MAX_PROBLEMS = 8;

/** What we keep of a PtpHealthReport: what a person said in it, and what we need back after a restart. */
export interface OwnReport {
  name: string;
  uid: string;
  generation: number;
  ownerUid?: string;
  policyName?: string;
  maintenance?: { untilMicros: Micros; reason?: string };
  checkpoint?: string;
}

export function projectReport(raw: KubeObject): OwnReport {
  const { metadata } = raw;
  const ownerUid = itemsOf(metadata.ownerReferences).map((owner) => textOf(fieldsOf(owner)['uid']))[0];
  const checkpoint = textOf(fieldsOf(raw['status'])['checkpoint']);
  const spec = reportSpecSchema.safeParse(raw['spec'] ?? {}).data;
  const until = spec?.maintenance === undefined ? undefined : parseRfc3339(spec.maintenance.until);
  const reason = spec?.maintenance?.reason;
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    generation: metadata.generation ?? 0,
    ...(ownerUid === undefined ? {} : { ownerUid }),
    ...(spec?.policyName === undefined ? {} : { policyName: spec.policyName }),
    ...(until === undefined
      ? {}
      : { maintenance: { untilMicros: until, ...(reason === undefined ? {} : { reason }) } }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

export interface Policy {
  name: string;
  generation: number;
  /** Absent when it breaks its schema: then the policy is in force nowhere. */
  spec?: PtpHealthPolicySpec;
  /** What is wrong with the spec, by field. */
  problems: readonly string[];
  /** As it was written last. */
  status: PolicyStatus;
}

/** The API server checks a spec before it is stored; one may still be broken when its CRD is another version's. */
export function projectPolicy(raw: KubeObject): Policy {
  const parsed = policySpecSchema.safeParse(raw['spec'] ?? {});
  const problems = (parsed.error?.issues ?? [])
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => `spec.${path.map(String).join('.')}: ${message}`);
  return {
    name: raw.metadata.name,
    generation: raw.metadata.generation ?? 0,
    ...(parsed.data === undefined ? {} : { spec: parsed.data }),
    problems,
    status: policyStatusSchema.safeParse(raw['status'] ?? {}).data ?? {},
  };
}

export interface PolicyChoice {
  /** Absent when no policy selects the node: then the defaults hold. */
  name?: string;
  spec: PtpHealthPolicySpec;
  /** Other policies that select the node with the same priority; the first by name won. */
  rivals: readonly string[];
}

/** The policy a report names, else the one with the lowest priority that selects the node, else the defaults. */
export function selectPolicy(
  policies: Iterable<Policy>,
  labels: Readonly<Record<string, string>>,
  policyName: string | undefined,
): PolicyChoice {
  const all = [...policies].filter(isUsable);
  const named = all.find((policy) => policy.name === policyName);
  if (named !== undefined) return { name: named.name, spec: named.spec, rivals: [] };
  const [first, ...others] = all
    .filter((policy) => selects(policy.spec, labels))
    .sort((a, b) => a.spec.priority - b.spec.priority || (a.name < b.name ? -1 : 1));
  if (first === undefined) return { spec: DEFAULT_POLICY, rivals: [] };
  const rivals = others.filter(({ spec }) => spec.priority === first.spec.priority).map(({ name }) => name);
  return { name: first.name, spec: first.spec, rivals };
}

function isUsable(policy: Policy): policy is Policy & { spec: PtpHealthPolicySpec } {
  return policy.spec !== undefined;
}

function selects(spec: PtpHealthPolicySpec, labels: Readonly<Record<string, string>>): boolean {
  return (spec.nodeSelector ?? []).every(({ key, values = [] }) => {
    const value = labels[key];
    return value !== undefined && (values.length === 0 || values.includes(value));
  });
}
