import type { PtpProfile } from '../../observe/observation.ts';
import type { ClockType } from '../../ptp/states.ts';
import { buildExpected } from '../expected-model.ts';
import type { ComplianceCheck, ComplianceLevel } from './check.ts';
import { checkNode } from './index.ts';
import type { EnforcedProfile } from './index.ts';

/** One finding about a manifest, before anything is applied. Lines count within the profile's own text. */
export interface LintFinding {
  rule: string;
  severity: 'Error' | 'Warn' | 'Info';
  profile: string;
  option?: string;
  section?: string;
  line?: number;
  message: string;
  expected?: string;
  found?: string;
  remedy: string;
  reference: string;
}

export interface LintResult {
  profiles: readonly { name: string; clockType: ClockType; ituProfile: string }[];
  findings: readonly LintFinding[];
}

const SEVERITY: Readonly<Record<ComplianceLevel, LintFinding['severity']>> = {
  Critical: 'Error',
  Error: 'Error',
  Warn: 'Warn',
  Info: 'Info',
};
const ORDER = ['Error', 'Warn', 'Info'];

/** Checks profiles that go to the same nodes, worst finding first. */
export function lintProfiles(
  profiles: readonly PtpProfile[],
  options: { ituProfile?: EnforcedProfile; linuxptpVersion?: string } = {},
): LintResult {
  const expected = buildExpected({
    assigned: [
      { kind: 'profilesAssigned', node: '', source: 'Archive', atMicros: 0, origin: 'Desired', profiles },
    ],
    linuxptpVersion: options.linuxptpVersion,
  });
  const broken = checkNode(expected, { ituProfile: options.ituProfile, isPartial: true }).filter(
    ({ result }) => result === 'Fail',
  );
  return {
    profiles: expected.instances.map(({ name, clockType, ituProfile }) => ({ name, clockType, ituProfile })),
    findings: broken
      .map(toLintFinding)
      .toSorted((left, right) => ORDER.indexOf(left.severity) - ORDER.indexOf(right.severity)),
  };
}

function toLintFinding({
  rule,
  level,
  instance,
  option,
  section,
  line,
  message,
  expected,
  found,
}: ComplianceCheck): LintFinding {
  return {
    rule: rule.id,
    severity: SEVERITY[level],
    profile: instance,
    option,
    section,
    line,
    message,
    expected,
    found,
    remedy: rule.remedy,
    reference:
      rule.reference ??
      [rule.standard, rule.edition, rule.clause].filter((part) => part !== undefined).join(', '),
  };
}
