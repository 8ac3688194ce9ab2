import type { ConfigProblem, ConfigProblemCode, EffectiveConfig } from '../../ptp/config/effective.ts';
import type { ComplianceLevel, ComplianceRule, ComplianceSubject, Outcome } from './check.ts';
import { fail, pass, skip } from './check.ts';

/** What linuxptp refuses or reads in another way than it looks, and what the daemon loses on the way. */
interface ProblemRow {
  id: string;
  title: string;
  family: 'linuxptp' | 'daemon';
  codes: readonly ConfigProblemCode[];
  level: ComplianceLevel;
  remedy: string;
  levelOf?: (problem: ConfigProblem) => ComplianceLevel;
}

const ROWS: readonly ProblemRow[] = [
  {
    id: 'linuxptp-unknown-option',
    family: 'linuxptp',
    codes: ['UnknownOption'],
    level: 'Critical',
    title: 'every option is known to linuxptp',
    remedy: 'Remove the option or mend its spelling: the program exits at start.',
  },
  {
    id: 'linuxptp-newer-option',
    family: 'linuxptp',
    codes: ['NewerOption'],
    level: 'Warn',
    title: 'no option is newer than the linuxptp that runs',
    remedy: 'Check that this build knows the option, or remove it.',
  },
  {
    id: 'linuxptp-value',
    family: 'linuxptp',
    codes: ['BadValue', 'OutOfRange'],
    level: 'Critical',
    title: 'every value is one linuxptp accepts',
    remedy: 'Give a value of the right type within the range; comments behind a value are part of it.',
  },
  {
    id: 'linuxptp-wrong-section',
    family: 'linuxptp',
    codes: ['WrongSection'],
    level: 'Critical',
    title: 'every option stands in a section that may hold it',
    remedy: 'Move the option to [global].',
  },
  {
    id: 'linuxptp-bad-line',
    family: 'linuxptp',
    codes: ['BadLine'],
    level: 'Critical',
    title: 'every line can be read',
    remedy: 'Write "option value" on one line, in a section.',
  },
  {
    id: 'linuxptp-no-global',
    family: 'linuxptp',
    codes: ['NoGlobal'],
    level: 'Warn',
    title: 'there is a [global] section',
    remedy: 'Add [global] with the options of the profile.',
  },
  {
    id: 'linuxptp-duplicate-option',
    family: 'linuxptp',
    codes: ['DuplicateOption'],
    level: 'Warn',
    title: 'no option is given twice with two values',
    remedy: 'Keep one of the two: the later one is in force.',
  },
  {
    id: 'linuxptp-size',
    family: 'linuxptp',
    codes: ['TooLarge'],
    level: 'Error',
    title: 'the configuration can be read whole',
    remedy: 'Cut the text to what the programs need.',
  },
  {
    id: 'daemon-tab-separated',
    family: 'daemon',
    codes: ['TabSeparated'],
    level: 'Critical',
    title: 'options and values are separated by spaces',
    remedy: 'Put a space between option and value: the daemon drops lines with a tab only.',
  },
  {
    id: 'daemon-merged-section',
    family: 'daemon',
    codes: ['DuplicateSection'],
    level: 'Warn',
    title: 'section names are unique',
    remedy: 'Give each section once; the daemon merges sections of one name.',
    levelOf: (problem) => (problem.section === 'unicast_master_table' ? 'Error' : 'Warn'),
  },
];

function problemRule({ codes, levelOf, ...row }: ProblemRow): ComplianceRule {
  return {
    ...row,
    standard: row.family === 'daemon' ? 'linuxptp-daemon' : 'linuxptp',
    confidence: 'Verified',
    check(subject) {
      const found = programsOf(subject).flatMap((config) =>
        config.problems.filter(({ code }) => codes.includes(code)).map((problem) => ({ config, problem })),
      );
      if (found.length === 0) return pass('nothing found');
      return found.slice(0, MAX_OUTCOMES).map(({ config, problem }): Outcome => {
        const { option, section, line, message } = problem;
        return {
          result: 'Fail',
          program: config.program,
          message: `${config.program}: ${message}`,
          ...(levelOf === undefined ? {} : { level: levelOf(problem) }),
          ...(option === undefined ? {} : { option }),
          ...(section === undefined ? {} : { section }),
          ...(line === undefined ? {} : { line }),
        };
      });
    },
  };
}

const MAX_OUTCOMES = 32;

function programsOf({ instance }: ComplianceSubject): readonly EffectiveConfig[] {
  return [instance.ptp4l, instance.phc2sys, instance.ts2phc, instance.synce4l].filter(
    (config) => config !== undefined,
  );
}

const HAS_INTERFACE: ComplianceRule = {
  id: 'linuxptp-interface',
  title: 'ptp4l is given an interface',
  family: 'linuxptp',
  level: 'Critical',
  standard: 'linuxptp',
  confidence: 'Verified',
  remedy: 'Add a section with the name of the interface, or set interface in the profile.',
  check({ instance: { ptp4l } }) {
    if (ptp4l === undefined) return skip('the profile runs no ptp4l');
    // Without its header, the section of a port is lost: that has a finding of its own.
    if (ptp4l.problems.some(({ code, section }) => code === 'WrongSection' && section === undefined))
      return skip('settings stand before any section');
    return ptp4l.interfaceNames.length > 0
      ? pass('there is an interface')
      : fail('no interface is specified: ptp4l exits at start');
  },
};

export const LINUXPTP_RULES: readonly ComplianceRule[] = [...ROWS.map(problemRule), HAS_INTERFACE];
