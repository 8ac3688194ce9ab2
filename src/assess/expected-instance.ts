import type { PtpProfile } from '../observe/observation.ts';
import { inferClockType, portRoles } from '../ptp/config/clock-type.ts';
import { effectiveConfig } from '../ptp/config/effective.ts';
import type { EffectiveConfig, LinuxptpProgram } from '../ptp/config/effective.ts';
import { detectItuProfile } from '../ptp/config/itu-profile.ts';
import { phc2sysOffsetLines, ptp4lOffsetLines } from '../ptp/config/offset-lines.ts';
import type { LogFilter, OffsetLineExpectation } from '../ptp/config/offset-lines.ts';
import { parseConfig } from '../ptp/config/parse.ts';
import type { ExpectedInstance } from './expected.ts';

export interface ProfileRelations {
  controllingProfile?: string;
  controlledProfile?: string;
  haProfiles?: readonly string[];
}

interface ProfilePlace {
  configName: string;
  linuxptpVersion: string;
  relations: ProfileRelations;
}

/** Configuration texts and command lines of one instance, as files or log lines gave them. */
export interface ProgramTexts {
  configName: string;
  name?: string;
  programs: Partial<Record<LinuxptpProgram, { text?: string; commandLine?: string }>>;
}

type Programs = Pick<ExpectedInstance, 'ptp4l' | 'phc2sys' | 'ts2phc' | 'synce4l'>;
type Thresholds = ExpectedInstance['thresholds'];
type Holdover = NonNullable<ExpectedInstance['holdover']>;

export function instanceFromProfile(profile: PtpProfile, place: ProfilePlace): ExpectedInstance {
  const { relations } = place;
  const programs = programsOf(profile, place.linuxptpVersion);
  const clockType = inferClockType({
    ...programs,
    setting: profile.ptpSettings?.['clockType'],
    isControlled: relations.controllingProfile !== undefined,
    isControlling: relations.controlledProfile !== undefined,
    hasUpstreamPort: upstreamPorts(profile).length > 0,
    isDaemonProfile: true,
  });
  return {
    name: profile.name,
    configName: place.configName,
    clockType,
    ...described(programs, { ...profile.ptpSettings }),
    thresholds: thresholdsOf(profile),
    holdover: holdoverOf(profile, programs),
    ...relations,
    plugins: Object.keys(profile.plugins ?? {}),
    profile,
  };
}

export function instanceFromTexts(texts: ProgramTexts, linuxptpVersion: string): ExpectedInstance {
  const programs: Programs = {};
  for (const program of ['ptp4l', 'phc2sys', 'ts2phc', 'synce4l'] as const) {
    const given = texts.programs[program];
    if (given !== undefined) programs[program] = effectiveConfig({ program, ...given, linuxptpVersion });
  }
  const profileName = parseConfig(texts.programs.ptp4l?.text ?? '').profileName;
  return {
    name: texts.name ?? profileName ?? texts.configName,
    configName: texts.configName,
    clockType: inferClockType(programs),
    ...described(programs, {}),
    thresholds: DEFAULT_THRESHOLDS,
    plugins: [],
  };
}

const NO_LINES: OffsetLineExpectation = { kind: 'None' };

/** Everything that follows from the effective configurations alone. */
function described(
  programs: Programs,
  filter: LogFilter,
): Programs &
  Pick<
    ExpectedInstance,
    | 'ituProfile'
    | 'domainNumber'
    | 'ports'
    | 'offsetLines'
    | 'offsetIntervalSeconds'
    | 'phc2sysIntervalSeconds'
  > {
  const { ptp4l, phc2sys } = programs;
  const ports = ptp4l === undefined ? [] : portRoles(ptp4l);
  const receiver = ports.find(({ role }) => role !== 'TimeTransmitter')?.interfaceName;
  const ptp4lLines = ptp4l === undefined ? NO_LINES : ptp4lOffsetLines(ptp4l, filter, receiver);
  const phc2sysLines = phc2sys === undefined ? NO_LINES : phc2sysOffsetLines(phc2sys, filter);
  return {
    ...programs,
    ituProfile: detectItuProfile(ptp4l),
    domainNumber: domainOf(ptp4l),
    ports,
    offsetLines: { ptp4l: ptp4lLines.kind, phc2sys: phc2sysLines.kind },
    offsetIntervalSeconds: ptp4lLines.intervalSeconds,
    phc2sysIntervalSeconds: phc2sysLines.intervalSeconds,
  };
}

