import type { ConfigApplied, ConfigFile, ProfilesAssigned, PtpProfile } from '../observe/observation.ts';
import { DEFAULT_LINUXPTP_VERSION, compareVersions } from '../ptp/config/options.ts';
import type { Expected, ExpectedInstance } from './expected.ts';
import { instanceFromProfile, instanceFromTexts } from './expected-instance.ts';
import type { ProgramTexts, ProfileRelations } from './expected-instance.ts';

export interface ExpectedInput {
  /** The latest word of each origin, in any order. */
  assigned?: readonly ProfilesAssigned[];
  /** Configuration files found beside plain logs. */
  files?: readonly ConfigFile[];
  /** Configurations the daemon printed when it applied them. */
  applied?: readonly ConfigApplied[];
  /** Version of the linuxptp package on the node, for example `4.2-2.el9_4.3`. */
  linuxptpVersion?: string;
}

const ORIGINS = ['Applied', 'Desired', 'Matched'] as const;
const MAX_INSTANCES = 64;

/**
 * What a node is meant to do. The best source wins whole: ptp-configmap, then our own
 * computation, then matchList, then files, then what the daemon printed.
 */
export function buildExpected(input: ExpectedInput): Expected {
  const { assigned = [], files = [], applied = [], linuxptpVersion = DEFAULT_LINUXPTP_VERSION } = input;
  const problems = assigned.flatMap(({ origin, problem }) =>
    problem === undefined ? [] : [`${origin}: ${problem}`],
  );
  for (const origin of ORIGINS) {
    const source = assigned.findLast(
      (candidate) => candidate.origin === origin && candidate.problem === undefined,
    );
    if (source !== undefined) return fromProfiles(source, applied, linuxptpVersion, problems);
  }
  if (files.length > 0) return fromTexts('File', groupFiles(files), linuxptpVersion, problems);
  if (applied.length > 0) return fromTexts('Log', groupApplied(applied), linuxptpVersion, problems);
  return { origin: 'None', instances: [], problems };
}

function fromProfiles(
  source: ProfilesAssigned,
  applied: readonly ConfigApplied[],
  version: string,
  problems: readonly string[],
): Expected {
  const ordered = applyOrder(source.profiles, version).slice(0, MAX_INSTANCES);
  const relations = relationsOf(ordered);
  const printed = printedNumbers(ordered, applied);
  const instances = ordered.map((profile, index): ExpectedInstance => {
    const resourceName = source.resourceNames?.[profile.name];
    return {
      ...instanceFromProfile(profile, {
        configName: `ptp4l.${printed?.get(profile.name) ?? index}.config`,
        linuxptpVersion: version,
        relations: relations.get(profile.name) ?? {},
      }),
      ...(resourceName === undefined ? {} : { resourceName }),
    };
  });
  const dropped = source.profiles.length - ordered.length;
  return {
    origin: source.origin,
    instances,
    problems:
      dropped > 0
        ? [...problems, `${dropped} profiles beyond the first ${MAX_INSTANCES} are not read`]
        : problems,
  };
}

/**
 * The order the daemon applies profiles in; the place is N of `ptp4l.N.config`. Since the
 * daemon that ships linuxptp 4, profiles without phc2sysOpts come first, so that the phc2sys of
 * an HA pair finds its members' sockets; before, the order is that of the ConfigMap.
 */
export function applyOrder(profiles: readonly PtpProfile[], linuxptpVersion: string): readonly PtpProfile[] {
  const byName = profiles.toSorted((left, right) => compareBytes(left.name, right.name));
  if (compareVersions(linuxptpVersion, '4.0') < 0) return byName;
  return byName.toSorted((left, right) => Number(hasPhc2sys(left)) - Number(hasPhc2sys(right)));
}

function hasPhc2sys(profile: PtpProfile): boolean {
  return (profile.phc2sysOpts ?? '') !== '';
}

