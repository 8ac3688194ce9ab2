import type { ProfilesAssigned, PtpProfile } from '../../observe/observation.ts';
import { formatSeconds } from '../../ptp/time.ts';
import { finding } from '../findings.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from '../rule.ts';

/** How two sources of one node's profiles differ. Names are compared with and without the resource's. */
export interface ProfileDrift {
  /** Wanted and not applied. */
  missing: readonly string[];
  /** Applied and no longer wanted. */
  surplus: readonly string[];
  /** In both, with other settings. */
  changed: readonly string[];
}

export function profileDrift(
  applied: readonly PtpProfile[],
  desired: readonly PtpProfile[],
): ProfileDrift | undefined {
  const inForce = new Map(applied.map((profile) => [profile.name, profile]));
  const wanted = new Map(desired.map((profile) => [profile.name, profile]));
  const missing = [...wanted.keys()].filter((name) => !inForce.has(name));
  const surplus = [...inForce.keys()].filter((name) => !wanted.has(name));
  const changed = [...wanted]
    .filter(([name, profile]) => inForce.has(name) && canonical(profile) !== canonical(inForce.get(name)))
    .map(([name]) => name);
  return missing.length + surplus.length + changed.length === 0 ? undefined : { missing, surplus, changed };
}

/** Text of a value that does not depend on the order of keys, nor on keys without a value. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const present = Object.entries(member).filter(([, item]) => item !== undefined && item !== null);
    return Object.fromEntries(present.toSorted(([left], [right]) => (left < right ? -1 : 1)));
  });
}

const DRIFT = {
  id: 'config-drift',
  title: 'the configuration applied is the one the PtpConfigs ask for',
  dimension: 'Configuration',
  severity: 'Minor',
  remedy: 'See the log of ptp-operator: a missing or doubled profile name stops the update of all nodes.',
} as const;

export const driftRules: readonly Rule[] = [
  {
    ...DRIFT,
    check({ state }: RuleContext): Finding[] {
      const applied = usable(state.profiles.get('Applied'));
      const desired = usable(state.profiles.get('Desired'));
      const drift =
        applied === undefined || desired === undefined
          ? undefined
          : profileDrift(applied.profiles, desired.profiles);
      if (drift === undefined || desired === undefined) return [];
      const parts = [
        say('not applied', drift.missing),
        say('no longer asked for', drift.surplus),
        say('changed', drift.changed),
      ];
      const message = `${parts.filter((part) => part !== '').join('; ')} (asked for since ${formatSeconds(desired.atMicros)})`;
      return [finding(DRIFT, 'Minor', 'ptp-configmap', message, { source: 'Resource' })];
    },
  },
];

function usable(source: ProfilesAssigned | undefined): ProfilesAssigned | undefined {
  return source?.problem === undefined ? source : undefined;
}

function say(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what}: ${names.slice(0, 4).join(', ')}`;
}
