import { compareText } from '../severity.ts';
import type { ClockTree, TopologyClock, TopologyEdge } from './topology.ts';

/** Children of each clock by the edges time flows along. */
export function childrenOf(edges: readonly TopologyEdge[]): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const { from, to, kind } of edges) {
    if (kind === 'Standby') continue;
    const known = children.get(from);
    if (known === undefined) children.set(from, [to]);
    else known.push(to);
  }
  return children;
}

/** One tree per root: a grandmaster, or whatever has children and no parent. */
export function treesOf(
  clocks: readonly TopologyClock[],
  edges: readonly TopologyEdge[],
): readonly ClockTree[] {
  const children = childrenOf(edges);
  const byId = new Map(clocks.map((clock) => [clock.id, clock]));
  const hasParent = new Set(edges.filter(({ kind }) => kind !== 'Standby').map(({ to }) => to));
  return clocks
    .filter(({ id, isGrandmaster }) => !hasParent.has(id) && (isGrandmaster || children.has(id)))
    .map((clock) => treeAt(clock, children, byId))
    .toSorted((left, right) => right.followers - left.followers || compareText(left.root, right.root));
}

function treeAt(
  root: TopologyClock,
  children: ReadonlyMap<string, readonly string[]>,
  byId: ReadonlyMap<string, TopologyClock>,
): ClockTree {
  const seen = new Set([root.id]);
  const nodes = new Set<string>();
  let level = [root.id];
  let depth = 0;
  while (level.length > 0) {
    const next = level.flatMap((id) => children.get(id) ?? []).filter((id) => !seen.has(id));
    for (const id of next) {
      seen.add(id);
      const { nodeName } = byId.get(id) ?? {};
      if (nodeName !== undefined && nodeName !== root.nodeName) nodes.add(nodeName);
    }
    if (next.length > 0) depth += 1;
    level = [...new Set(next)];
  }
  return {
    root: root.id,
    grandmasterIdentity: root.clockIdentity,
    nodeName: root.nodeName,
    domainNumber: root.domainNumber,
    clockClass: root.clockClass,
    followers: nodes.size,
    depth,
  };
}
