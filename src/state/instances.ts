import { Ring } from '../lib/ring.ts';
import type { DataSet } from '../observe/observation.ts';
import type { Micros } from '../ptp/time.ts';
import type { Program } from '../ptp/states.ts';
import { createServoClock, type ServoClock } from './clock-state.ts';
import { LIMITS, setBounded, type InstanceState, type NodeState, type PortRecord } from './node-state.ts';

const CONFIG_INDEX = /\.(\d+)\.(?:config|conf|cfg)$/;

/** `N` of `ptp4l.N.config`: what the configurations of one profile have in common. */
export function configIndex(configName: string): string {
  return CONFIG_INDEX.exec(configName)?.[1] ?? configName;
}

/** The same few names come with every line: the pattern is matched once for each. */
function knownIndex(state: NodeState, configName: string): string {
  let index = state.indexOfConfig.get(configName);
  if (index === undefined) {
    index = configIndex(configName);
    setBounded(state.indexOfConfig, configName, index, LIMITS.configTexts);
  }
  return index;
}

function createInstance(key: string): InstanceState {
  return {
    key,
    ports: new Map(),
    servos: new Map(),
    grandmasterHistory: new Ring(16),
    foreignMasters: new Ring(16),
    classHistory: new Ring(16),
    dataSets: new Map(),
  };
}

/**
 * The instance a line belongs to. Lines without a tag (plain linuxptp) belong to the only
 * instance known, else to one named after ptp4l.
 */
export function instanceFor(state: NodeState, configName: string | undefined): InstanceState {
  const index = configName === undefined ? undefined : knownIndex(state, configName);
  let key = index === undefined ? undefined : state.instanceOfIndex.get(index);
  if (key === undefined) {
    if (index === undefined) {
      const only = state.instances.size === 1 ? state.instances.values().next().value : undefined;
      if (only !== undefined) return only;
      key = 'ptp4l';
    } else {
      key = `ptp4l.${index}.config`;
      if (index === configName) key = index;
      setBounded(state.instanceOfIndex, index, key, LIMITS.instances * 2);
    }
  }
  let instance = state.instances.get(key);
  if (instance === undefined) {
    instance = createInstance(key);
    if (configName !== undefined) instance.configName = configName;
    setBounded(state.instances, key, instance, LIMITS.instances);
  }
  return instance;
}

/**
 * Tells which profile a runtime configuration belongs to now. What was gathered under the
 * configuration's own name moves to the profile.
 */
export function nameInstance(state: NodeState, configName: string, profile: string): void {
  const index = configIndex(configName);
  const previousKey = state.instanceOfIndex.get(index);
  if (previousKey === profile) return;
  setBounded(state.instanceOfIndex, index, profile, LIMITS.instances * 2);
  const placeholder = state.instances.get(`ptp4l.${index}.config`);
  const known = state.instances.get(profile);
  if (known !== undefined) {
    known.configName = configName;
    return;
  }
  const moved: InstanceState =
    placeholder === undefined ? createInstance(profile) : { ...placeholder, key: profile };
  moved.configName = configName;
  if (placeholder !== undefined) state.instances.delete(placeholder.key);
  setBounded(state.instances, profile, moved, LIMITS.instances);
}

/**
 * Every process was stopped: what the instances did before says nothing about now. Names and the
 * clock's identity, which belong to the hardware, stay.
 */
export function restartInstances(state: NodeState): void {
  for (const [key, { configName, clockIdentity }] of state.instances) {
    const fresh = createInstance(key);
    if (configName !== undefined) fresh.configName = configName;
    if (clockIdentity !== undefined) fresh.clockIdentity = clockIdentity;
    state.instances.set(key, fresh);
  }
}

/** Takes away instances whose profile is gone, and ends what went on there. */
export function retireInstances(
  state: NodeState,
  isKept: (instance: InstanceState) => boolean,
  atMicros: Micros,
): void {
  for (const [key, instance] of state.instances) {
    if (isKept(instance)) continue;
    state.instances.delete(key);
    state.episodes.endWhere((episode) => episode.instance === key, atMicros);
  }
}

/** Has nothing been seen of it but its name? */
export function isEmptyInstance(instance: InstanceState): boolean {
  return instance.ports.size === 0 && instance.servos.size === 0;
}

/**
 * The instance a management reply is about. Replies carry no tag: they are told apart by who
 * answered, by the own identity in them, or, for a boundary clock, by its only instance that
 * follows another clock. Undefined when that leaves a doubt.
 */
export function instanceOfDataSet(state: NodeState, dataSet: DataSet): InstanceState | undefined {
  if (dataSet.configName !== undefined || state.instances.size <= 1)
    return instanceFor(state, dataSet.configName);
  const instances = [...state.instances.values()].filter((one) => !isEmptyInstance(one));
  const own = clockOf(dataSet.portIdentity);
  const parent = clockOf(dataSet.values['parentPortIdentity']);
  const grandmaster = dataSet.values['grandmasterIdentity'];
  return (
    onlyOne(instances, (one) => one.clockIdentity !== undefined && one.clockIdentity === own) ??
    onlyOne(instances, (one) => parent !== undefined && one.clockIdentity === parent) ??
    onlyOne(instances, (one) =>
      [...one.foreignMasters].some((heard) => clockOf(heard.portIdentity) === parent),
    ) ??
    onlyOne(
      instances,
      (one) => grandmaster !== undefined && one.grandmaster?.clockIdentity === grandmaster,
    ) ??
    onlyOne(
      instances,
      (one) => parent !== undefined && [...one.ports.values()].some((port) => port.everFollowed),
    )
  );
}

/** Clock identity of a port identity. */
function clockOf(portIdentity: string | undefined): string | undefined {
  return portIdentity?.replace(/-\d+$/, '');
}

function onlyOne<T>(list: readonly T[], matches: (item: T) => boolean): T | undefined {
  const found = list.filter(matches);
  return found.length === 1 ? found[0] : undefined;
}

export function portOf(
  instance: InstanceState,
  portNumber: number,
  interfaceName: string | undefined,
  atMicros: Micros,
): PortRecord {
  let port = instance.ports.get(portNumber);
  if (port === undefined) {
    port = {
      portNumber,
      state: 'UNKNOWN',
      sinceMicros: atMicros,
      everFollowed: false,
      everServed: false,
      transitions: new Ring(64),
      troubles: new Ring(6),
    };
    setBounded(instance.ports, portNumber, port, LIMITS.portsPerInstance);
  }
  if (interfaceName !== undefined) port.interfaceName = interfaceName;
  return port;
}

export function servoOf(instance: InstanceState, program: Program, clock: string): ServoClock {
  let clocks = instance.servos.get(program);
  if (clocks === undefined) {
    clocks = new Map();
    instance.servos.set(program, clocks);
  }
  let servo = clocks.get(clock);
  if (servo === undefined) {
    servo = createServoClock(program, clock);
    setBounded(clocks, clock, servo, LIMITS.clocksPerProgram);
  }
  return servo;
}
