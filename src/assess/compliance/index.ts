import type { PtpDevice } from '../../observe/observation.ts';
import type { PtpHealthPolicySpec } from '../../api/policy.ts';
import { CLOCK_TYPE_RULE } from '../clock-type-rule.ts';
import type { Expected, ExpectedInstance } from '../expected.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { SEVERITY_OF_LEVEL, runRule } from './check.ts';
import type { ComplianceCheck, ComplianceFamily, ComplianceRule } from './check.ts';
import { CROSS_PROCESS_RULES } from './cross-process.ts';
import { DAEMON_RULES } from './daemon.ts';
import { G8275_1_EDITION, G8275_1_RULES } from './g8275-1/index.ts';
import { G8275_2_EDITION, G8275_2_RULES } from './g8275-2.ts';
import { IEEE1588_EDITION, IEEE1588_RULES } from './ieee1588.ts';
import { driftRules } from './drift.ts';
import { LINUXPTP_RULES } from './linuxptp.ts';
import { liveRules } from './live.ts';

export type { ComplianceCheck, ComplianceRule } from './check.ts';

/** Every compliance rule there is, in the order documents show them. */
export const COMPLIANCE_RULE_TABLE: readonly ComplianceRule[] = [
  ...G8275_1_RULES,
  ...G8275_2_RULES,
  ...IEEE1588_RULES,
  ...LINUXPTP_RULES,
  ...DAEMON_RULES,
  ...CROSS_PROCESS_RULES,
];

export type EnforcedProfile = PtpHealthPolicySpec['ituProfile'];

/** Families that are judged whatever profile is meant. */
const ALWAYS: ReadonlySet<ComplianceFamily> = new Set(['linuxptp', 'daemon', 'cross-process']);

const EDITIONS: Readonly<Record<string, string>> = {
  'G.8275.1': G8275_1_EDITION,
  'G.8275.2': G8275_2_EDITION,
  IEEE1588: IEEE1588_EDITION,
};

export interface RuleSet {
  /** `G.8275.1`, `G.8275.2`, `IEEE1588` or `None`. */
  name: string;
  edition?: string;
}

/** The profile an instance is judged by: the one its configuration shows, unless the policy names one. */
export function ruleSetOf(instance: ExpectedInstance, enforced: EnforcedProfile = 'Auto'): RuleSet {
  const name = enforced === 'Auto' ? instance.ituProfile : enforced;
  const edition = EDITIONS[name];
  return edition === undefined ? { name: 'None' } : { name, edition };
}

export interface CheckOptions {
  ituProfile?: EnforcedProfile;
  devices?: readonly PtpDevice[];
  /** Judged are files, not a node: a profile named and not found may stand in another file. */
  isPartial?: boolean;
}

/** All checks of one instance. A pure function of configuration; nothing the node reports is needed. */
export function checkInstance(
  instance: ExpectedInstance,
  expected: Expected,
  options: CheckOptions = {},
): readonly ComplianceCheck[] {
  const { name } = ruleSetOf(instance, options.ituProfile);
  const subject = { instance, expected, devices: options.devices, isPartial: options.isPartial };
  return COMPLIANCE_RULE_TABLE.filter(({ family }) => ALWAYS.has(family) || family === name).flatMap((rule) =>
    runRule(rule, subject),
  );
}

/** All checks of a node. */
export function checkNode(expected: Expected, options: CheckOptions = {}): readonly ComplianceCheck[] {
  return expected.instances.flatMap((instance) => checkInstance(instance, expected, options));
}

type ChecksByRule = ReadonlyMap<string, readonly ComplianceCheck[]>;
interface Remembered {
  ituProfile: EnforcedProfile;
  devices: readonly PtpDevice[] | undefined;
  checks: ChecksByRule;
}

/** Configuration changes rarely and evaluations are many: the checks of a model are kept with it. */
const remembered = new WeakMap<Expected, Remembered>();

function checksOf({ expected, policy, state }: RuleContext): ChecksByRule {
  const { ituProfile } = policy;
  const devices = state.devices?.devices;
  const known = remembered.get(expected);
  if (known?.ituProfile === ituProfile && known.devices === devices) return known.checks;
  const isPartial = expected.origin === 'File' || expected.origin === 'Log';
  const all = checkNode(expected, { ituProfile, isPartial, ...(devices === undefined ? {} : { devices }) });
  const checks = Map.groupBy(all, ({ rule }) => rule.id);
  remembered.set(expected, { ituProfile, devices, checks });
  return checks;
}

function toRule(rule: ComplianceRule): Rule {
  return {
    id: rule.id,
    title: rule.title,
    dimension: 'Configuration',
    standard: [rule.standard, rule.clause].filter((part) => part !== undefined).join(' '),
    severity: SEVERITY_OF_LEVEL[rule.level],
    remedy: rule.remedy,
    ...(rule.reference === undefined ? {} : { reference: rule.reference }),
    check: (context) => (checksOf(context).get(rule.id) ?? []).map(toFinding),
  };
}

/** The compliance rules as the engine runs them: what is configured, what is applied, what behaves. */
export const complianceRules: readonly Rule[] = [
  ...COMPLIANCE_RULE_TABLE.map(toRule),
  CLOCK_TYPE_RULE,
  ...driftRules,
  ...liveRules,
];

export function toFinding(check: ComplianceCheck): Finding {
  const { rule, section, option, expected, found } = check;
  const subject = [section, option].filter((part) => part !== undefined).join(' ');
  const reference =
    rule.reference ??
    [rule.standard, rule.edition === undefined ? '' : `(${rule.edition})`, rule.clause]
      .filter(Boolean)
      .join(' ');
  return {
    rule: rule.id,
    dimension: 'Configuration',
    result: check.verdict,
    severity: check.severity,
    subject: subject === '' ? check.instance : subject,
    instance: check.instance,
    message: check.line === undefined ? check.message : `${check.message} (line ${check.line})`,
    ...(found === undefined ? {} : { observed: found }),
    ...(expected === undefined ? {} : { expected }),
    source: 'Resource',
    ...(check.result === 'Fail' ? { remedy: rule.remedy } : {}),
    reference,
  };
}
