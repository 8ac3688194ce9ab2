import type { PtpHealthPolicySpec } from '../../api/policy.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ObservationSink } from '../../observe/observation.ts';
import type { ClusterNode } from '../../observe/resources/node.ts';
import { selectPolicy } from '../../observe/resources/own.ts';
import type { NodeChoice } from '../../publish/status/policy-status.ts';
import { chooseDaemon, type DaemonPod } from '../../observe/resources/pod.ts';
import { Assignments } from './assignments.ts';
import { configSource, nodeFacts, sourceState, type NodeInput } from './node-facts.ts';
import type { Watches } from './watches.ts';

export interface NodeTrackerOptions {
  watches: Watches;
  ptpNamespace: string;
  engine: Engine;
  clock: Clock;
  ingest: ObservationSink;
  /** The daemon pod that speaks for a node, as it is now; undefined = there is none any more. */
  onDaemon: (node: string, pod: DaemonPod | undefined, policy: PtpHealthPolicySpec) => void;
  /** The node is not observed any more. */
  onForgotten: (node: string) => void;
}

interface TrackedNode {
  /** Facts told last, as JSON by key: a fact is told once. */
  told: Map<string, string>;
  restored: boolean;
  /** The policy in force and what competes with it. */
  choice: NodeChoice;
  /** Monotonic time at which the node last had a daemon or a profile. */
  wantedMillis: number;
}

/** A daemon that is rolled out anew must not cost the node its history. */
const FORGET_AFTER_MILLIS = 30 * 60_000;

/**
 * Decides which nodes are observed (those with a PTP daemon or a profile) and tells the engine what
 * the Kubernetes API says about them. Level-based: it looks at the caches, not at events.
 */
export class NodeTracker {
  readonly #options: NodeTrackerOptions;
  /** One entry per observed node; goes with the node. */
  readonly #tracked = new Map<string, TrackedNode>();
  readonly #dirty = new Set<string>();
  #allDirty = true;
  #assignments = new Assignments(undefined, undefined);
  #podsByNode: ReadonlyMap<string, readonly DaemonPod[]> = new Map();

  constructor(options: NodeTrackerOptions) {
    this.#options = options;
  }

  /** Facts about other nodes, e.g. late lines of one that was deleted, are dropped. */
  isTracked(node: string): boolean {
    return this.#tracked.has(node);
  }

  get nodeNames(): Iterable<string> {
    return this.#tracked.keys();
  }

  /** Which policy is in force on each observed node. */
  *policyChoices(): Iterable<NodeChoice> {
    for (const { choice } of this.#tracked.values()) yield choice;
  }

  markNode(node: string): void {
    this.#dirty.add(node);
  }

  markAll(): void {
    this.#allDirty = true;
  }

  /** A Node was deleted: all about it goes, also when one of the same name comes at once. */
  nodeDeleted(node: string): void {
    this.#forget(node);
    this.#dirty.add(node);
  }

  /** Takes in what changed since the last call; false = nothing did. */
  refresh(): boolean {
    if (this.#dirty.size === 0 && !this.#allDirty) return false;
    const names = this.#allDirty ? this.#everyName() : [...this.#dirty];
    if (this.#allDirty) this.#assignments = this.#readAssignments();
    this.#allDirty = false;
    this.#dirty.clear();
    this.#podsByNode = groupByNode(this.#options.watches.pods.store.values());
    for (const name of names) this.#refreshNode(name);
    return true;
  }

  #everyName(): Set<string> {
    const { nodes, pods } = this.#options.watches;
    const podNodes = [...pods.store.values()].flatMap(({ nodeName }) =>
      nodeName === undefined ? [] : [nodeName],
    );
    return new Set([...nodes.store.keys(), ...podNodes, ...this.#tracked.keys()]);
  }

  #readAssignments(): Assignments {
    const { ptpConfigs, appliedConfig } = this.#options.watches;
    const configs = ptpConfigs.hasSynced ? [...ptpConfigs.store.values()] : undefined;
    return new Assignments(configs, [...appliedConfig.store.values()][0]);
  }

  #refreshNode(name: string): void {
    const pods = this.#podsByNode.get(name) ?? [];
    const node = this.#nodeOf(name, pods);
    const assignments = node === undefined ? [] : this.#assignments.of(node);
    const isWanted = pods.length > 0 || assignments.some(({ profiles }) => profiles.length > 0);
    if (node === undefined || !this.#keep(name, isWanted)) {
      this.#forget(name);
      return;
    }
    const tracked = this.#tracked.get(name) ?? this.#begin(name);
    this.#tell(tracked, { node, pods, assignments, ...this.#sources(name) });
    const policy = this.#applyPolicy(tracked, node);
    this.#options.onDaemon(name, chooseDaemon(pods).pod, policy);
  }

  /** Without the right to read nodes, a daemon pod is all there is to know one by. */
  #nodeOf(name: string, pods: readonly DaemonPod[]): ClusterNode | undefined {
    const { nodes } = this.#options.watches;
    if (nodes.hasSynced) return nodes.store.get(name);
    return pods.length === 0 ? undefined : { name, uid: '', ready: 'Unknown', labels: {} };
  }

  #keep(name: string, isWanted: boolean): boolean {
    const now = this.#options.clock.monotonicMillis();
    const tracked = this.#tracked.get(name);
    if (isWanted && tracked !== undefined) tracked.wantedMillis = now;
    return isWanted || (tracked !== undefined && now - tracked.wantedMillis < FORGET_AFTER_MILLIS);
  }

