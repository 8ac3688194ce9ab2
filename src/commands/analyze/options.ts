import { DEFAULT_POLICY, policySpecSchema, type PtpHealthPolicySpec } from '../../api/policy.ts';
import { HEALTH_LEVELS, type HealthLevel } from '../../ptp/health.ts';
import { InvalidArgumentError } from 'commander';
import type { Moment } from './time-window.ts';

export const OUTPUTS = ['text', 'json', 'html'] as const;
export type Output = (typeof OUTPUTS)[number];

/** What the command line says. */
export interface AnalyzeOptions {
  output: Output;
  since?: Moment;
  until?: Moment;
  node?: string;
  /** ITU-T profile to check against. */
  profile?: PtpHealthPolicySpec['ituProfile'];
  failOn: HealthLevel;
  /** False for `--no-color`; true leaves it to the terminal. */
  color: boolean;
}

/** The ITU-T profiles a configuration can be checked against. */
export const ITU_PROFILES = policySpecSchema.shape.ituProfile.unwrap().options;

export function parseProfile(text: string): PtpHealthPolicySpec['ituProfile'] {
  const profile = ITU_PROFILES.find((name) => name.toLowerCase() === text.toLowerCase());
  if (profile === undefined) throw new InvalidArgumentError(`expected one of ${ITU_PROFILES.join(', ')}`);
  return profile;
}

/** The severity from which the exit code is 1; `Healthy` never is one. */
export function parseSeverity(text: string): HealthLevel {
  const level = HEALTH_LEVELS.find((name) => name.toLowerCase() === text.toLowerCase());
  if (level === undefined || level === 'Healthy')
    throw new InvalidArgumentError(`expected one of ${HEALTH_LEVELS.slice(1).join(', ')}`);
  return level;
}

export function policyOf(options: AnalyzeOptions): PtpHealthPolicySpec | undefined {
  return options.profile === undefined ? undefined : { ...DEFAULT_POLICY, ituProfile: options.profile };
}
