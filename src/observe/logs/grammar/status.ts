import type { DpllLockStatus, Observation, ObservationSink } from '../../observation.ts';
import type { LockState } from '../../../ptp/states.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { measurement, numberOrUndefined, parseInteger } from './numbers.ts';
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

/** Keys with a value after them, and keys that stand alone. */
const VALUE_KEYS = [
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
] as const;
const FLAG_KEYS = ['T-GM-STATUS', 'T-BC-STATUS', 'T-TSC-STATUS'] as const;
const STATUS_KEYS = [...VALUE_KEYS, ...FLAG_KEYS] as const;
type StatusKey = (typeof STATUS_KEYS)[number];

/** The values of one status line, by key as printed. */
class StatusFields {
  interfaceName: string | undefined;
  state: LockState | undefined;
  /** Keys the line has, in their order. There are few: looking through them beats a map. */
  readonly #keys: StatusKey[] = [];
  readonly #values: (number | string)[] = [];

  get isEmpty(): boolean {
    return this.#keys.length === 0;
  }

  set(key: StatusKey, value: number | string): void {
    this.#keys.push(key);
    this.#values.push(value);
  }

  has(key: StatusKey): boolean {
    return this.#keys.includes(key);
  }

  get offsetNanoseconds(): number | undefined {
    return this.number('offset');
  }

  #value(key: StatusKey): number | string | undefined {
    const index = this.#keys.indexOf(key);
    return index < 0 ? undefined : this.#values[index];
  }

  number(key: StatusKey): number | undefined {
    const value = this.#value(key);
    return typeof value === 'number' ? measurement(value) : undefined;
  }

  word(key: StatusKey): string | undefined {
    const value = this.#value(key);
    return typeof value === 'string' ? value : undefined;
  }

  flag(key: StatusKey): boolean | undefined {
    const value = this.#value(key);
    return typeof value === 'number' ? value === 1 : undefined;
  }

  dpll(key: StatusKey): DpllLockStatus | undefined {
    const number = this.number(key);
    return number === undefined ? undefined : DPLL_STATES[number + 1];
  }
}

type StatusReader = (line: Line, fields: StatusFields) => Observation;

/** Keys that one kind of status has, and the fact they tell; the first one found decides. */
const STATUS_READERS: readonly (readonly [key: StatusKey, read: StatusReader])[] = [
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

const FLAGS: ReadonlySet<StatusKey> = new Set(FLAG_KEYS);
const KEYS = new StartTable(STATUS_KEYS.map((key) => [key, key] as const));

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
  const read = statusReaderOf(fields) ?? (line.program === 'dpll' ? dpllStatus : undefined);
  if (read === undefined) return false;
  emit(read(line, fields));
  return true;
}

function statusReaderOf(fields: StatusFields): StatusReader | undefined {
  for (const [key, read] of STATUS_READERS) if (fields.has(key)) return read;
  return undefined;
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
  return fields.isEmpty ? undefined : fields;
}

/** Most values are numbers, which need no string; `0x20` is one that only SyncE has. */
function readValue(line: Line, fields: StatusFields, key: StatusKey): void {
  if (FLAGS.has(key)) {
    fields.set(key, '');
    return;
  }
  line.skipSpaces();
  const start = line.position;
  const value = line.readNumber();
  const next = line.peek();
  if (!Number.isNaN(value) && (next === 32 || next === -1)) {
    fields.set(key, value);
    return;
  }
  line.position = start;
  const word = line.readWord();
  const integer = parseInteger(word);
  fields.set(key, integer ?? word);
}

/** A word that is no key: `s2`, or the interface in first place. */
function readLoneWord(line: Line, fields: StatusFields, isFirst: boolean): boolean {
  const state = acceptState(line);
  if (state !== undefined) {
    fields.state = state;
    return true;
  }
  if (!isFirst) return false;
  const word = line.readWord();
  fields.interfaceName = word === 'unknown' ? undefined : word;
  return true;
}

/** Reads `s0`, `s1` or `s2` with a blank or the line's end behind it. */
function acceptState(line: Line): LockState | undefined {
  const next = line.peek(2);
  if (line.peek() !== 115 || (next !== 32 && next !== -1)) return undefined;
  const state = LOCK_STATES[line.peek(1) - 48];
  if (state !== undefined) line.position += 2;
  return state;
}

/** A known key with a blank or the line's end behind it. */
function acceptKey(line: Line): StatusKey | undefined {
  for (const { value: key } of KEYS.candidates(line)) {
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
    node: line.node,
    source: line.source,
    atMicros: line.atMicros,
    program: line.program,
    configName: line.configName,
    uptimeMicros: numberOrUndefined(line.uptimeMicros),
    level: line.level,
    line: line.evidence(),
    role,
    interfaceName: fields.interfaceName,
    state: fields.state ?? 'Unknown',
    offsetNanoseconds: fields.offsetNanoseconds,
  };
}

function dpllStatus(line: Line, fields: StatusFields): Observation {
  return {
    kind: 'dpll',
    node: line.node,
    source: line.source,
    atMicros: line.atMicros,
    program: line.program,
    configName: line.configName,
    uptimeMicros: numberOrUndefined(line.uptimeMicros),
    level: line.level,
    line: line.evidence(),
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
    device: fields.word('device'),
    eecState: fields.word('eec_state'),
    networkOption: fields.number('network_option'),
    qualityLevel: fields.number('ql'),
    extendedQualityLevel: fields.number('ext_ql'),
    clockQuality: fields.word('clock_quality'),
    state: fields.state,
  };
}