  #begin(name: string): TrackedNode {
    const tracked = {
      told: new Map<string, string>(),
      restored: false,
      choice: { rivals: [] },
      wantedMillis: this.#options.clock.monotonicMillis(),
    };
    this.#tracked.set(name, tracked);
    return tracked;
  }

  #forget(name: string): void {
    if (!this.#tracked.delete(name)) return;
    this.#options.engine.removeNode(name);
    this.#options.onForgotten(name);
  }

  #sources(name: string): Pick<NodeInput, 'devices' | 'config' | 'deviceSource'> {
    const { appliedConfig, ptpConfigs, devices } = this.#options.watches;
    const device = devices.store.get(`${this.#options.ptpNamespace}/${name}`);
    const state = sourceState(devices, 'NodePtpDevice');
    return {
      devices: device,
      config: configSource(sourceState(appliedConfig, 'ptp-configmap'), sourceState(ptpConfigs, 'PtpConfig')),
      deviceSource:
        state.condition === 'Fresh' && device === undefined
          ? {
              condition: 'Absent',
              reason: 'NotReported',
              message: 'the PTP Operator has no NodePtpDevice for the node',
            }
          : state,
    };
  }

  #tell(tracked: TrackedNode, input: NodeInput): void {
    for (const [key, fact] of nodeFacts(input, this.#options.clock.wallMicros())) {
      const text = JSON.stringify({ ...fact, atMicros: 0 });
      if (tracked.told.get(key) === text) continue;
      tracked.told.set(key, text);
      this.#options.ingest(fact);
    }
  }

  #applyPolicy(tracked: TrackedNode, node: ClusterNode): PtpHealthPolicySpec {
    const { engine, watches } = this.#options;
    const report = watches.reports.store.get(node.name);
    const { rivals, ...policy } = selectPolicy(
      watches.policies.store.values(),
      node.labels,
      report?.policyName,
    );
    tracked.choice = { ...(policy.name === undefined ? {} : { policy: policy.name }), rivals };
    const text = JSON.stringify([policy, report?.maintenance]);
    if (tracked.told.get('policy') !== text) {
      tracked.told.set('policy', text);
      engine.setPolicy(node.name, policy.spec, policy.name);
      engine.setMaintenance(node.name, report?.maintenance?.untilMicros, report?.maintenance?.reason);
    }
    this.#restore(tracked, node);
    return policy.spec;
  }

  /** Once, and only what the same Node left: a namesake starts anew. */
  #restore(tracked: TrackedNode, node: ClusterNode): void {
    const { engine, watches } = this.#options;
    if (tracked.restored || !watches.reports.hasSynced || !watches.nodes.hasSynced) return;
    tracked.restored = true;
    const report = watches.reports.store.get(node.name);
    if (report?.checkpoint !== undefined && report.ownerUid === node.uid)
      engine.restore(node.name, report.checkpoint);
  }
}

function groupByNode(pods: Iterable<DaemonPod>): Map<string, DaemonPod[]> {
  const groups = new Map<string, DaemonPod[]>();
  for (const pod of pods) {
    if (pod.nodeName === undefined) continue;
    const group = groups.get(pod.nodeName);
    if (group === undefined) groups.set(pod.nodeName, [pod]);
    else group.push(pod);
  }
  return groups;
}
