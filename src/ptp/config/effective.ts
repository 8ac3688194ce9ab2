import { FLAG_DEFAULTS, parseCommandLine } from './command-line.ts';
import type { CommandLine } from './command-line.ts';
import { parseNumber } from './number.ts';
import {
  DEFAULT_LINUXPTP_VERSION,
  canonicalOption,
  compareVersions,
  defaultValue,
  isDownstreamOption,
  judgeValue,
  optionDefinition,
} from './options.ts';
import type { ConfigProblem, LinuxptpProgram } from './problem.ts';
import { GLOBAL_SECTION, UNICAST_SECTION, isInterfaceSection, parseConfig } from './parse.ts';
import type { ConfigDialect, ConfigSection, ParsedConfig } from './parse.ts';

export type { ConfigProblem, ConfigProblemCode, LinuxptpProgram } from './problem.ts';

/**
 * The value a linuxptp program really uses for an option, and where it came from:
 * port section > command line > [global] > built-in default of that linuxptp version.
 */
export interface EffectiveValue {
  option: string;
  value: string;
  origin: 'Port' | 'CommandLine' | 'Global' | 'Default';
  /** Section or flag it stands in. */
  section?: string;
  line?: number;
}

export interface EffectiveConfig {
  program: LinuxptpProgram;
  /** Interface sections in file order. */
  interfaceNames: readonly string[];
  /** Value of an option, for one port when an interface is given. */
  get(option: string, interfaceName?: string): EffectiveValue | undefined;
  /** The same as a number; undefined when absent or not a number. */
  number(option: string, interfaceName?: string): number | undefined;
  /** Sections as read, the unicast master tables among them. */
  readonly sections: readonly ConfigSection[];
  /** Every option set by file or command line, for display. */
  readonly explicit: readonly EffectiveValue[];
  /** Lines and options that linuxptp or the daemon would drop or refuse. */
  readonly problems: readonly ConfigProblem[];
}

export interface EffectiveConfigInput {
  program: LinuxptpProgram;
  /** Configuration text; undefined: none is given to the program. */
  text?: string;
  /** Who reads the text first: the daemon (text of a PtpConfig) or linuxptp itself. */
  dialect?: ConfigDialect;
  /** Options as on the command line, with or without the program's path in front. */
  commandLine?: string;
  /** The profile's own `interface`, which the daemon adds as a section. */
  extraInterface?: string;
  linuxptpVersion?: string;
}

const MAX_PROBLEMS = 200;

/**
 * The values a linuxptp program really uses. Never throws: what it would refuse or drop is in
 * `problems`, and the value is still shown as written.
 */
export function effectiveConfig(input: EffectiveConfigInput): EffectiveConfig {
  const { program, linuxptpVersion = DEFAULT_LINUXPTP_VERSION } = input;
  const parsed = parseConfig(input.text ?? '', input.dialect);
  const commandLine = parseCommandLine(program, input.commandLine ?? '');
  const sections = sectionValues(parsed);
  const fromCommandLine = commandLineValues(commandLine);
  const global = sections.get(GLOBAL_SECTION);

  const get = (option: string, interfaceName?: string): EffectiveValue | undefined => {
    const name = canonicalOption(option);
    const ofPort = interfaceName === undefined ? undefined : sections.get(interfaceName)?.get(name);
    return (
      ofPort ?? fromCommandLine.get(name) ?? global?.get(name) ?? builtIn(program, name, linuxptpVersion)
    );
  };
  return {
    program,
    interfaceNames: interfaceNames(parsed, commandLine, input.extraInterface),
    get,
    number: (option, interfaceName) => {
      const found = get(option, interfaceName);
      return found === undefined ? undefined : parseNumber(found.value);
    },
    sections: parsed.sections,
    explicit: [
      ...fromCommandLine.values(),
      ...[...sections.values()].flatMap((values) => [...values.values()]),
    ],
    problems: problemsOf(program, parsed, commandLine, linuxptpVersion),
  };
}

/** Settings of each section by canonical name; of two equal ones the later holds, as in linuxptp. */
function sectionValues(parsed: ParsedConfig): ReadonlyMap<string, ReadonlyMap<string, EffectiveValue>> {
  const bySection = new Map<string, ReadonlyMap<string, EffectiveValue>>();
  for (const section of parsed.sections) {
    if (section.name === UNICAST_SECTION) continue;
    const origin = section.name === GLOBAL_SECTION ? 'Global' : 'Port';
    const values = new Map<string, EffectiveValue>();
    for (const { option, value, line } of section.settings) {
      const name = canonicalOption(option);
      values.set(name, { option: name, value, origin, section: section.name, line });
    }
    bySection.set(section.name, values);
  }
  return bySection;
}

