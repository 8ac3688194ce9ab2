import { DEFAULT_POLICY, policySpecSchema, type PtpHealthPolicySpec } from '../../api/policy.ts';
import { reportSpecSchema } from '../../api/report.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { parseRfc3339, type Micros } from '../../ptp/time.ts';
import { fieldsOf, itemsOf, textOf } from './loose.ts';

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
  spec: PtpHealthPolicySpec;
}

/** @throws Error naming the field when the spec breaks its schema: the reflector keeps the state before. */
export function projectPolicy(raw: KubeObject): Policy {
  return { name: raw.metadata.name, spec: policySpecSchema.parse(raw['spec'] ?? {}) };
}

/** The policy a report names, else the one with the lowest priority that selects the node, else the defaults. */
export function selectPolicy(
  policies: Iterable<Policy>,
  labels: Readonly<Record<string, string>>,
  policyName: string | undefined,
): { name?: string; spec: PtpHealthPolicySpec } {
  const all = [...policies];
  const named = all.find((policy) => policy.name === policyName);
  if (named !== undefined) return named;
  const matching = all.filter((policy) => selects(policy.spec, labels));
  matching.sort((a, b) => a.spec.priority - b.spec.priority || a.name.localeCompare(b.name));
  return matching[0] ?? { spec: DEFAULT_POLICY };
}

function selects(spec: PtpHealthPolicySpec, labels: Readonly<Record<string, string>>): boolean {
  return (spec.nodeSelector ?? []).every(({ key, values = [] }) => {
    const value = labels[key];
    return value !== undefined && (values.length === 0 || values.includes(value));
  });
}
