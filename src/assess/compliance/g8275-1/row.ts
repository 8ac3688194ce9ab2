import type { ClockType } from '../../../ptp/states.ts';
import type { Confidence } from '../check.ts';
import type { OptionRow } from '../option-rule.ts';

/** ITU-T G.8275.1: telecom profile with full timing support from the network. */
export const G8275_1_EDITION = '11/2022 with Amendments 1 and 2 (08/2024)';
export const STANDARD = 'ITU-T G.8275.1';
export const TABLE = 'Table A.1';

/** Clocks that only follow; what a T-TSC of the standard is. */
export const FOLLOWERS: readonly ClockType[] = ['OC', 'TSC'];
export const BOUNDARIES: readonly ClockType[] = ['BC', 'TBC'];
export const SERVERS: readonly ClockType[] = ['GM', 'TGM'];
export const FOLLOWING: readonly ClockType[] = [...FOLLOWERS, ...BOUNDARIES];

type Row = Omit<OptionRow, 'id' | 'family' | 'standard' | 'edition' | 'confidence' | 'title'> & {
  name: string;
  title?: string;
  confidence?: Confidence;
};

export function row({ name, title, confidence, ...rest }: Row): OptionRow {
  return {
    id: `G8275.1-${name}`,
    title: title ?? `${rest.option} is ${rest.expected}`,
    family: 'G.8275.1',
    standard: STANDARD,
    edition: G8275_1_EDITION,
    confidence: confidence ?? 'Known',
    ...rest,
  };
}
