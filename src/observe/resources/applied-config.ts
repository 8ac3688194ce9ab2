import type { KubeObject } from '../../kube/objects.ts';
import type { PtpProfile } from '../observation.ts';
import { textsOf } from './loose.ts';
import { readProfiles } from './profile.ts';

/** `ptp-configmap`: what the daemons have been told to run, by node name. Parsed when a node asks. */
export interface AppliedConfig {
  byNode: Readonly<Record<string, string>>;
}

export function projectAppliedConfig(raw: KubeObject): AppliedConfig {
  return { byNode: textsOf(raw['data']) };
}

export interface AppliedProfiles {
  profiles: readonly PtpProfile[];
  problem?: string;
}

/** undefined when the map says nothing about the node. */
export function appliedProfiles(applied: AppliedConfig, nodeName: string): AppliedProfiles | undefined {
  const json = applied.byNode[nodeName];
  if (json === undefined) return undefined;
  const parsed = parseArray(json);
  if (parsed === undefined)
    return { profiles: [], problem: `the entry of ${nodeName} in ptp-configmap is not a JSON array` };
  const { profiles, problems } = readProfiles(parsed);
  return { profiles, ...(problems.length === 0 ? {} : { problem: problems.join('; ') }) };
}

/** Go writes an empty slice as `null`. */
function parseArray(json: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (value === null) return [];
    return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
  } catch {
    return undefined;
  }
}
