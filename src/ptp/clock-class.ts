/**
 * Clock classes of the telecom profiles (G.8275.1 clause 6.4, Table 3) and of IEEE 1588, with
 * the changes a healthy clock may make between them.
 */

/** What a client announces about itself, which is nothing: never a statement about upstream. */
export const OWN_CLIENT_CLASS = 255;

export interface ClockClassMeaning {
  readonly clockClass: number;
  readonly meaning: string;
  /** Lower is better. */
  readonly rank: number;
  /** Traceable to UTC? */
  readonly timeTraceable: boolean;
  readonly profile: 'Telecom' | 'IEEE1588' | 'Any';
}

const row = (
  clockClass: number,
  rank: number,
  timeTraceable: boolean,
  profile: ClockClassMeaning['profile'],
  meaning: string,
): ClockClassMeaning => ({ clockClass, rank, timeTraceable, profile, meaning });

export const CLOCK_CLASSES: readonly ClockClassMeaning[] = [
  row(6, 0, true, 'Any', 'locked to a primary reference'),
  row(7, 1, true, 'Any', 'T-GM in holdover within specification'),
  row(13, 2, true, 'IEEE1588', 'locked to an application specific source'),
  row(14, 3, true, 'IEEE1588', 'application specific source, holdover'),
  row(52, 6, false, 'IEEE1588', 'degraded, alternative A of class 7'),
  row(58, 6, false, 'IEEE1588', 'degraded, alternative A of class 14'),
  row(135, 2, true, 'Telecom', 'T-BC in holdover within specification'),
  row(140, 4, false, 'Telecom', 'T-GM in holdover beyond specification, category 1 frequency'),
  row(150, 5, false, 'Telecom', 'T-GM in holdover beyond specification, category 2 frequency'),
  row(160, 6, false, 'Telecom', 'T-GM in holdover beyond specification, category 3 frequency'),
  row(165, 7, false, 'Telecom', 'T-BC in holdover beyond specification'),
  row(187, 8, false, 'IEEE1588', 'degraded, alternative B of class 7'),
  row(193, 8, false, 'IEEE1588', 'degraded, alternative B of class 14'),
  row(248, 9, false, 'Any', 'free run or default'),
  row(255, 10, false, 'Any', 'client only'),
];

const BY_CLASS = new Map(CLOCK_CLASSES.map((one) => [one.clockClass, one]));

export function clockClassMeaning(clockClass: number): ClockClassMeaning | undefined {
  return BY_CLASS.get(clockClass);
}

/** Unknown classes are ranked by their number, which is how the BMCA compares them. */
function rankOf(clockClass: number): number {
  return BY_CLASS.get(clockClass)?.rank ?? 2 + (clockClass * 7) / 248;
}

export function isWorseClass(clockClass: number, than: number): boolean {
  return rankOf(clockClass) > rankOf(than);
}

/** Allowed changes of the announced class of a T-GM and of a T-BC in holdover (not of a relayed one). */
export const CLASS_TRANSITIONS = {
  'T-GM': {
    6: [7, 140, 150, 160, 248],
    7: [6, 140, 150, 160, 248],
    140: [6, 150, 160, 248],
    150: [6, 140, 160, 248],
    160: [6, 140, 150, 248],
    248: [6],
  },
  'T-BC': {
    6: [7, 135, 165, 248],
    7: [6, 135, 165, 248],
    135: [6, 7, 165, 248],
    165: [6, 7, 248],
    248: [6, 7],
  },
} as const satisfies Record<string, Readonly<Record<number, readonly number[]>>>;

/** May a clock of this role go from one class to the other without relocking in between? Unknown classes may. */
export function isLegalTransition(role: keyof typeof CLASS_TRANSITIONS, from: number, to: number): boolean {
  const graph: Readonly<Record<number, readonly number[]>> = CLASS_TRANSITIONS[role];
  const allowed = graph[from];
  return allowed === undefined || from === to || allowed.includes(to);
}
