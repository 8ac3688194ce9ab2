import { isSentinel } from '../../ptp/limits.ts';
import { instanceFor } from '../instances.ts';
import type { SyncStatus } from '../../observe/observation.ts';
import { LIMITS, setBounded, type NodeState } from '../node-state.ts';
import type { Reducer } from './reducer.ts';

/** The members that have a value: what a line does not say stays as it was. */
function defined<T extends object>(members: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

/** Since when a value holds: the old time while it stays the same. */
function since(
  known: { state?: unknown; sinceMicros: number } | undefined,
  next: unknown,
  atMicros: number,
): number {
  return known !== undefined && known.state === next ? known.sinceMicros : atMicros;
}

/** Has an instance with this role a status line of its own? */
export function hasStatusLines(state: Readonly<NodeState>, role: SyncStatus['role']): boolean {
  for (const status of state.syncStatus.values())
    if (status.role === role && status.configName !== undefined) return true;
  return false;
}

export const syncStatus: Reducer<'syncStatus'> = (state, observation) => {
  const key = `${observation.role} ${observation.configName ?? ''}`;
  const { atMicros, role } = observation;
  // `T-BC MOVE TO …` is told again, and better, by the status lines of the instance.
  if (observation.configName === undefined && hasStatusLines(state, role)) return;
  if (observation.configName !== undefined) state.syncStatus.delete(`${role} `);
  const known = state.syncStatus.get(key);
  const next = {
    role: observation.role,
    state: observation.state,
    sinceMicros: since(known, observation.state, atMicros),
    seenMicros: atMicros,
    ...(observation.configName !== undefined && { configName: observation.configName }),
    ...(observation.interfaceName !== undefined && { interfaceName: observation.interfaceName }),
    ...(observation.offsetNanoseconds !== undefined && { offsetNanoseconds: observation.offsetNanoseconds }),
  };
  setBounded(state.syncStatus, key, next, LIMITS.statusSubjects);
};

export const dpll: Reducer<'dpll'> = (state, observation) => {
  const known = state.dpll.get(observation.interfaceName);
  const { atMicros, offsetNanoseconds } = observation;
  const next = {
    ...known,
    interfaceName: observation.interfaceName,
    sinceMicros: since(known, observation.state ?? known?.state, atMicros),
    seenMicros: atMicros,
    ...(observation.frequencyStatus !== undefined && { frequencyStatus: observation.frequencyStatus }),
    ...(observation.phaseStatus !== undefined && { phaseStatus: observation.phaseStatus }),
    ...(observation.ppsAvailable !== undefined && { ppsAvailable: observation.ppsAvailable }),
    ...(observation.state !== undefined && { state: observation.state }),
    ...(offsetNanoseconds !== undefined && !isSentinel(offsetNanoseconds) && { offsetNanoseconds }),
  };
  setBounded(state.dpll, observation.interfaceName, next, LIMITS.statusSubjects);
};

export const gnss: Reducer<'gnss'> = (state, observation) => {
  const key = observation.interfaceName ?? 'gnss';
  const known = state.gnss.get(key);
  const { atMicros } = observation;
  const next = {
    ...known,
    sinceMicros: since(known, observation.state ?? known?.state, atMicros),
    seenMicros: atMicros,
    ...(observation.interfaceName !== undefined && { interfaceName: observation.interfaceName }),
    ...(observation.fix !== undefined && { fix: observation.fix }),
    ...(observation.timeAccuracyNanoseconds !== undefined && {
      timeAccuracyNanoseconds: observation.timeAccuracyNanoseconds,
    }),
    ...(observation.state !== undefined && { state: observation.state }),
  };
  setBounded(state.gnss, key, next, LIMITS.statusSubjects);
};

export const nmea: Reducer<'nmea'> = (state, observation) => {
  const key = observation.interfaceName ?? 'nmea';
  const known = state.nmea.get(key);
  const { atMicros } = observation;
  const next = {
    ...known,
    available: observation.available,
    sinceMicros: known?.available === observation.available ? known.sinceMicros : atMicros,
    seenMicros: atMicros,
    ...(observation.interfaceName !== undefined && { interfaceName: observation.interfaceName }),
    ...(observation.state !== undefined && { state: observation.state }),
  };
  setBounded(state.nmea, key, next, LIMITS.statusSubjects);
};

export const synce: Reducer<'synce'> = (state, observation) => {
  const key = observation.interfaceName ?? observation.device ?? 'synce';
  const known = state.synce.get(key);
  const { atMicros, interfaceName, device, eecState, networkOption } = observation;
  const { qualityLevel, extendedQualityLevel, clockQuality } = observation;
  const next = {
    ...known,
    ...defined({
      interfaceName,
      device,
      eecState,
      networkOption,
      qualityLevel,
      extendedQualityLevel,
      clockQuality,
    }),
    ...defined({ state: observation.state }),
    sinceMicros: since(known, observation.state ?? known?.state, atMicros),
    seenMicros: atMicros,
  };
  setBounded(state.synce, key, next, LIMITS.statusSubjects);
};

export const haProfile: Reducer<'haProfile'> = (state, observation) => {
  setBounded(state.haProfiles, observation.profile, observation, LIMITS.instances);
};

/** Complaints of ts2phc are evidence only: the state of its source is in the status lines. */
export const timeSourceTrouble: Reducer<'timeSourceTrouble'> = (state, observation) => {
  instanceFor(state, observation.configName);
};