/** Go compares strings by bytes of UTF-8, which is the order of code points. */
export function compareBytes(left: string, right: string): number {
  const rightPoints = Array.from(right);
  let index = 0;
  for (const point of left) {
    const difference = (point.codePointAt(0) ?? 0) - (rightPoints[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
    index += 1;
  }
  return index - rightPoints.length;
}

/** N by profile as the daemon printed it, when it printed just these profiles. */
function printedNumbers(
  profiles: readonly PtpProfile[],
  applied: readonly ConfigApplied[],
): ReadonlyMap<string, number> | undefined {
  const numbers = new Map<string, number>();
  for (const { profile, configName } of applied) {
    const number = configNumber(configName);
    if (number !== undefined) numbers.set(profile, number);
  }
  const isSameSet = numbers.size === profiles.length && profiles.every(({ name }) => numbers.has(name));
  const isDistinct = new Set(numbers.values()).size === numbers.size;
  return isSameSet && isDistinct ? numbers : undefined;
}

function relationsOf(profiles: readonly PtpProfile[]): ReadonlyMap<string, ProfileRelations> {
  const names = profiles.map(({ name }) => name);
  const controlledBy = new Map<string, string>();
  for (const profile of profiles) {
    const wanted = profile.ptpSettings?.['controllingProfile'];
    if (wanted !== undefined && wanted !== '') controlledBy.set(profile.name, resolveName(wanted, names));
  }
  const controls = new Map([...controlledBy].map(([controlled, controlling]) => [controlling, controlled]));
  return new Map(
    profiles.map((profile) => {
      const controllingProfile = controlledBy.get(profile.name);
      const controlledProfile = controls.get(profile.name);
      const haProfiles = splitList(profile.ptpSettings?.['haProfiles']).map((name) =>
        resolveName(name, names),
      );
      return [
        profile.name,
        {
          ...(controllingProfile === undefined ? {} : { controllingProfile }),
          ...(controlledProfile === undefined ? {} : { controlledProfile }),
          ...(haProfiles.length === 0 ? {} : { haProfiles }),
        },
      ];
    }),
  );
}

/** References may lack the `<resource>_` the operator puts in front of profile names since 4.22. */
function resolveName(wanted: string, names: readonly string[]): string {
  if (names.includes(wanted)) return wanted;
  return names.find((name) => name.endsWith(`_${wanted}`) || name.endsWith(`/${wanted}`)) ?? wanted;
}

function splitList(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function fromTexts(
  origin: 'File' | 'Log',
  groups: readonly ProgramTexts[],
  version: string,
  problems: readonly string[],
): Expected {
  return {
    origin,
    instances: groups.slice(0, MAX_INSTANCES).map((group) => instanceFromTexts(group, version)),
    problems,
  };
}

const CONFIG_NAME = /(?:ptp4l|phc2sys|ts2phc|synce4l|chronyd)\.(\d+)\.config/;

function configNumber(configName: string | undefined): number | undefined {
  const match = CONFIG_NAME.exec(configName ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** Files of one number make one instance; a file without a number stands alone, or joins the only ptp4l. */
function groupFiles(files: readonly ConfigFile[]): readonly ProgramTexts[] {
  const groups = new Map<string, ProgramTexts>();
  const ptp4lFiles = files.filter(({ program }) => program === 'ptp4l');
  for (const file of files) {
    const number = configNumber(file.configName);
    const onlyPtp4l = ptp4lFiles.length === 1 ? ptp4lFiles[0]?.configName : undefined;
    const configName = number === undefined ? (onlyPtp4l ?? file.configName) : `ptp4l.${number}.config`;
    const group = groups.get(configName) ?? { configName, programs: {} };
    groups.set(
      configName,
      withProgram(group, file.program, { text: file.text, commandLine: file.commandLine }),
    );
  }
  return [...groups.values()].filter(({ programs }) => Object.keys(programs).length > 0);
}

function groupApplied(applied: readonly ConfigApplied[]): readonly ProgramTexts[] {
  const groups = new Map<string, ProgramTexts>();
  for (const { profile, configName, target, text, command } of applied) {
    const number = configNumber(configName);
    const before = groups.get(profile);
    const group = before ?? {
      configName: `ptp4l.${number ?? groups.size}.config`,
      name: profile,
      programs: {},
    };
    groups.set(
      profile,
      target === undefined ? group : withProgram(group, target, { text, commandLine: command }),
    );
  }
  return [...groups.values()];
}

function withProgram(
  group: ProgramTexts,
  program: string,
  given: { text: string | undefined; commandLine: string | undefined },
): ProgramTexts {
  if (program !== 'ptp4l' && program !== 'phc2sys' && program !== 'ts2phc' && program !== 'synce4l')
    return group;
  const before = group.programs[program] ?? {};
  const text = given.text ?? before.text;
  const commandLine = given.commandLine ?? before.commandLine;
  return {
    ...group,
    programs: {
      ...group.programs,
      [program]: {
        ...(text === undefined ? {} : { text }),
        ...(commandLine === undefined ? {} : { commandLine }),
      },
    },
  };
}
