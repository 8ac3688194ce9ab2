import { FLEET_REPORT_NAME, FLEET_REPORTS, POLICIES, REPORTS } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/client.ts';
import {
  Reflector,
  type ReflectorChange,
  type ReflectorOptions,
  type ReflectorTimings,
} from '../../kube/reflector.ts';
import type { Logger } from '../../lib/log.ts';
import { projectAppliedConfig, type AppliedConfig } from '../../observe/resources/applied-config.ts';
import { projectNodePtpDevice, type NodeDevices } from '../../observe/resources/node-ptp-device.ts';
import { projectNode, type ClusterNode } from '../../observe/resources/node.ts';
import { projectPolicy, projectReport, type OwnReport, type Policy } from '../../observe/resources/own.ts';
import { projectPod, type DaemonPod } from '../../observe/resources/pod.ts';
import { projectPtpConfig, type PtpConfig } from '../../observe/resources/ptp-config.ts';
import {
  projectPtpOperatorConfig,
  type PtpOperatorSettings,
} from '../../observe/resources/ptp-operator-config.ts';
import {
  APPLIED_CONFIG_MAP,
  CONFIG_MAPS,
  NODE_PTP_DEVICES,
  NODES,
  PODS,
  PTP_CONFIGS,
  PTP_OPERATOR_CONFIGS,
} from '../../observe/resources/upstream.ts';
import type { WatchStatistics } from '../../publish/statistics.ts';
import type { OperatorOptions } from './options.ts';

/** What changed concerns one node, or may concern all. */
export interface WatchListener {
  onNode(name: string): void;
  onNodeDeleted(name: string): void;
  onReportDeleted(name: string): void;
  onEveryNode(): void;
}

/** Every watch the operator keeps; each store is a projected, always current copy. */
export interface Watches {
  nodes: Reflector<ClusterNode>;
  pods: Reflector<DaemonPod>;
  appliedConfig: Reflector<AppliedConfig>;
  ptpConfigs: Reflector<PtpConfig>;
  devices: Reflector<NodeDevices>;
  operatorConfigs: Reflector<PtpOperatorSettings>;
  reports: Reflector<OwnReport>;
  fleetReports: Reflector<{ name: string }>;
  policies: Reflector<Policy>;
}

export function createWatches(
  client: KubeClient,
  options: OperatorOptions,
  log: Logger,
  listener: WatchListener,
  timings: Partial<ReflectorTimings> = {},
): Watches {
  const every = (): void => {
    listener.onEveryNode();
  };
  const common = { client, log, timings, onStatus: every };
  const inPtpNamespace = { ...common, namespace: options.ptpNamespace };
  return {
    nodes: new Reflector({
      ...common,
      resource: NODES,
      project: projectNode,
      onChange: onNodeChange(listener),
    }),
    pods: new Reflector({
      ...inPtpNamespace,
      resource: PODS,
      labelSelector: options.daemonSelector,
      project: projectPod,
      onChange: byName(listener, podNodes),
    }),
    appliedConfig: new Reflector({
      ...inPtpNamespace,
      resource: CONFIG_MAPS,
      fieldSelector: `metadata.name=${APPLIED_CONFIG_MAP}`,
      project: projectAppliedConfig,
      onChange: every,
    }),
    ptpConfigs: new Reflector({
      ...inPtpNamespace,
      resource: PTP_CONFIGS,
      project: projectPtpConfig,
      onChange: every,
    }),
    devices: new Reflector({
      ...inPtpNamespace,
      resource: NODE_PTP_DEVICES,
      project: projectNodePtpDevice,
      onChange: byName(listener, (device) => [device.nodeName]),
    }),
    operatorConfigs: new Reflector({
      ...inPtpNamespace,
      resource: PTP_OPERATOR_CONFIGS,
      project: projectPtpOperatorConfig,
      onChange: every,
    }),
    reports: new Reflector({
      ...common,
      resource: REPORTS,
      project: projectReport,
      onChange: onReportChange(listener),
    }),
    fleetReports: new Reflector({
      ...common,
      resource: FLEET_REPORTS,
      fieldSelector: `metadata.name=${FLEET_REPORT_NAME}`,
      project: ({ metadata }) => ({ name: metadata.name }),
      onChange: () => undefined,
    }),
    policies: new Reflector({
      ...common,
      resource: POLICIES,
      project: projectPolicy,
      onChange: onPolicyChange(listener),
    }),
  };
}

type OnChange<T> = ReflectorOptions<T>['onChange'];

function byName<T>(listener: WatchListener, namesOf: (object: T) => readonly string[]): OnChange<T> {
  return (change) => {
    for (const name of namesIn(change, namesOf)) listener.onNode(name);
    if (change.type === 'Synced') listener.onEveryNode();
  };
}

function namesIn<T>(
  change: ReflectorChange<T>,
  namesOf: (object: T) => readonly string[],
): readonly string[] {
  switch (change.type) {
    case 'Synced':
      return [];
    case 'Updated':
      return [...namesOf(change.old), ...namesOf(change.object)];
    case 'Added':
    case 'Deleted':
      return namesOf(change.object);
  }
}

function podNodes(pod: DaemonPod): readonly string[] {
  return pod.nodeName === undefined ? [] : [pod.nodeName];
}

function onNodeChange(listener: WatchListener): OnChange<ClusterNode> {
  const changed = byName<ClusterNode>(listener, (node) => [node.name]);
  return (change) => {
    if (change.type === 'Deleted') listener.onNodeDeleted(change.object.name);
    // Nodes report their heartbeat every few minutes; nothing we keep changes by it.
    else if (change.type !== 'Updated' || JSON.stringify(change.old) !== JSON.stringify(change.object))
      changed(change);
  };
}

/** Our own status writes come back as updates: only what people wrote is news. */
function onReportChange(listener: WatchListener): OnChange<OwnReport> {
  return (change) => {
    if (change.type === 'Updated' && change.old.generation === change.object.generation) return;
    if (change.type === 'Deleted') listener.onReportDeleted(change.object.name);
    if (change.type === 'Synced') listener.onEveryNode();
    else listener.onNode(change.object.name);
  };
}

function onPolicyChange(listener: WatchListener): OnChange<Policy> {
  return (change) => {
    if (change.type === 'Updated' && change.old.generation === change.object.generation) return;
    listener.onEveryNode();
  };
}

/** States in which a watch will not give anything soon, so that nobody should wait for it. */
const ANSWERED = new Set(['Synced', 'Absent', 'Forbidden', 'Unauthorized']);

export function hasAnswered(watch: Pick<Reflector<unknown>, 'hasSynced' | 'status'>): boolean {
  return watch.hasSynced || ANSWERED.has(watch.status.state);
}

export function watchList(watches: Watches): readonly (readonly [string, Reflector<unknown>])[] {
  return Object.entries(watches) as [string, Reflector<unknown>][];
}

export function watchStatistics(watches: Watches): WatchStatistics[] {
  return watchList(watches).map(([resource, watch]) => {
    const { restarts, relists, objects, lastEventAgeMillis, rejections } = watch.stats;
    return {
      resource,
      synced: watch.status.state === 'Synced',
      objects,
      restartsTotal: Object.values(restarts).reduce((sum, count) => sum + count, 0),
      relistsTotal: relists,
      parseErrorsTotal: restarts.Malformed + rejections,
      idleSeconds: lastEventAgeMillis / 1000,
    };
  });
}
