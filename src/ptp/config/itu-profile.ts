import type { EffectiveConfig } from './effective.ts';

export const ITU_PROFILES = ['G.8275.1', 'G.8275.2', 'IEEE1588', 'Unknown'] as const;
export type ItuProfile = (typeof ITU_PROFILES)[number];

/** Domain numbers of the telecom profiles (G.8275.1 and G.8275.2, Table A.1). */
export const G8275_1_DOMAINS = { first: 24, last: 43 } as const;
export const G8275_2_DOMAINS = { first: 44, last: 63 } as const;

/** Traits that speak for a profile. One wrong value must not hide which profile was meant. */
const TRAITS: readonly { profile: 'G.8275.1' | 'G.8275.2'; holds: (config: EffectiveConfig) => boolean }[] = [
  { profile: 'G.8275.1', holds: usesLayer2 },
  { profile: 'G.8275.1', holds: usesG8275Comparison },
  { profile: 'G.8275.1', holds: (config) => isWithin(config.number('domainNumber'), G8275_1_DOMAINS) },
  { profile: 'G.8275.1', holds: hasFullTimingRates },
  { profile: 'G.8275.2', holds: (config) => !usesLayer2(config) },
  { profile: 'G.8275.2', holds: usesG8275Comparison },
  { profile: 'G.8275.2', holds: (config) => isWithin(config.number('domainNumber'), G8275_2_DOMAINS) },
  { profile: 'G.8275.2', holds: usesUnicast },
];

const TRAITS_NEEDED = 2;

/** Which profile a ptp4l configuration is meant for, by the traits it shows. */
export function detectItuProfile(ptp4l: EffectiveConfig | undefined): ItuProfile {
  if (ptp4l === undefined) return 'Unknown';
  const count = (profile: ItuProfile): number =>
    TRAITS.filter((trait) => trait.profile === profile && trait.holds(ptp4l)).length;
  const fullTiming = count('G.8275.1');
  const partialTiming = count('G.8275.2');
  if (Math.max(fullTiming, partialTiming) < TRAITS_NEEDED) return 'IEEE1588';
  return fullTiming >= partialTiming ? 'G.8275.1' : 'G.8275.2';
}

function usesLayer2(config: EffectiveConfig): boolean {
  return valueOf(config, 'network_transport') === 'l2';
}

function usesG8275Comparison(config: EffectiveConfig): boolean {
  return valueOf(config, 'dataset_comparison') === 'g.8275.x';
}

function usesUnicast(config: EffectiveConfig): boolean {
  return config.number('unicast_listen') === 1 || (config.number('unicast_master_table') ?? 0) > 0;
}

function hasFullTimingRates(config: EffectiveConfig): boolean {
  return config.number('logAnnounceInterval') === -3 && config.number('logSyncInterval') === -4;
}

function valueOf(config: EffectiveConfig, option: string): string | undefined {
  // A profile may set the transport per port only; the first port speaks for all.
  return config.get(option, config.interfaceNames[0])?.value.toLowerCase();
}

function isWithin(value: number | undefined, range: { first: number; last: number }): boolean {
  return value !== undefined && value >= range.first && value <= range.last;
}
