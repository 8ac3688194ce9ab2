import { Ring } from '../lib/ring.ts';
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
