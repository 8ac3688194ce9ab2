import type { PtpHealthPolicySpec } from '../../api/policy.ts';
import type { Observation, ObservationKind } from '../../observe/observation.ts';
import { MICROS_PER_SECOND, type Micros } from '../../ptp/time.ts';
import type { PortRole } from '../../ptp/port-state.ts';
import type { InstanceState, NodeState, PortRecord } from '../../state/node-state.ts';
import type { Expected, ExpectedInstance } from '../expected.ts';
import type { FleetView } from '../rule.ts';

/**
 * A detector finds one family of episodes. It looks at facts of certain kinds after they were
 * folded into the state, and at the state itself about once per second of the node's own time,
 * because many faults print nothing. Its memory belongs to one node.
 */
export interface Detector {
  readonly listens: readonly ObservationKind[];
  observe?(context: DetectionContext, observation: Observation): void;
  /** Called as time goes on; `context.final` when no more facts will come. */
  tick?(context: DetectionContext, now: Micros): void;
}

export interface DetectionContext {
  readonly state: NodeState;
  readonly expected: Expected;
  readonly policy: PtpHealthPolicySpec;
  readonly fleet: FleetView | undefined;
  /** The input has ended (offline): what was still pending is decided with what is known. */
  readonly final: boolean;
}

export const seconds = (value: number): Micros => value * MICROS_PER_SECOND;

/** Recovery holds when nothing happened for this long. */
export const RECOVERY_HOLD_MICROS = seconds(5);
/** Facts this close together belong to one cause. */
export const SAME_CAUSE_MICROS = seconds(2);

export function expectedInstance(
  context: DetectionContext,
  instance: InstanceState,
): ExpectedInstance | undefined {
  return (
    context.expected.instances.find((candidate) => candidate.name === instance.key) ??
    context.expected.instances.find((candidate) => candidate.configName === instance.configName) ??
    (context.expected.instances.length === 1 ? context.expected.instances[0] : undefined)
  );
}

/** Name of the port, from the log or, for linuxptp 3, from the order of the configuration. */
export function portName(context: DetectionContext, instance: InstanceState, port: PortRecord): string {
  return (
    port.interfaceName ??
    expectedInstance(context, instance)?.ports[port.portNumber - 1]?.interfaceName ??
    `port ${port.portNumber}`
  );
}

/** What the port is meant to do, by configuration; `undefined` when there is none. */
export function intendedRole(
  context: DetectionContext,
  instance: InstanceState,
  port: PortRecord,
): PortRole | undefined {
  const expected = expectedInstance(context, instance);
  if (expected === undefined) return undefined;
  const byName = expected.ports.find((candidate) =>
    sameInterface(candidate.interfaceName, port.interfaceName),
  );
  if (byName !== undefined) return byName.role;
  return port.interfaceName === undefined ? expected.ports[port.portNumber - 1]?.role : undefined;
}

/** RHEL 10 adds `npN` to interface names; configurations may leave it out. */
export function sameInterface(a: string, b: string | undefined): boolean {
  return b !== undefined && (a === b || a.replace(/np\d+$/, '') === b.replace(/np\d+$/, ''));
}

/** Is the port meant to follow, or, where nothing says so, has it ever followed? */
export function isFollower(context: DetectionContext, instance: InstanceState, port: PortRecord): boolean {
  const role = intendedRole(context, instance, port);
  if (role === 'TimeReceiver') return true;
  if (role === 'TimeTransmitter') return false;
  return port.everFollowed;
}

/** The port through which the instance follows now, if it does. */
export function followingPort(instance: InstanceState): PortRecord | undefined {
  for (const port of instance.ports.values()) if (port.state === 'SLAVE') return port;
  return undefined;
}

export const portKey = (instance: InstanceState, portNumber: number): string =>
  `port ${instance.key} ${portNumber}`;
export const grandmasterKey = (instance: InstanceState): string => `grandmaster ${instance.key}`;
export const servoKey = (instance: InstanceState, program: string, clock: string): string =>
  `servo ${instance.key} ${program} ${clock}`;
export const silenceKey = (instance: InstanceState, program: string): string =>
  `silence ${instance.key} ${program}`;

/** The process's own seconds of a fact, where its line carried them. */
export function uptimeOf(observation: Observation): { uptimeMicros?: Micros } {
  return 'uptimeMicros' in observation && observation.uptimeMicros !== undefined
    ? { uptimeMicros: observation.uptimeMicros }
    : {};
}

export function lineOf(observation: Observation): { evidence?: string } {
  return 'line' in observation && observation.line !== undefined ? { evidence: observation.line } : {};
}
