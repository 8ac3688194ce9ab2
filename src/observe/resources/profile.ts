import type { PtpProfile } from '../observation.ts';
import { fieldsOf, integerOf, isFields, textsOf } from './loose.ts';

/** Profiles as PtpConfig and ptp-configmap carry them. The configmap is JSON a Go program wrote, with nulls. */

const TEXT_FIELDS = [
  'interface',
  'ptp4lOpts',
  'ptp4lConf',
  'phc2sysOpts',
  'phc2sysConf',
  'ts2phcOpts',
  'ts2phcConf',
  'synce4lOpts',
  'synce4lConf',
  'chronydOpts',
  'chronydConf',
  'ptpSchedulingPolicy',
] as const;
const THRESHOLDS = ['holdOverTimeout', 'maxOffsetThreshold', 'minOffsetThreshold'] as const;
/** Beyond this a text is no linuxptp configuration, and parsing it would only cost time. */
const MAX_TEXT_LENGTH = 262_144;

export interface ProfileReading {
  profile?: PtpProfile;
  /** What was left out, and why. */
  problems: string[];
}

/** Takes what is usable: one field of the wrong type costs that field only. */
export function readProfile(raw: unknown): ProfileReading {
  const fields = fieldsOf(raw);
  const name = fields['name'];
  if (typeof name !== 'string' || name === '') return { problems: ['a profile without a name was left out'] };
  const problems: string[] = [];
  const profile: PtpProfile = { name, ...readTexts(fields, name, problems) };
  const priority = integerOf(fields['ptpSchedulingPriority']);
  if (priority !== undefined) profile.ptpSchedulingPriority = priority;
  const thresholds = readThresholds(fields['ptpClockThreshold']);
  if (thresholds !== undefined) profile.ptpClockThreshold = thresholds;
  if (isFields(fields['ptpSettings'])) profile.ptpSettings = textsOf(fields['ptpSettings']);
  if (isFields(fields['plugins'])) profile.plugins = fields['plugins'];
  return { profile, problems };
}

function readTexts(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  problems: string[],
): Partial<Record<(typeof TEXT_FIELDS)[number], string>> {
  const texts: Partial<Record<(typeof TEXT_FIELDS)[number], string>> = {};
  for (const field of TEXT_FIELDS) {
    const value = fields[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') problems.push(`profile "${name}": ${field} is not text`);
    else if (value.length > MAX_TEXT_LENGTH)
      problems.push(`profile "${name}": ${field} is longer than ${MAX_TEXT_LENGTH} characters`);
    else texts[field] = value;
  }
  return texts;
}

function readThresholds(raw: unknown): PtpProfile['ptpClockThreshold'] {
  if (!isFields(raw)) return undefined;
  const values = THRESHOLDS.map((key) => [key, integerOf(raw[key])] as const).filter(
    ([, value]) => value !== undefined,
  );
  return Object.fromEntries(values);
}

/** A node has a handful of profiles; more are a mistake, and each costs memory on every node. */
const MAX_PROFILES = 64;

export function readProfiles(raw: readonly unknown[]): { profiles: PtpProfile[]; problems: string[] } {
  const readings = raw.slice(0, MAX_PROFILES).map(readProfile);
  const problems = readings.flatMap((reading) => reading.problems);
  if (raw.length > MAX_PROFILES)
    problems.push(`${raw.length - MAX_PROFILES} profiles beyond ${MAX_PROFILES} were left out`);
  return { profiles: readings.flatMap(({ profile }) => (profile === undefined ? [] : [profile])), problems };
}
