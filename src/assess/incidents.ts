import type { FaultKind } from '../ptp/fault-kind.ts';
import type { HealthVerdict } from '../ptp/health.ts';
import { MICROS_PER_SECOND, type Micros } from '../ptp/time.ts';
import type { Episode } from '../state/episode-log.ts';
import type { InstanceState, NodeState } from '../state/node-state.ts';
import { compareText, worstOf } from './severity.ts';

/**
 * Several nodes that degrade together have one cause, upstream of all of them: the deepest
 * clock they share, or what happened to that clock's own node.
 */
export interface Incident {
  readonly id: string;
  readonly kind: FaultKind;
  readonly severity: HealthVerdict;
  readonly commonAncestor?: string;
  /** Node of the common ancestor, when it is one of ours. */
  readonly ancestorNode?: string;
  readonly startMicros: Micros;
  readonly endMicros?: Micros;
  /** By name. */
  readonly nodes: readonly string[];
  readonly message: string;
}

/** Members begin within this time of one another: announce timeout, filters and detection. */
const TOGETHER_MICROS = 5 * MICROS_PER_SECOND;
/** The ancestor's own fault may be this much earlier. */
const CAUSE_BEFORE_MICROS = 15 * MICROS_PER_SECOND;
/** Incidents are kept this long after they ended. */
const KEPT_MICROS = 3_600 * MICROS_PER_SECOND;
const MAX_INCIDENTS = 50;

/** Faults that come from upstream; a node's own (its link, its process, its files) are its own. */
const SHARED_KINDS: ReadonlySet<FaultKind> = new Set([
  'AnnounceTimeout',
  'NotAcquired',
  'SyncTimeout',
  'DelayResponseTimeout',
  'PortFlapping',
  'GrandmasterChanged',
  'GrandmasterDegraded',
  'OffsetExceeded',
  'Instability',
  'PathDelayStep',
  'ClockStep',
  'FrequencyDisturbance',
  'SynchronizationFault',
  'TimePropertiesInvalid',
]);

interface Member {
  readonly node: string;
  readonly episode: Episode;
  /** Clocks above the node, nearest first. */
  readonly ancestors: readonly string[];
}

/** Finds the incidents of the fleet, those going on first, newest first. */
export function findIncidents(
  states: ReadonlyMap<string, Readonly<NodeState>>,
  nodeOfClock: (clockIdentity: string) => string | undefined,
  now: Micros,
): Incident[] {
  const groups = new Map<string, Member[]>();
  for (const member of membersOf(states, now)) {
    for (const ancestor of member.ancestors) {
      const list = groups.get(ancestor);
      if (list === undefined) groups.set(ancestor, [member]);
      else list.push(member);
    }
  }
  const incidents: Incident[] = [];
  const told = new Set<Episode>();
  // Deepest first: the clock with the fewest, but at least two, nodes below it explains them best.
  const ordered = [...groups].sort(([a, x], [b, y]) => nodeCount(x) - nodeCount(y) || compareText(a, b));
  for (const [ancestor, members] of ordered) {
    for (const cluster of clustersOf(members.filter((member) => !told.has(member.episode)))) {
      if (nodeCount(cluster) < 2 || !coversDeepest(cluster, ancestor)) continue;
      for (const member of cluster) told.add(member.episode);
      incidents.push(incidentOf(cluster, ancestor, states, nodeOfClock));
    }
  }
  return incidents
    .sort(
      (a, b) =>
        Number(a.endMicros !== undefined) - Number(b.endMicros !== undefined) ||
        b.startMicros - a.startMicros ||
        compareText(a.id, b.id),
    )
    .slice(0, MAX_INCIDENTS);
}

function* membersOf(states: ReadonlyMap<string, Readonly<NodeState>>, now: Micros): Iterable<Member> {
  for (const [node, state] of states) {
    for (const episode of recent(state, now)) {
      if (!SHARED_KINDS.has(episode.kind)) continue;
      const instance = state.instances.get(episode.instance ?? '');
      if (instance === undefined) continue;
      const ancestors = ancestorsOf(instance, episode.startMicros);
      if (ancestors.length > 0) yield { node, episode, ancestors };
    }
  }
}

