import { LINUXPTP_OPTIONS } from './linuxptp-options.ts';
import type { OptionDefinition } from './linuxptp-options.ts';
import { parseInteger, parseReal } from './number.ts';

export type { OptionDefinition } from './linuxptp-options.ts';
export { LINUXPTP_OPTIONS } from './linuxptp-options.ts';

/** The version assumed where none was seen: the one current OpenShift releases ship. */
export const DEFAULT_LINUXPTP_VERSION = '4.4';

/** Older spellings linuxptp still takes, with the name it uses today. */
export const OPTION_ALIASES: Readonly<Record<string, string>> = {
  slaveOnly: 'clientOnly',
  masterOnly: 'serverOnly',
  pi_offset_const: 'step_threshold',
  pi_f_offset_const: 'first_step_threshold',
  pi_max_frequency: 'max_frequency',
};

const BY_NAME: ReadonlyMap<string, OptionDefinition> = new Map(
  LINUXPTP_OPTIONS.map((option) => [option.name, option]),
);
const ALIASES: ReadonlyMap<string, string> = new Map(Object.entries(OPTION_ALIASES));

/** The name the table uses for an option, whichever spelling a configuration has. */
export function canonicalOption(name: string): string {
  return ALIASES.get(name) ?? name;
}

export function optionDefinition(name: string): OptionDefinition | undefined {
  return BY_NAME.get(canonicalOption(name));
}

/** Keys of downstream builds that are in no public table, for example `ts2phc.rh_external_pps`. */
export function isDownstreamOption(name: string): boolean {
  return name.startsWith('ts2phc.rh_');
}

/** Compares dotted versions by their first two numbers; text after them is ignored. */
export function compareVersions(left: string, right: string): number {
  const [leftMajor, leftMinor] = versionNumbers(left);
  const [rightMajor, rightMinor] = versionNumbers(right);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}

function versionNumbers(version: string): [number, number] {
  const match = /(\d+)(?:\.(\d+))?/.exec(version);
  return [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
}

export function defaultValue(definition: OptionDefinition, version: string): string {
  const { defaultBefore } = definition;
  if (defaultBefore !== undefined && compareVersions(version, defaultBefore.version) < 0)
    return defaultBefore.value;
  return definition.defaultValue;
}

export function optionRange(
  definition: OptionDefinition,
  version: string,
): readonly [number, number] | undefined {
  const { rangeBefore } = definition;
  if (rangeBefore !== undefined && compareVersions(version, rangeBefore.version) < 0)
    return rangeBefore.range;
  return definition.range;
}

/** How a linuxptp program takes a value: it refuses to start on anything but `Ok`. */
export type ValueVerdict = 'Ok' | 'BadValue' | 'OutOfRange';

const FAULT_INTERVALS = new Set(['fault_reset_interval', 'fault_badpeernet_interval']);

export function judgeValue(definition: OptionDefinition, value: string, version: string): ValueVerdict {
  switch (definition.type) {
    case 'Text':
      return 'Ok';
    case 'Enumeration': {
      const wanted = value.toLowerCase();
      return definition.words?.some((word) => word.toLowerCase() === wanted) === true ? 'Ok' : 'BadValue';
    }
    case 'Integer':
      if (FAULT_INTERVALS.has(definition.name) && value.toUpperCase() === 'ASAP') return 'Ok';
      return judgeNumber(parseInteger(value), optionRange(definition, version));
    case 'Real':
      return judgeNumber(parseReal(value), optionRange(definition, version));
  }
}

function judgeNumber(value: number | undefined, range: readonly [number, number] | undefined): ValueVerdict {
  if (value === undefined) return 'BadValue';
  if (range === undefined) return 'Ok';
  return value >= range[0] && value <= range[1] ? 'Ok' : 'OutOfRange';
}
