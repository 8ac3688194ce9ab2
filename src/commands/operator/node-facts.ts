import type { Observation, SourceCondition } from '../../observe/observation.ts';
import type { ReflectorStatus } from '../../kube/reflector-status.ts';
import type { Reflector } from '../../kube/reflector.ts';
import type { NodeDevices } from '../../observe/resources/node-ptp-device.ts';
import type { ClusterNode } from '../../observe/resources/node.ts';
import { chooseDaemon, type DaemonPod } from '../../observe/resources/pod.ts';
import type { Micros } from '../../ptp/time.ts';
import type { Assignment } from './assignments.ts';

/** Everything the Kubernetes API says about one node at this moment. */
export interface NodeInput {
  node: ClusterNode;
  pods: readonly DaemonPod[];
  assignments: readonly Assignment[];
  devices: NodeDevices | undefined;
  config: SourceState;
  deviceSource: SourceState;
}

export type SourceState = Pick<SourceCondition, 'condition' | 'reason' | 'message'>;

/** A fact with the key under which a later one replaces it. */
export type KeyedFact = readonly [key: string, fact: Observation];

/** Turns what is known of a node into facts. Pure: the caller tells only those that changed. */
export function nodeFacts(input: NodeInput, atMicros: Micros): KeyedFact[] {
  const { node, devices } = input;
  const base = { node: node.name, source: 'Resource', atMicros } as const;
  const { pod, duplicatePods } = chooseDaemon(input.pods);
  return [
    ['node', { ...base, kind: 'node', uid: node.uid, ready: node.ready, labels: node.labels }],
    [
      'podState',
      {
        ...base,
        kind: 'podState',
        ...(pod === undefined ? {} : { pod: podFact(pod) }),
        ...(duplicatePods === undefined ? {} : { duplicatePods }),
      },
    ],
    ...input.assignments.map((assignment): KeyedFact => [
      `profiles ${assignment.origin}`,
      { ...base, kind: 'profilesAssigned', ...assignment },
    ]),
    ['devices', { ...base, kind: 'devices', ...(devices === undefined ? {} : { devices: devices.devices }) }],
    ['Config', { ...base, kind: 'sourceCondition', name: 'Config', ...input.config }],
    ['Devices', { ...base, kind: 'sourceCondition', name: 'Devices', ...input.deviceSource }],
  ];
}

function podFact({
  name,
  uid,
  phase,
  podIp,
  containers,
}: DaemonPod): NonNullable<Extract<Observation, { kind: 'podState' }>['pod']> {
  return { name, uid, phase, containers, ...(podIp === undefined ? {} : { podIp }) };
}

/** Does the API server give us this resource, and if not, why? */
export function sourceState(
  watch: Pick<Reflector<unknown>, 'status' | 'hasSynced'>,
  what: string,
): SourceState {
  const { state, message } = watch.status;
  if (state === 'Synced') return { condition: 'Fresh', reason: 'Synced', message: `${what} can be read` };
  if (state === 'Failing' && watch.hasSynced)
    return { condition: 'Stale', reason: 'WatchFailing', message: `${what}: ${message}` };
  return {
    condition: 'Absent',
    reason: REASONS[state],
    message: `${what}: ${WORDS[state]}${message === '' ? '' : ` (${message})`}`,
  };
}

const REASONS: Readonly<Record<ReflectorStatus['state'], string>> = {
  Syncing: 'NotSynced',
  Synced: 'Synced',
  Absent: 'NotInstalled',
  Forbidden: 'Forbidden',
  Unauthorized: 'Unauthorized',
  Failing: 'WatchFailing',
};

const WORDS: Readonly<Record<ReflectorStatus['state'], string>> = {
  Syncing: 'not read yet',
  Synced: 'can be read',
  Absent: 'the resource is not installed',
  Forbidden: 'we may not read it',
  Unauthorized: 'the API server does not accept our credentials',
  Failing: 'cannot be read at the moment',
};

/** Either of the two is enough to know a node's profiles. */
export function configSource(applied: SourceState, desired: SourceState): SourceState {
  return applied.condition === 'Fresh' || desired.condition !== 'Fresh' ? applied : desired;
}