/** An absent ptp4lOpts still starts ptp4l, an empty one does not; the others run only with options. */
function programsOf(profile: PtpProfile, linuxptpVersion: string): Programs {
  const read = (program: LinuxptpProgram, text: string | undefined, commandLine: string): EffectiveConfig =>
    effectiveConfig({
      program,
      dialect: 'Daemon',
      commandLine,
      linuxptpVersion,
      ...(text === undefined ? {} : { text }),
      ...(program === 'ptp4l' && profile.interface !== undefined
        ? { extraInterface: profile.interface }
        : {}),
    });
  const { ptp4lOpts = ' ', phc2sysOpts = '', ts2phcOpts = '', synce4lOpts = '' } = profile;
  return {
    ...(ptp4lOpts === '' ? {} : { ptp4l: read('ptp4l', profile.ptp4lConf, ptp4lOpts) }),
    ...(phc2sysOpts === '' ? {} : { phc2sys: read('phc2sys', profile.phc2sysConf, phc2sysOpts) }),
    ...(ts2phcOpts === '' ? {} : { ts2phc: read('ts2phc', profile.ts2phcConf, ts2phcOpts) }),
    ...(synce4lOpts === '' ? {} : { synce4l: read('synce4l', profile.synce4lConf, synce4lOpts) }),
  };
}

const DEFAULT_THRESHOLDS: Thresholds = {
  maxOffsetNanoseconds: 100,
  minOffsetNanoseconds: -100,
  holdoverTimeoutSeconds: 5,
};
const NTP_FAILOVER_OFFSET_NANOSECONDS = 1000;

/** As the daemon and the event proxy fill in what ptpClockThreshold leaves out. */
function thresholdsOf(profile: PtpProfile): Thresholds {
  const given = profile.ptpClockThreshold;
  if (given === undefined) {
    if (profile.plugins?.['ntpfailover'] === undefined) return DEFAULT_THRESHOLDS;
    return {
      ...DEFAULT_THRESHOLDS,
      maxOffsetNanoseconds: NTP_FAILOVER_OFFSET_NANOSECONDS,
      minOffsetNanoseconds: -NTP_FAILOVER_OFFSET_NANOSECONDS,
    };
  }
  const max = positive(given.maxOffsetThreshold) ?? DEFAULT_THRESHOLDS.maxOffsetNanoseconds;
  const min = given.minOffsetThreshold ?? DEFAULT_THRESHOLDS.minOffsetNanoseconds;
  return {
    maxOffsetNanoseconds: max,
    minOffsetNanoseconds: min > max ? max - 1 : min,
    holdoverTimeoutSeconds: positive(given.holdOverTimeout) ?? DEFAULT_THRESHOLDS.holdoverTimeoutSeconds,
  };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/** Plugins that bring a card with a DPLL of its own. */
export const HOLDOVER_PLUGINS = ['e810', 'e825', 'e830'] as const;

const HOLDOVER_DEFAULTS: Holdover = {
  maxInSpecOffsetNanoseconds: 1500,
  localMaxOffsetNanoseconds: 1500,
  localTimeoutSeconds: 14_400,
};

/** Holdover settings of the hardware plugin, where ts2phc makes the daemon watch the DPLL. */
function holdoverOf(profile: PtpProfile, programs: Programs): Holdover | undefined {
  const plugin = HOLDOVER_PLUGINS.map((name) => profile.plugins?.[name]).find((found) => found !== undefined);
  if (plugin === undefined || programs.ts2phc === undefined) return undefined;
  const settings = { ...profile.ptpSettings, ...record(record(plugin)['settings']) };
  const setting = (name: string, fallback: number): number => {
    const value = settings[name];
    const number = typeof value === 'string' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : fallback;
  };
  return {
    maxInSpecOffsetNanoseconds: setting('MaxInSpecOffset', HOLDOVER_DEFAULTS.maxInSpecOffsetNanoseconds),
    localMaxOffsetNanoseconds: setting('LocalMaxHoldoverOffSet', HOLDOVER_DEFAULTS.localMaxOffsetNanoseconds),
    localTimeoutSeconds: setting('LocalHoldoverTimeout', HOLDOVER_DEFAULTS.localTimeoutSeconds),
  };
}

/** Ports the card's DPLL may follow, from settings and from the plugin's interconnections. */
export function upstreamPorts(profile: PtpProfile): readonly string[] {
  const named = [profile.ptpSettings?.['upstreamPort'] ?? ''];
  for (const name of HOLDOVER_PLUGINS) {
    const connections = record(profile.plugins?.[name])['interconnections'];
    if (!Array.isArray(connections)) continue;
    for (const connection of connections.slice(0, 32)) {
      const port = record(connection)['upstreamPort'];
      if (typeof port === 'string') named.push(port);
    }
  }
  return named
    .flatMap((list) => list.split(','))
    .map((port) => port.trim())
    .filter((port) => port !== '');
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** linuxptp refuses what is no domain, and so would the API server in our report. */
function domainOf(ptp4l: EffectiveConfig | undefined): number | undefined {
  const domain = ptp4l?.number('domainNumber');
  return domain !== undefined && Number.isInteger(domain) && domain >= 0 && domain <= 255
    ? domain
    : undefined;
}
