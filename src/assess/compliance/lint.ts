import type { PtpProfile } from '../../observe/observation.ts';
import type { LinuxptpProgram } from '../../ptp/config/effective.ts';
import type { ClockType } from '../../ptp/states.ts';
import { buildExpected } from '../expected-model.ts';
import type { Expected } from '../expected.ts';
import type { ComplianceCheck, ComplianceLevel } from './check.ts';
import { checkNode } from './index.ts';
import type { EnforcedProfile } from './index.ts';

/** One finding about a manifest, before anything is applied. Lines count within the profile's own text. */
export interface LintFinding {
  rule: string;
  severity: 'Error' | 'Warn' | 'Info';
  profile: string;
  /** Program whose text `line` counts in; absent: ptp4l. */
  program?: LinuxptpProgram;
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

export interface LintOptions {
  /** Profile to judge by; absent: the one each configuration shows. */
  ituProfile?: EnforcedProfile;
  linuxptpVersion?: string;
}

/** Checks profiles that go to the same nodes, worst finding first. */
export function lintProfiles(profiles: readonly PtpProfile[], options: LintOptions = {}): LintResult {
  const expected = buildExpected({
    assigned: [
      { kind: 'profilesAssigned', node: '', source: 'Archive', atMicros: 0, origin: 'Desired', profiles },
    ],
    linuxptpVersion: options.linuxptpVersion,
  });
  return lintExpected(expected, options);
}

/** The same for a model made of anything else, such as plain configuration files. */
export function lintExpected(expected: Expected, options: LintOptions = {}): LintResult {
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
  program,
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
    program,
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