function commandLineValues(commandLine: CommandLine): ReadonlyMap<string, EffectiveValue> {
  return new Map(
    commandLine.options.map(({ option, value, flag }) => [
      option,
      { option, value, origin: 'CommandLine', section: flag },
    ]),
  );
}

function builtIn(program: LinuxptpProgram, option: string, version: string): EffectiveValue | undefined {
  const flagDefaults = FLAG_DEFAULTS[program];
  const value = Object.hasOwn(flagDefaults, option)
    ? flagDefaults[option]
    : tableDefault(program, option, version);
  return value === undefined ? undefined : { option, value, origin: 'Default' };
}

function tableDefault(program: LinuxptpProgram, option: string, version: string): string | undefined {
  // synce4l has a table of its own; nothing here depends on its defaults.
  if (program === 'synce4l') return undefined;
  const definition = optionDefinition(option);
  if (definition === undefined) return undefined;
  const value = defaultValue(definition, version);
  return value === '' ? undefined : value;
}

function interfaceNames(
  parsed: ParsedConfig,
  commandLine: CommandLine,
  extraInterface: string | undefined,
): readonly string[] {
  const names = new Set(commandLine.interfaceNames);
  for (const { name } of parsed.sections) if (isInterfaceSection(name)) names.add(name);
  if (extraInterface !== undefined && extraInterface !== '') names.add(extraInterface);
  return [...names];
}

function problemsOf(
  program: LinuxptpProgram,
  parsed: ParsedConfig,
  commandLine: CommandLine,
  version: string,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [...parsed.problems, ...commandLine.problems];
  if (program !== 'synce4l') {
    for (const section of parsed.sections) {
      if (problems.length > MAX_PROBLEMS) break;
      if (section.name !== UNICAST_SECTION) problems.push(...sectionProblems(section, version));
    }
    problems.push(...commandLineProblems(commandLine, version));
  }
  const hasGlobal = parsed.sections.some((section) => section.name === GLOBAL_SECTION);
  if (parsed.sections.length > 0 && !hasGlobal) {
    problems.push({
      code: 'NoGlobal',
      message: 'there is no [global] section: the built-in defaults are in force',
    });
  }
  return problems.slice(0, MAX_PROBLEMS);
}

function sectionProblems(section: ConfigSection, version: string): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Map<string, string>();
  for (const { option, value, line } of section.settings) {
    const place = { option, section: section.name, line };
    const name = canonicalOption(option);
    const before = seen.get(name);
    if (before !== undefined && before !== value) {
      problems.push({
        code: 'DuplicateOption',
        message: `${option} is given twice in [${section.name}]; the later value ${value} holds`,
        ...place,
      });
    }
    seen.set(name, value);
    const problem = optionProblem(option, value, version) ?? placeProblem(option, section);
    if (problem !== undefined) problems.push({ ...problem, ...place });
  }
  return problems;
}

/** Options of the table may stand in a port section only where the table says so. */
function placeProblem(
  option: string,
  section: ConfigSection,
): Pick<ConfigProblem, 'code' | 'message'> | undefined {
  if (section.name === GLOBAL_SECTION || optionDefinition(option)?.port !== false) return undefined;
  return {
    code: 'WrongSection',
    message: `${option} belongs to [global]: linuxptp calls it unknown in [${section.name}] and refuses the file`,
  };
}

function optionProblem(
  option: string,
  value: string,
  version: string,
): Pick<ConfigProblem, 'code' | 'message'> | undefined {
  const definition = optionDefinition(option);
  if (definition === undefined) {
    if (isDownstreamOption(option)) return undefined;
    return { code: 'UnknownOption', message: `${option} is no linuxptp option: the program exits at start` };
  }
  if (compareVersions(version, definition.since) < 0) {
    return {
      code: 'NewerOption',
      message: `${option} came with linuxptp ${definition.since}; version ${version} exits at start unless the build carries it`,
    };
  }
  const verdict = judgeValue(definition, value, version);
  if (verdict === 'Ok') return undefined;
  const what = verdict === 'OutOfRange' ? 'out of range' : 'no value';
  return {
    code: verdict,
    message: `${value.slice(0, 64)} is ${what} for ${option}: the program exits at start`,
  };
}

function commandLineProblems(commandLine: CommandLine, version: string): readonly ConfigProblem[] {
  return commandLine.options.flatMap(({ option, value, flag }) => {
    // A flag of its own, or one that may name several domains or sockets.
    if (option.startsWith('-') || value.includes(',')) return [];
    const problem = optionProblem(option, value, version);
    return problem === undefined ? [] : [{ ...problem, option, section: flag }];
  });
}
