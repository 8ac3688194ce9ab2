import type { KubeObject } from '../../kube/objects.ts';
import type { ContainerState } from '../observation.ts';
import { fieldsOf, integerOf, itemsOf, textOf, type Fields } from './loose.ts';

/** What we keep of a pod of the PTP daemon: some hundred bytes of its 13 KB. */
export interface DaemonPod {
  name: string;
  namespace: string;
  uid: string;
  /** Absent until the scheduler has chosen. */
  nodeName?: string;
  phase: string;
  podIp?: string;
  createdTime: string;
  deleting: boolean;
  containers: readonly ContainerState[];
}

/** More than a pod of the daemon can have; the rest would be noise. */
const MAX_CONTAINERS = 16;

export function projectPod(raw: KubeObject): DaemonPod {
  const { metadata } = raw;
  const spec = fieldsOf(raw['spec']);
  const status = fieldsOf(raw['status']);
  const nodeName = textOf(spec['nodeName']);
  const podIp = textOf(status['podIP']);
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid ?? '',
    ...(nodeName === undefined ? {} : { nodeName }),
    phase: textOf(status['phase']) ?? 'Unknown',
    ...(podIp === undefined ? {} : { podIp }),
    createdTime: metadata.creationTimestamp ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    containers: itemsOf(status['containerStatuses']).slice(0, MAX_CONTAINERS).map(projectContainer),
  };
}

function projectContainer(raw: unknown): ContainerState {
  const container = fieldsOf(raw);
  const state = fieldsOf(container['state']);
  const containerId = textOf(container['containerID']);
  const reason = reasonOf(state);
  return {
    name: textOf(container['name']) ?? '',
    state:
      'running' in state
        ? 'Running'
        : 'waiting' in state
          ? 'Waiting'
          : 'terminated' in state
            ? 'Terminated'
            : 'Unknown',
    ready: container['ready'] === true,
    restartCount: integerOf(container['restartCount']) ?? 0,
    ...(reason === undefined ? {} : { reason }),
    ...(containerId === undefined ? {} : { containerId }),
  };
}

function reasonOf(state: Fields): string | undefined {
  return textOf(fieldsOf(state['waiting'])['reason']) ?? textOf(fieldsOf(state['terminated'])['reason']);
}

/** A pod that is over, or about to be, speaks for its node only while there is no other. */
function isOver(pod: DaemonPod): boolean {
  return pod.deleting || pod.phase === 'Succeeded' || pod.phase === 'Failed';
}

export interface DaemonOfNode {
  pod?: DaemonPod;
  /** Living pods when there is more than one: two daemons on one node fight over the clocks. */
  duplicatePods?: number;
}

/** The pod that speaks for a node: a living one before one that is over, then the newest. */
export function chooseDaemon(pods: readonly DaemonPod[]): DaemonOfNode {
  const sorted = [...pods].sort(
    (a, b) =>
      Number(isOver(a)) - Number(isOver(b)) ||
      b.createdTime.localeCompare(a.createdTime) ||
      a.name.localeCompare(b.name),
  );
  const living = sorted.filter((pod) => !isOver(pod)).length;
  const pod = sorted[0];
  return { ...(pod === undefined ? {} : { pod }), ...(living > 1 ? { duplicatePods: living } : {}) };
}
