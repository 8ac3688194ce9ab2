import type { DpllLockStatus, Observation, ObservationSink } from '../../observation.ts';
import type { LockState } from '../../../ptp/states.ts';
import type { Line, LineFact } from './line.ts';
import { factOf } from './line.ts';
import { measurement, parseInteger } from './numbers.ts';

/**
 * Status lines the daemon itself makes, in the shape of a process's line. Here `s0`, `s1`, `s2` are
 * FreeRun, Holdover, Locked; they are not servo states. What stands between is an interface and
 * key/value pairs in alphabetical order, of which some may be missing.
 */

const LOCK_STATES = new Map<string, LockState>([
  ['s0', 'FreeRun'],
  ['s1', 'Holdover'],
  ['s2', 'Locked'],
]);

const DPLL_STATES = new Map<string, DpllLockStatus>([
  ['-1', 'Unknown'],
  ['0', 'Invalid'],
  ['1', 'FreeRun'],
  ['2', 'Locked'],
  ['3', 'LockedHoldoverAcquired'],
  ['4', 'Holdover'],
]);

interface StatusFields {
  interfaceName: string | undefined;
  state: LockState | undefined;
  values: ReadonlyMap<string, string>;
}

type StatusReader = (fact: LineFact, fields: StatusFields) => Observation;

/** Statuses by the key that only they have. */
const STATUS_READERS: readonly (readonly [key: string, read: StatusReader])[] = [
  ['T-GM-STATUS', (fact, fields) => syncStatus(fact, fields, 'T-GM')],
  ['T-BC-STATUS', (fact, fields) => syncStatus(fact, fields, 'T-BC')],
  ['T-TSC-STATUS', (fact, fields) => syncStatus(fact, fields, 'T-BC')],
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
const VALUE_KEYS: ReadonlySet<string> = new Set([
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
]);

const PROCESS_STATUS = /^PTP_PROCESS_STATUS:\s*([01])/;
const CLOCK_CLASS = /^CLOCK_CLASS_CHANGE\s+(\d+(?:\.\d+)?)/;
const HA_PROFILE = /^ptp_ha_profile (\S+) state ([01])/;

/** Reads a status line's text at the cursor. False, with the cursor unmoved, when it is none. */
export function readStatusMessage(line: Line, emit: ObservationSink): boolean {
  const text = line.rest();
  const single = readSingleValue(line, text);
  if (single !== undefined) {
    emit(single);
    return true;
  }
  const fields = readFields(text);
  if (fields === undefined) return false;
  const known = STATUS_READERS.find(([key]) => fields.values.has(key));
  if (known !== undefined) emit(known[1](factOf(line), fields));
  else if (line.program === 'dpll') emit(dpllStatus(factOf(line), fields));
  else return false;
  return true;
}

function readSingleValue(line: Line, text: string): Observation | undefined {
  const clockClass = CLOCK_CLASS.exec(text);
  if (clockClass !== null) {
    return { kind: 'clockClass', ...factOf(line), clockClass: Math.round(Number(clockClass[1])) };
  }
  const processStatus = PROCESS_STATUS.exec(text);
  if (processStatus !== null) {
    return { kind: 'processLife', ...factOf(line), what: processStatus[1] === '1' ? 'Up' : 'Down' };
  }
  const haProfile = HA_PROFILE.exec(text);
  if (haProfile === null) return undefined;
  return { kind: 'haProfile', ...factOf(line), profile: haProfile[1] ?? '', active: haProfile[2] === '1' };
}

/** Splits a status text; undefined when a word has no place in one. */
function readFields(text: string): StatusFields | undefined {
  const values = new Map<string, string>();
  let interfaceName: string | undefined;
  let state: LockState | undefined;
  const words = text.split(' ').filter((word) => word !== '');
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (FLAG_KEYS.has(word)) values.set(word, '');
    else if (VALUE_KEYS.has(word)) values.set(word, words[++index] ?? '');
    else if (LOCK_STATES.has(word)) state = LOCK_STATES.get(word);
    else if (index === 0) interfaceName = word === 'unknown' ? undefined : word;
    else return undefined;
  }
  if (values.size === 0) return undefined;
  return { interfaceName, state, values };
}

/** The optional fields that every status has, left out where absent. */
function common(fields: StatusFields): { interfaceName?: string; state?: LockState } {
  return {
    ...(fields.interfaceName !== undefined && { interfaceName: fields.interfaceName }),
    ...(fields.state !== undefined && { state: fields.state }),
  };
}

/** Offset in nanoseconds; undefined for the "none" stand-ins. */
function offsetOf(fields: StatusFields): number | undefined {
  const text = fields.values.get('offset');
  return text === undefined || text === '' ? undefined : measurement(Number(text));
}

function syncStatus(fact: LineFact, fields: StatusFields, role: 'T-GM' | 'T-BC'): Observation {
  const offsetNanoseconds = offsetOf(fields);
  return {
    kind: 'syncStatus',
    ...fact,
    role,
    ...common(fields),
    state: fields.state ?? 'Unknown',
    ...(offsetNanoseconds !== undefined && { offsetNanoseconds }),
  };
}

function dpllStatus(fact: LineFact, fields: StatusFields): Observation {
  const frequencyStatus = DPLL_STATES.get(fields.values.get('frequency_status') ?? '');
  const phaseStatus = DPLL_STATES.get(fields.values.get('phase_status') ?? '');
  const pps = fields.values.get('pps_status');
  const offsetNanoseconds = offsetOf(fields);
  return {
    kind: 'dpll',
    ...fact,
    ...common(fields),
    interfaceName: fields.interfaceName ?? '',
    ...(frequencyStatus !== undefined && { frequencyStatus }),
    ...(phaseStatus !== undefined && { phaseStatus }),
    ...(pps !== undefined && { ppsAvailable: pps === '1' }),
    ...(offsetNanoseconds !== undefined && { offsetNanoseconds }),
  };
}

function gnssStatus(fact: LineFact, fields: StatusFields): Observation {
  const fix = parseInteger(fields.values.get('gnss_status'));
  const timeAccuracyNanoseconds = offsetOf(fields);
  return {
    kind: 'gnss',
    ...fact,
    ...common(fields),
    ...(fix !== undefined && { fix }),
    ...(timeAccuracyNanoseconds !== undefined && { timeAccuracyNanoseconds }),
  };
}

function nmeaStatus(fact: LineFact, fields: StatusFields): Observation {
  return { kind: 'nmea', ...fact, ...common(fields), available: fields.values.get('nmea_status') === '1' };
}

function synceStatus(fact: LineFact, fields: StatusFields): Observation {
  const device = fields.values.get('device');
  const eecState = fields.values.get('eec_state');
  const clockQuality = fields.values.get('clock_quality');
  const networkOption = parseInteger(fields.values.get('network_option'));
  const qualityLevel = parseInteger(fields.values.get('ql'));
  const extendedQualityLevel = parseInteger(fields.values.get('ext_ql'));
  return {
    kind: 'synce',
    ...fact,
    ...common(fields),
    ...(device !== undefined && { device }),
    ...(eecState !== undefined && { eecState }),
    ...(clockQuality !== undefined && { clockQuality }),
    ...(networkOption !== undefined && { networkOption }),
    ...(qualityLevel !== undefined && { qualityLevel }),
    ...(extendedQualityLevel !== undefined && { extendedQualityLevel }),
  };
}
