import { instanceFor, instanceOfDataSet, portOf } from '../instances.ts';
import { setBounded } from '../node-state.ts';
import type { Reducer } from './reducer.ts';

export const bestMaster: Reducer<'bestMaster'> = (state, observation) => {
  const instance = instanceFor(state, observation.configName);
  const { clockIdentity, local, atMicros } = observation;
  if (local) instance.clockIdentity = clockIdentity;
  if (instance.grandmaster?.clockIdentity === clockIdentity) return;
  instance.grandmaster = { clockIdentity, local, sinceMicros: atMicros };
  instance.grandmasterHistory.push({ clockIdentity, local, atMicros });
};

export const foreignMaster: Reducer<'foreignMaster'> = (state, observation) => {
  const instance = instanceFor(state, observation.configName);
  portOf(instance, observation.portNumber, observation.interfaceName, observation.atMicros);
  instance.foreignMasters.push({ portIdentity: observation.portIdentity, atMicros: observation.atMicros });
};

/** What the role says is seen in the port's states; only detectors look at the note itself. */
export const roleNote: Reducer<'roleNote'> = (state, observation) => {
  instanceFor(state, observation.configName);
};

/** Class 0 means the daemon has not read it yet. */
const NOT_READ = 0;

export const clockClass: Reducer<'clockClass'> = (state, observation) => {
  if (observation.clockClass === NOT_READ) return;
  const instance = instanceFor(state, observation.configName);
  const { clockClass: value, atMicros } = observation;
  if (instance.clockClass?.value === value) {
    instance.clockClass.seenMicros = atMicros;
    return;
  }
  const previous = instance.clockClass?.value ?? observation.previousClockClass;
  instance.clockClass = {
    value,
    sinceMicros: atMicros,
    seenMicros: atMicros,
    ...(previous !== undefined && { previous }),
  };
  instance.classHistory.push({ value, atMicros });
};

export const timeProperties: Reducer<'timeProperties'> = (state, observation) => {
  const instance = instanceFor(state, observation.configName);
  if (observation.utcOffsetSeconds !== undefined) instance.utcOffsetSeconds = observation.utcOffsetSeconds;
};

export const dataSet: Reducer<'dataSet'> = (state, observation) => {
  const instance = instanceOfDataSet(state, observation);
  if (instance === undefined) return;
  setBounded(
    instance.dataSets,
    observation.name,
    { values: observation.values, atMicros: observation.atMicros },
    24,
  );
};

export const hardwareClock: Reducer<'hardwareClock'> = (state, observation) => {
  const instance = instanceFor(state, observation.configName);
  if (observation.program === 'ptp4l') instance.phcDevice = observation.device;
};
