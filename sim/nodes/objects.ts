/** The API objects of simulated nodes: what a cluster with the PTP operator would hold. */
import type { ObjectInput } from '../api/object-access.ts';
import type { SimulatedNode } from './node.ts';
import { portsOf } from './node-spec.ts';
import type { PtpProfile } from './profile.ts';

export const DAEMON_CONTAINER = 'linuxptp-daemon-container';
export const PROXY_CONTAINER = 'kube-rbac-proxy';

export interface ClusterFacts {
  readonly namespace: string;
  /** Address of a node, by its position. */
  readonly addressOf: (node: SimulatedNode) => string;
  readonly kubeletPort: number;
  readonly startedAt: string;
}

const CAPACITY = { cpu: '64', memory: '256Gi', pods: '250' };
const PTP_API = 'ptp.openshift.io/v1';

export function namespaceObject(namespace: string): ObjectInput {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'openshift.io/cluster-monitoring': 'true' } },
  };
}

export function operatorConfigObject(namespace: string): ObjectInput {
  return {
    apiVersion: PTP_API,
    kind: 'PtpOperatorConfig',
    metadata: { name: 'default', namespace },
    spec: { daemonNodeSelector: {}, ptpEventConfig: { enableEventPublisher: false } },
  };
}

export function nodeObject(node: SimulatedNode, facts: ClusterFacts): ObjectInput {
  const { name } = node.spec;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node-role.kubernetes.io/worker': '',
      },
    },
    spec: {},
    status: {
      addresses: [
        { type: 'InternalIP', address: facts.addressOf(node) },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'simulated kubelet is posting ready status',
          lastHeartbeatTime: facts.startedAt,
          lastTransitionTime: facts.startedAt,
        },
      ],
      capacity: CAPACITY,
      allocatable: CAPACITY,
      daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort } },
      nodeInfo: nodeInfo(name),
    },
  };
}

function nodeInfo(name: string): Record<string, string> {
  return {
    machineID: name,
    systemUUID: name,
    bootID: name,
    kernelVersion: '5.14.0-570.el9.x86_64',
    osImage: 'Simulated Linux',
    containerRuntimeVersion: 'cri-o://1.32.0',
    kubeletVersion: 'v1.32.0',
    kubeProxyVersion: '',
    operatingSystem: 'linux',
    architecture: 'amd64',
  };
}

export function podObject(node: SimulatedNode, facts: ClusterFacts): ObjectInput {
  const address = facts.addressOf(node);
  const { name } = node.spec;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: node.podName,
      namespace: facts.namespace,
      labels: { app: 'linuxptp-daemon', role: 'ptp', nodeName: name.split('.')[0] ?? name },
    },
    spec: {
      nodeName: name,
      hostNetwork: true,
      hostPID: true,
      containers: [
        {
          name: DAEMON_CONTAINER,
          image: 'simulated/linuxptp-daemon',
          env: [{ name: 'NODE_NAME', value: name }],
        },
        {
          name: PROXY_CONTAINER,
          image: 'simulated/kube-rbac-proxy',
          ports: [{ name: 'https', containerPort: 8443 }],
        },
      ],
    },
    status: {
      phase: 'Running',
      hostIP: address,
      podIP: address,
      podIPs: [{ ip: address }],
      startTime: facts.startedAt,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: facts.startedAt }],
      containerStatuses: [
        containerStatus(DAEMON_CONTAINER, node.containerRestarts, node.podName, facts),
        containerStatus(PROXY_CONTAINER, 0, node.podName, facts),
      ],
    },
  };
}

function containerStatus(
  name: string,
  restartCount: number,
  pod: string,
  facts: ClusterFacts,
): Record<string, unknown> {
  return {
    name,
    image: `simulated/${name}`,
    imageID: '',
    containerID: `cri-o://${pod}-${name}-${restartCount}`,
    ready: true,
    started: true,
    restartCount,
    state: {
      running: {
        startedAt: restartCount === 0 ? facts.startedAt : new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      },
    },
    lastState:
      restartCount === 0
        ? {}
        : {
            terminated: {
              exitCode: 137,
              reason: 'Error',
              containerID: `cri-o://${pod}-${name}-${restartCount - 1}`,
            },
          },
  };
}

export function nodePtpDeviceObject(node: SimulatedNode, namespace: string): ObjectInput {
  const devices = portsOf(node.spec).map((name, index) => ({
    name,
    hardwareInfo: {
      pciAddress: `0000:51:00.${index}`,
      firmwareVersion: '4.40 0x8001c7d4 1.3534.0',
      driverVersion: 'ice v5.14.0-570.el9.x86_64',
      linkStatus: 'up',
      linkSpeed: '25000Mb/s',
      fec: 'RS',
    },
  }));
  return {
    apiVersion: PTP_API,
    kind: 'NodePtpDevice',
    metadata: { name: node.spec.name, namespace },
    spec: {},
    status: { devices },
  };
}

/** What is applied on each node, as the PTP operator writes it for the daemons. */
export function profileConfigMap(nodes: readonly SimulatedNode[], namespace: string): ObjectInput {
  const entries = nodes.map((node) => [node.spec.name, JSON.stringify(node.profiles)] as const);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'ptp-configmap', namespace },
    data: Object.fromEntries(entries),
  };
}

/** One PtpConfig per set of profiles, matching by name the nodes that use them. */
export function ptpConfigObjects(nodes: readonly SimulatedNode[], namespace: string): ObjectInput[] {
  const groups = new Map<string, { profiles: readonly PtpProfile[]; nodes: string[] }>();
  for (const node of nodes) {
    const { profiles } = node;
    const key = profiles.map((profile) => profile.name).join('+');
    const group = groups.get(key) ?? { profiles, nodes: [] };
    group.nodes.push(node.spec.name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ profiles, nodes: names }) => ({
    apiVersion: PTP_API,
    kind: 'PtpConfig',
    metadata: { name: (profiles.at(-1)?.name ?? 'profile').replace(/^\d+-/, ''), namespace },
    spec: {
      profile: profiles,
      recommend: profiles.map((profile) => ({
        profile: profile.name,
        priority: 10,
        match: names.map((nodeName) => ({ nodeName })),
      })),
    },
    status: {
      matchList: names.flatMap((nodeName) =>
        profiles.map((profile) => ({ nodeName, profile: profile.name })),
      ),
    },
  }));
}
