import type { DpllLockStatus, Observation, ObservationSink } from '../../observation.ts';
import type { LockState } from '../../../ptp/states.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { measurement, parseInteger } from './numbers.ts';
import { pattern, RuleTable, StartTable } from './rules.ts';

/**
 * Status lines the daemon itself makes, in the shape of a process's line. Here `s0`, `s1`, `s2` are
 * FreeRun, Holdover, Locked; they are not servo states. What stands between is an interface and
 * key/value pairs in alphabetical order, of which some may be missing.
 */

const LOCK_STATES: readonly LockState[] = ['FreeRun', 'Holdover', 'Locked'];

/** By the number the daemon prints, plus one: -1 is the lowest. */
const DPLL_STATES: readonly DpllLockStatus[] = [
  'Unknown',
  'Invalid',
  'FreeRun',
  'Locked',
  'LockedHoldoverAcquired',
  'Holdover',
];

/** The values of one status line, by key as printed; empty where the line has none. */
class StatusFields {
  interfaceName: string | undefined;
  state: LockState | undefined;
  readonly words = new Map<string, string>();
  readonly numbers = new Map<string, number>();

  has(key: string): boolean {
    return this.numbers.has(key) || this.words.has(key);
  }

  get offsetNanoseconds(): number | undefined {
    return this.number('offset');
  }

  number(key: string): number | undefined {
    const value = this.numbers.get(key);
    return value === undefined ? undefined : measurement(value);
  }

  flag(key: string): boolean | undefined {
    const value = this.numbers.get(key);
    return value === undefined ? undefined : value === 1;
  }

  dpll(key: string): DpllLockStatus | undefined {
    const number = this.number(key);
    return number === undefined ? undefined : DPLL_STATES[number + 1];
  }
}

type StatusReader = (line: Line, fields: StatusFields) => Observation;

/** Keys that one kind of status has, and the fact they tell; the first one found decides. */
const STATUS_READERS: readonly (readonly [key: string, read: StatusReader])[] = [
  ['T-GM-STATUS', (line, fields) => syncStatus(line, fields, 'T-GM')],
  ['T-BC-STATUS', (line, fields) => syncStatus(line, fields, 'T-BC')],
  ['T-TSC-STATUS', (line, fields) => syncStatus(line, fields, 'T-BC')],
  ['frequency_status', dpllStatus],
  ['phase_status', dpllStatus],
  ['pps_status', dpllStatus],
  ['gnss_status', gnssStatus],
  ['nmea_status', nmeaStatus],
  ['eec_state', synceStatus],
  ['clock_quality', synceStatus],
  ['ql', synceStatus],
];

/** Keys that stand alone, without a value after them. */
const FLAG_KEYS: ReadonlySet<string> = new Set(['T-GM-STATUS', 'T-BC-STATUS', 'T-TSC-STATUS']);
const VALUE_KEYS: readonly string[] = [
  'frequency_status',
  'phase_status',
  'pps_status',
  'gnss_status',
  'nmea_status',
  'offset',
  'eec_state',
  'clock_quality',
  'device',
  'ext_ql',
  'network_option',
  'ql',
];

const KEYS = new StartTable([...VALUE_KEYS, ...FLAG_KEYS].map((key) => [key, key] as const));

/** Statuses that are one word and one value. */
const SINGLE_VALUES = new RuleTable([
  pattern('CLOCK_CLASS_CHANGE ', /^\s*(\d+(?:\.\d+)?)/, (line, groups) => ({
    kind: 'clockClass',
    ...factOf(line),
    clockClass: Math.round(Number(groups[1])),
  })),
  pattern('PTP_PROCESS_STATUS:', /^\s*([01])/, (line, groups) => ({
    kind: 'processLife',
    ...factOf(line),
    what: groups[1] === '1' ? 'Up' : 'Down',
  })),
  pattern('ptp_ha_profile ', /^(\S+) state ([01])/, (line, groups) => ({
    kind: 'haProfile',
    ...factOf(line),
    profile: groups[1] ?? '',
    active: groups[2] === '1',
  })),
]);