function* recent(state: Readonly<NodeState>, now: Micros): Iterable<Episode> {
  yield* state.episodes.active;
  for (const episode of state.episodes.ended)
    if (now - (episode.endMicros ?? now) < KEPT_MICROS) yield episode;
}

/** Parent, then grandmaster, as they were when the fault began. */
function ancestorsOf(instance: InstanceState, atMicros: Micros): string[] {
  const parent = instance.dataSets.get('PARENT_DATA_SET')?.values['parentPortIdentity']?.replace(/-\d+$/, '');
  let heard: string | undefined;
  for (const one of instance.foreignMasters)
    if (one.atMicros < atMicros - 1) heard = one.portIdentity.replace(/-\d+$/, '');
  let grandmaster: string | undefined;
  for (const one of instance.grandmasterHistory)
    if (!one.local && one.atMicros < atMicros - 1) grandmaster = one.clockIdentity;
  const own = instance.clockIdentity;
  const list = [parent ?? heard, grandmaster].filter(
    (one): one is string => one !== undefined && one !== own,
  );
  return [...new Set(list)];
}

const nodeCount = (members: readonly Member[]): number => new Set(members.map((member) => member.node)).size;

/** Members that begin together; a later start opens the next cluster. */
function clustersOf(members: readonly Member[]): Member[][] {
  const sorted = [...members].sort(
    (a, b) => a.episode.startMicros - b.episode.startMicros || compareText(a.node, b.node),
  );
  const clusters: Member[][] = [];
  for (const member of sorted) {
    const current = clusters.at(-1);
    const first = current?.[0];
    if (
      current !== undefined &&
      first !== undefined &&
      member.episode.startMicros - first.episode.startMicros <= TOGETHER_MICROS
    ) {
      current.push(member);
    } else clusters.push([member]);
  }
  return clusters;
}

/** Is no other clock nearer to all members? */
function coversDeepest(cluster: readonly Member[], ancestor: string): boolean {
  const first = cluster[0];
  if (first === undefined) return false;
  const shared = first.ancestors.filter((one) => cluster.every((member) => member.ancestors.includes(one)));
  return shared[0] === ancestor;
}

function incidentOf(
  cluster: readonly Member[],
  ancestor: string,
  states: ReadonlyMap<string, Readonly<NodeState>>,
  nodeOfClock: (clockIdentity: string) => string | undefined,
): Incident {
  const startMicros = Math.min(...cluster.map((member) => member.episode.startMicros));
  const running = cluster.some((member) => member.episode.endMicros === undefined);
  const endMicros = Math.max(...cluster.map((member) => member.episode.endMicros ?? 0));
  const nodes = [...new Set(cluster.map((member) => member.node))].sort();
  const ancestorNode = nodeOfClock(ancestor);
  const above = ancestorNode === undefined ? undefined : causeAbove(states.get(ancestorNode), startMicros);
  const kind = mostCommon(cluster.map((member) => member.episode.kind));
  const where = ancestorNode === undefined ? `clock ${ancestor}` : `node ${ancestorNode}`;
  const why = above === undefined ? '' : ` There: ${above.kind} on ${above.subject}.`;
  return {
    id: `${kind}-${Math.floor(startMicros / MICROS_PER_SECOND).toString(36)}-${ancestor}`.slice(0, 64),
    kind,
    severity: worstOf(cluster.map((member) => member.episode.severity)),
    commonAncestor: ancestor,
    ...(ancestorNode !== undefined && { ancestorNode }),
    startMicros,
    ...(running ? {} : { endMicros }),
    nodes,
    message: `${nodes.length} nodes below ${where} degraded together: ${kind}.${why}`,
  };
}

/** What happened to the ancestor's own node just before. */
function causeAbove(state: Readonly<NodeState> | undefined, startMicros: Micros): Episode | undefined {
  if (state === undefined) return undefined;
  const list = [...state.episodes.active, ...state.episodes.ended];
  return list.find(
    (one) =>
      one.startMicros >= startMicros - CAUSE_BEFORE_MICROS &&
      one.startMicros <= startMicros + TOGETHER_MICROS,
  );
}

function mostCommon(kinds: readonly FaultKind[]): FaultKind {
  const counts = new Map<FaultKind, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const [first] = [...counts].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  return first?.[0] ?? 'AnnounceTimeout';
}
