import type { FaultKind } from '../../ptp/fault-kind.ts';
import { instanceFor, restartInstances } from '../instances.ts';
import { LIMITS, setBounded, type NodeState, type ProcessState } from '../node-state.ts';
import type { ProcessLife } from '../../observe/observation.ts';
import type { Reducer } from './reducer.ts';

const STATE_AFTER: Readonly<Record<ProcessLife['what'], ProcessState['state']>> = {
  Starting: 'Up',
  Up: 'Up',
  Recreating: 'Up',
  Stopping: 'Down',
  Exited: 'Down',
  NotRecreated: 'Down',
  Down: 'Down',
  Failed: 'Down',
};

export function processKey(observation: { program: string; configName?: string }): string {
  return observation.configName === undefined
    ? observation.program
    : `${observation.program} ${observation.configName}`;
}

export const processLife: Reducer<'processLife'> = (state, observation) => {
  const key = processKey(observation);
  const known = state.processes.get(key);
  const { atMicros, what } = observation;
  const next: ProcessState = {
    program: observation.program,
    state: STATE_AFTER[what],
    sinceMicros: known?.state === STATE_AFTER[what] ? known.sinceMicros : atMicros,
    lastLife: what,
    restarts: (known?.restarts ?? 0) + (what === 'Recreating' ? 1 : 0),
    lastSeenMicros: atMicros,
    ...(observation.configName !== undefined && { configName: observation.configName }),
    ...(observation.exitStatus !== undefined && { exitStatus: observation.exitStatus }),
  };
  setBounded(state.processes, key, next, LIMITS.processes);
};

export const daemonLife: Reducer<'daemonLife'> = (state, observation) => {
  switch (observation.what) {
    case 'ContainerStarted':
      state.containerStartedMicros = observation.atMicros;
      restartEverything(state, observation.atMicros);
      break;
    case 'ApplyingProfiles':
      restartEverything(state, observation.atMicros);
      break;
    case 'LinuxptpVersion':
      if (observation.linuxptpVersion !== undefined) state.linuxptpVersion = observation.linuxptpVersion;
      state.configRevision += 1;
      break;
    case 'CapableInterfaces':
      if (observation.interfaceNames !== undefined) state.capableInterfaces = observation.interfaceNames;
      break;
    case 'ConfigUnchanged':
      break;
  }
};

/** Not ended by a restart: processes that are refused again and again have one fault. */
const OUTLIVING_RESTART: readonly FaultKind[] = [
  'ConfigurationRejected',
  'ClockControlDenied',
  'TelemetryStale',
];

/** The daemon stops every process and starts those of the profiles it has now. */
function restartEverything(state: NodeState, atMicros: number): void {
  state.lastApplyMicros = atMicros;
  restartInstances(state);
  for (const map of [state.syncStatus, state.dpll, state.gnss, state.nmea, state.synce, state.haProfiles])
    map.clear();
  // The daemon prints the configurations of all its profiles next.
  if (state.configApplied.size > 0) {
    state.configApplied.clear();
    state.configRevision += 1;
  }
  state.episodes.endWhere((episode) => !OUTLIVING_RESTART.includes(episode.kind), atMicros);
}

export const configurationTrouble: Reducer<'configurationTrouble'> = (state, observation) => {
  instanceFor(state, observation.configName);
};

export const clockControlDenied: Reducer<'clockControlDenied'> = (state, observation) => {
  instanceFor(state, observation.configName);
};

export const clockCheck: Reducer<'clockCheck'> = (state, observation) => {
  instanceFor(state, observation.configName);
};

export const clockSource: Reducer<'clockSource'> = (state, observation) => {
  if (observation.program !== 'phc2sys') return;
  instanceFor(state, observation.configName).osClockSource = {
    what: observation.what,
    atMicros: observation.atMicros,
  };
};