/** Reads a status line's text at the cursor. False, with the cursor unmoved, when it is none. */
export function readStatusMessage(line: Line, emit: ObservationSink): boolean {
  if (SINGLE_VALUES.read(line, emit)) return true;
  const start = line.position;
  const fields = readFields(line);
  line.position = start;
  if (fields === undefined) return false;
  const known = STATUS_READERS.find(([key]) => fields.has(key));
  if (known !== undefined) emit(known[1](line, fields));
  else if (line.program === 'dpll') emit(dpllStatus(line, fields));
  else return false;
  return true;
}

/** Splits a status text; undefined when a word has no place in one. */
function readFields(line: Line): StatusFields | undefined {
  const fields = new StatusFields();
  const first = line.position;
  while (line.peek() !== -1) {
    const wordStart = line.position;
    const key = acceptKey(line);
    if (key !== undefined) readValue(line, fields, key);
    else if (!readLoneWord(line, fields, wordStart === first)) return undefined;
    line.skipSpaces();
  }
  return fields.numbers.size + fields.words.size === 0 ? undefined : fields;
}

/** Most values are numbers, which need no string; `0x20` is one that only SyncE has. */
function readValue(line: Line, fields: StatusFields, key: string): void {
  if (FLAG_KEYS.has(key)) {
    fields.words.set(key, '');
    return;
  }
  line.skipSpaces();
  const start = line.position;
  const value = line.readNumber();
  const next = line.peek();
  if (!Number.isNaN(value) && (next === 32 || next === -1)) {
    fields.numbers.set(key, value);
    return;
  }
  line.position = start;
  const word = line.readWord();
  const integer = parseInteger(word);
  if (integer === undefined) fields.words.set(key, word);
  else fields.numbers.set(key, integer);
}

/** A word that is no key: `s2`, or the interface in first place. */
function readLoneWord(line: Line, fields: StatusFields, isFirst: boolean): boolean {
  const word = line.readWord();
  const state = word.length === 2 && word.startsWith('s') ? LOCK_STATES[word.charCodeAt(1) - 48] : undefined;
  if (state !== undefined) fields.state = state;
  else if (isFirst) fields.interfaceName = word === 'unknown' ? undefined : word;
  return state !== undefined || isFirst;
}

/** A known key with a blank or the line's end behind it. */
function acceptKey(line: Line): string | undefined {
  for (const { starts: key } of KEYS.candidates(line)) {
    if (!line.startsWith(key)) continue;
    const next = line.peek(key.length);
    if (next !== 32 && next !== -1) continue;
    line.position += key.length;
    return key;
  }
  return undefined;
}

function syncStatus(line: Line, fields: StatusFields, role: 'T-GM' | 'T-BC'): Observation {
  return {
    kind: 'syncStatus',
    ...factOf(line),
    role,
    interfaceName: fields.interfaceName,
    state: fields.state ?? 'Unknown',
    offsetNanoseconds: fields.offsetNanoseconds,
  };
}

function dpllStatus(line: Line, fields: StatusFields): Observation {
  return {
    kind: 'dpll',
    ...factOf(line),
    interfaceName: fields.interfaceName ?? '',
    frequencyStatus: fields.dpll('frequency_status'),
    phaseStatus: fields.dpll('phase_status'),
    ppsAvailable: fields.flag('pps_status'),
    offsetNanoseconds: fields.offsetNanoseconds,
    state: fields.state,
  };
}

function gnssStatus(line: Line, fields: StatusFields): Observation {
  return {
    kind: 'gnss',
    ...factOf(line),
    interfaceName: fields.interfaceName,
    fix: fields.number('gnss_status'),
    // The receiver's own accuracy estimate is printed as "offset".
    timeAccuracyNanoseconds: fields.offsetNanoseconds,
    state: fields.state,
  };
}

function nmeaStatus(line: Line, fields: StatusFields): Observation {
  return {
    kind: 'nmea',
    ...factOf(line),
    interfaceName: fields.interfaceName,
    available: fields.flag('nmea_status') ?? false,
    state: fields.state,
  };
}

function synceStatus(line: Line, fields: StatusFields): Observation {
  return {
    kind: 'synce',
    ...factOf(line),
    interfaceName: fields.interfaceName,
    device: fields.words.get('device'),
    eecState: fields.words.get('eec_state'),
    networkOption: fields.number('network_option'),
    qualityLevel: fields.number('ql'),
    extendedQualityLevel: fields.number('ext_ql'),
    clockQuality: fields.words.get('clock_quality'),
    state: fields.state,
  };
}
