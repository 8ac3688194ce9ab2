import type { HealthVerdict } from '../../ptp/health.ts';
import { compareText, severityRank } from '../severity.ts';
import type { ClockRow } from './rows.ts';
import type { ClockTopology, TopologyClock, TopologyFinding } from './topology.ts';
import { childrenOf } from './trees.ts';

export interface TopologyLimits {
  /** Boundary clocks allowed between grandmaster and node. */
  stepsRemoved?: number;
}

/** What holds in a sound network, whatever its shape. */
export interface TopologyRule {
  readonly id: string;
  readonly title: string;
  readonly severity: HealthVerdict;
  readonly reference: string;
  readonly remedy: string;
  readonly check: (subject: TopologySubject) => readonly Violation[];
}

interface Violation {
  subject: string;
  message: string;
}

interface TopologySubject {
  rows: readonly ClockRow[];
  graph: Pick<ClockTopology, 'clocks' | 'edges' | 'trees'>;
  limits: TopologyLimits;
}

/** Chains of G.8271.1 have up to 20 boundary clocks of class B; 10 of class A. */
const DEFAULT_STEPS_LIMIT = 20;
const TRACEABLE_CLASSES: ReadonlySet<number> = new Set([6, 7]);
const MAX_FINDINGS = 100;

export const TOPOLOGY_RULES: readonly TopologyRule[] = [
  {
    id: 'topology-cycle',
    title: 'no clock follows itself by way of others',
    severity: 'Critical',
    reference: 'IEEE 1588-2019, 9.3',
    remedy: 'Look for two clocks with one identity, or reports of different times.',
    check: ({ graph }: TopologySubject): readonly Violation[] =>
      cyclesOf(graph).map((names) => ({
        subject: names[0] ?? '',
        message: `clocks follow one another in a circle: ${names.join(', ')}`,
      })),
  },
  {
    id: 'topology-root-class',
    title: 'the root of a telecom tree is traceable to a primary reference',
    severity: 'Moderate',
    reference: 'ITU-T G.8275.1, Table 3',
    remedy: 'Restore the reference of the grandmaster, or check which clock was meant to be it.',
    check: ({ rows, graph }: TopologySubject): readonly Violation[] => {
      const telecom = new Set(
        rows.flatMap(({ ituProfile, domainNumber }) =>
          ituProfile?.startsWith('G.8275') === true ? [domainNumber] : [],
        ),
      );
      return graph.trees.flatMap(
        ({ root, domainNumber, clockClass, grandmasterIdentity, nodeName, followers }) => {
          const isSound = clockClass === undefined || TRACEABLE_CLASSES.has(clockClass);
          if (isSound || followers === 0 || !telecom.has(domainNumber)) return [];
          const name = nodeName ?? grandmasterIdentity ?? root;
          return [
            { subject: name, message: `${followers} nodes follow ${name}, whose class is ${clockClass}` },
          ];
        },
      );
    },
  },
  {
    id: 'topology-steps-limit',
    title: 'the chain of clocks is no longer than planned',
    severity: 'Minor',
    reference: 'ITU-T G.8271.1, Appendix V',
    remedy: 'Shorten the chain, or use clocks of a better class.',
    check: ({
      graph,
      limits: { stepsRemoved: limit = DEFAULT_STEPS_LIMIT },
    }: TopologySubject): readonly Violation[] =>
      graph.clocks
        .filter(({ kind, stepsRemoved }) => kind === 'Node' && (stepsRemoved ?? 0) > limit)
        .map(({ name, stepsRemoved }) => ({
          subject: name,
          message: `${stepsRemoved} steps from its grandmaster, planned are at most ${limit}`,
        })),
  },
  {
    id: 'topology-steps-mismatch',
    title: 'each clock is one step further than its parent',
    severity: 'Minor',
    reference: 'IEEE 1588-2019, 8.2.2.2',
    remedy: 'Look for a boundary clock between the two that nobody reports, or for an old report.',
    check: ({ graph }: TopologySubject): readonly Violation[] => {
      const byId = new Map(graph.clocks.map((clock) => [clock.id, clock]));
      return graph.edges.flatMap(({ from, to, kind }) => {
        const [parent, child] = [byId.get(from), byId.get(to)];
        if (kind !== 'Active' || parent?.kind !== 'Node' || child?.kind !== 'Node') return [];
        const [above, below] = [parent.stepsRemoved, child.stepsRemoved];
        return above === undefined || below === undefined || below === above + 1
          ? []
          : [{ subject: child.name, message: `${below} steps, but its parent ${parent.name} has ${above}` }];
      });
    },
  },
  {
    id: 'topology-lineage',
    title: 'nodes of one PtpConfig follow one grandmaster',
    severity: 'Minor',
    reference: 'O-RAN WG4 CUS, clause 11',
    remedy:
      'Check whether the nodes are meant to follow different grandmasters; phases may differ by both errors.',
    check: ({ rows }: TopologySubject): readonly Violation[] => {
      const groups = Map.groupBy(
        rows.filter(({ grandmasterIdentity, clockType, resourceName }) => {
          return grandmasterIdentity !== undefined && resourceName !== undefined && !isServer(clockType);
        }),
        ({ resourceName, instance, domainNumber }) =>
          `${resourceName ?? ''} ${instance} ${domainNumber ?? ''}`,
      );
      return [...groups.values()].flatMap((group) => {
        const followers = Map.groupBy(group, ({ grandmasterIdentity }) => grandmasterIdentity ?? '');
        if (followers.size < 2) return [];
        const parts = [...followers]
          .toSorted(([, left], [, right]) => right.length - left.length)
          .slice(0, 4)
          .map(([grandmaster, members]) => `${members.length} follow ${grandmaster}`);
        const name = `${group[0]?.resourceName ?? ''}/${group[0]?.instance ?? ''}`;
        return [{ subject: name, message: `of the nodes of ${name}, ${parts.join(', ')}` }];
      });
    },
  },
];

