import type { HealthVerdict, CheckResult } from '../../ptp/health.ts';
import type { PtpDevice } from '../../observe/observation.ts';
import type { LinuxptpProgram } from '../../ptp/config/effective.ts';
import type { ClockType } from '../../ptp/states.ts';
import type { Expected, ExpectedInstance } from '../expected.ts';

/** How much a broken rule weighs. `Info` is worth showing and is no violation. */
export type ComplianceLevel = 'Critical' | 'Error' | 'Warn' | 'Info';

export type ComplianceFamily = 'G.8275.1' | 'G.8275.2' | 'IEEE1588' | 'linuxptp' | 'daemon' | 'cross-process';

/** How sure the source of a rule is: read in the text or code, known, or a custom to be configured. */
export type Confidence = 'Verified' | 'Known' | 'Assumed';

/** Where a rule looks: at one instance, with the whole node around it. */
export interface ComplianceSubject {
  instance: ExpectedInstance;
  expected: Expected;
  /** NICs of the node, where NodePtpDevice tells. */
  devices?: readonly PtpDevice[];
  /** The profiles come from files: others of the same node may stand elsewhere. */
  isPartial?: boolean;
}

/** What one rule found at one place. `level` overrides the rule's own. */
export interface Outcome {
  result: 'Pass' | 'Fail' | 'Skip' | 'Unknown' | 'Error';
  level?: ComplianceLevel;
  /** Program whose configuration is meant; absent: that of ptp4l, or the profile's own fields. */
  program?: LinuxptpProgram;
  option?: string;
  /** Port or section concerned. */
  section?: string;
  /** Line of the program's configuration text. */
  line?: number;
  expected?: string;
  found?: string;
  message: string;
}

export interface ComplianceRule {
  /** Stable, for example `G8275.1-domain`. */
  readonly id: string;
  readonly title: string;
  readonly family: ComplianceFamily;
  readonly level: ComplianceLevel;
  readonly standard: string;
  readonly clause?: string;
  readonly edition?: string;
  readonly confidence: Confidence;
  readonly remedy: string;
  readonly reference?: string;
  /** Option of ptp4l the rule looks at, where it is one. */
  readonly option?: string;
  /** Right values in words. */
  readonly expected?: string;
  /** Clock types it holds for; absent: all, or the check itself says. */
  readonly clockTypes?: readonly ClockType[];
  /** Looked at for each port, not once per instance. */
  readonly perPort?: boolean;
  readonly check: (subject: ComplianceSubject) => readonly Outcome[];
}

/** One line of a compliance report: a rule with what it found. */
export interface ComplianceCheck extends Outcome {
  rule: ComplianceRule;
  instance: string;
  level: ComplianceLevel;
  /** As reported: a broken Warn rule is `Warn`, a broken Info rule stays `Pass`. */
  verdict: CheckResult;
  severity: HealthVerdict;
}

export const SEVERITY_OF_LEVEL: Readonly<Record<ComplianceLevel, HealthVerdict>> = {
  Critical: 'Critical',
  Error: 'Moderate',
  Warn: 'Minor',
  Info: 'Healthy',
};
const VERDICT: Readonly<Record<ComplianceLevel, CheckResult>> = {
  Critical: 'Fail',
  Error: 'Fail',
  Warn: 'Warn',
  Info: 'Pass',
};

/** Runs one rule. A rule that breaks gives an `Error` result and takes nothing else down. */
export function runRule(rule: ComplianceRule, subject: ComplianceSubject): readonly ComplianceCheck[] {
  return outcomesOf(rule, subject).map((outcome) => {
    const level = outcome.level ?? rule.level;
    const isBroken = outcome.result === 'Fail';
    const isUndecided = outcome.result === 'Unknown' || outcome.result === 'Error';
    return {
      ...outcome,
      rule,
      instance: subject.instance.name,
      level,
      verdict: isBroken ? VERDICT[level] : outcome.result,
      severity: isBroken ? SEVERITY_OF_LEVEL[level] : isUndecided ? 'Unknown' : 'Healthy',
    };
  });
}

function outcomesOf(rule: ComplianceRule, subject: ComplianceSubject): readonly Outcome[] {
  try {
    return rule.check(subject);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    return [{ result: 'Error', message: `the check could not be made: ${reason}` }];
  }
}

export function pass(message: string): readonly Outcome[] {
  return [{ result: 'Pass', message }];
}

export function skip(message: string): readonly Outcome[] {
  return [{ result: 'Skip', message }];
}

export function fail(message: string, details: Omit<Outcome, 'result' | 'message'> = {}): readonly Outcome[] {
  return [{ result: 'Fail', message, ...details }];
}
