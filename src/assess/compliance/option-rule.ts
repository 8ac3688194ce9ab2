import type { EffectiveConfig, EffectiveValue } from '../../ptp/config/effective.ts';
import { canonicalOption } from '../../ptp/config/options.ts';
import { parseNumber } from '../../ptp/config/number.ts';
import type { ClockType } from '../../ptp/states.ts';
import type { ExpectedInstance } from '../expected.ts';
import type { ComplianceLevel, ComplianceRule, ComplianceSubject, Outcome } from './check.ts';
import { pass, skip } from './check.ts';

/** The answer of a row for one value: fine, or wrong with an optional level of its own. */
export type ValueJudgement = 'Ok' | { level?: ComplianceLevel; because?: string };

export interface JudgedValue {
  /** As written, in lower case. */
  text: string;
  number: number | undefined;
  instance: ExpectedInstance;
  subject: ComplianceSubject;
  interfaceName?: string;
}

/** One row of a rule table: an option of ptp4l, for whom it holds, and which values are right. */
export interface OptionRow extends Omit<ComplianceRule, 'check'> {
  option: string;
  /** Judged for every port; else once per instance. */
  perPort?: boolean;
  /** Clock types the row speaks about; absent: all. */
  clockTypes?: readonly ClockType[];
  /** Right values in words, for people. */
  expected: string;
  judge: (value: JudgedValue) => ValueJudgement;
  /** Why the row does not apply here; undefined: it does. */
  skipWhen?: (subject: ComplianceSubject) => string | undefined;
}

/** Makes a rule of a row. A missing option is judged by its built-in default, for that is in force. */
export function optionRule(row: OptionRow): ComplianceRule {
  const { option, perPort, clockTypes, skipWhen } = row;
  return {
    ...ruleOf(row),
    check(subject) {
      const { ptp4l, clockType } = subject.instance;
      if (ptp4l === undefined) return skip('the profile runs no ptp4l');
      if (clockTypes !== undefined && !clockTypes.includes(clockType))
        return skip(`not for a clock of type ${clockType}`);
      const reason = skipWhen?.(subject) ?? refusedOption(ptp4l, option);
      if (reason !== undefined) return skip(reason);
      const ports = perPort === true && ptp4l.interfaceNames.length > 0 ? ptp4l.interfaceNames : [undefined];
      const wrong = ports.flatMap((interfaceName) => judgeAt(interfaceName, ptp4l, row, subject));
      return wrong.length > 0
        ? onePerLine(wrong)
        : pass(`${option} is ${ptp4l.get(option, ports[0])?.value ?? 'not set'}`);
    },
  };
}

/** The row without what only makes the check. */
function ruleOf(row: OptionRow): Omit<ComplianceRule, 'check'> {
  const { id, title, family, level, standard, clause, edition, confidence, remedy, reference } = row;
  const { option, expected, clockTypes, perPort } = row;
  return {
    ...{ id, title, family, level, standard, clause, edition, confidence, remedy, reference },
    ...{ option, expected, clockTypes, perPort },
  };
}

/** Several ports may show one and the same line: it is one finding. */
function onePerLine(outcomes: readonly Outcome[]): readonly Outcome[] {
  const seen = new Map<string, Outcome>();
  for (const outcome of outcomes) {
    const key = `${outcome.line ?? ''} ${outcome.section ?? ''} ${outcome.found ?? ''}`;
    if (!seen.has(key)) seen.set(key, outcome);
  }
  return [...seen.values()].slice(0, MAX_OUTCOMES);
}

const MAX_OUTCOMES = 16;

function judgeAt(
  interfaceName: string | undefined,
  ptp4l: EffectiveConfig,
  row: OptionRow,
  subject: ComplianceSubject,
): readonly Outcome[] {
  const value = ptp4l.get(row.option, interfaceName);
  if (value === undefined) return [];
  const judgement = row.judge({
    text: value.value.toLowerCase(),
    number: parseNumber(value.value),
    instance: subject.instance,
    subject,
    ...(interfaceName === undefined ? {} : { interfaceName }),
  });
  if (judgement === 'Ok') return [];
  const because = judgement.because === undefined ? '' : `: ${judgement.because}`;
  return [
    {
      result: 'Fail',
      ...(judgement.level === undefined ? {} : { level: judgement.level }),
      option: row.option,
      ...placeOf(value, interfaceName),
      expected: row.expected,
      found: describe(value),
      message: `${row.option} is ${describe(value)}, expected ${row.expected}${because}`,
    },
  ];
}

function placeOf(
  value: EffectiveValue,
  interfaceName: string | undefined,
): Pick<Outcome, 'section' | 'line'> {
  const section = value.section ?? (value.origin === 'Port' ? interfaceName : undefined);
  return {
    ...(section === undefined ? {} : { section }),
    ...(value.line === undefined ? {} : { line: value.line }),
  };
}

function describe({ value, origin }: EffectiveValue): string {
  return origin === 'Default' ? `${value} (built-in default)` : value.slice(0, 64);
}

const REFUSALS = new Set(['TabSeparated', 'BadValue', 'OutOfRange', 'WrongSection', 'BadLine']);

/** A setting linuxptp or the daemon refuses has a finding of its own: the cause, not its consequence. */
export function refusedOption(config: EffectiveConfig, option: string): string | undefined {
  const name = canonicalOption(option);
  const problem = config.problems.find((candidate) => {
    return (
      REFUSALS.has(candidate.code) &&
      candidate.option !== undefined &&
      canonicalOption(candidate.option) === name
    );
  });
  return problem === undefined ? undefined : `the setting itself is not usable (${problem.code})`;
}