function isServer(clockType: TopologyClock['clockType']): boolean {
  return clockType === 'GM' || clockType === 'TGM';
}

/** Worst first. */
export function checkTopology(
  rows: readonly ClockRow[],
  graph: TopologySubject['graph'],
  limits: TopologyLimits,
): readonly TopologyFinding[] {
  return TOPOLOGY_RULES.flatMap(({ id, severity, remedy, check }) =>
    check({ rows, graph, limits }).map((found) => ({ rule: id, severity, remedy, ...found })),
  )
    .toSorted(
      (left, right) =>
        severityRank(right.severity) - severityRank(left.severity) ||
        compareText(left.rule, right.rule) ||
        compareText(left.subject, right.subject),
    )
    .slice(0, MAX_FINDINGS);
}

/** Names along each circle, found by walking down without recursion: chains may be long. */
function cyclesOf({ clocks, edges }: TopologySubject['graph']): readonly (readonly string[])[] {
  const children = childrenOf(edges);
  const nameOf = new Map(clocks.map(({ id, name }) => [id, name]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const { id: start } of clocks) {
    const path: { id: string; next: number }[] = [{ id: start, next: 0 }];
    const onPath = new Set([start]);
    while (path.length > 0 && !done.has(start)) {
      const top = path.at(-1) ?? { id: start, next: 0 };
      const child = children.get(top.id)?.[top.next];
      top.next += 1;
      if (child === undefined) {
        done.add(top.id);
        onPath.delete(top.id);
        path.pop();
      } else if (onPath.has(child)) {
        const ids = path.map(({ id }) => id);
        cycles.push(ids.slice(ids.indexOf(child)).map((id) => nameOf.get(id) ?? id));
      } else if (!done.has(child)) {
        path.push({ id: child, next: 0 });
        onPath.add(child);
      }
    }
  }
  return cycles;
}
