import { makerOf, sameIdentityKey } from '../../ptp/oui.ts';
import { compareText } from '../severity.ts';
import { joinRows, type JoinedClock } from './join.ts';
import { checkTopology, type TopologyLimits } from './invariants.ts';
import { clockOfPort, portOfPort, type ClockRow } from './rows.ts';
import type { ClockTopology, TopologyClock, TopologyEdge } from './topology.ts';
import { treesOf } from './trees.ts';

/**
 * The tree of clocks from what each node says about its own parent and grandmaster. What nobody
 * of ours is gets a clock of its own: external where its identity is known, hidden where only the
 * number of steps tells that something is there.
 */
export function buildTopology(rows: readonly ClockRow[], limits: TopologyLimits = {}): ClockTopology {
  const builder = new TopologyBuilder(joinRows(rows));
  const { clocks, edges } = builder.build();
  const trees = treesOf(clocks, edges);
  return { clocks, edges, trees, findings: checkTopology(rows, { clocks, edges, trees }, limits) };
}

class TopologyBuilder {
  readonly #joined: readonly JoinedClock[];
  readonly #clocks = new Map<string, TopologyClock>();
  readonly #edges = new Map<string, TopologyEdge>();
  /** Clock by domain and identity; an identity without a domain stands for all. */
  readonly #byIdentity = new Map<string, string>();

  constructor(joined: readonly JoinedClock[]) {
    this.#joined = joined;
  }

  build(): Pick<ClockTopology, 'clocks' | 'edges'> {
    for (const one of this.#joined) {
      this.#clocks.set(one.clock.id, one.clock);
      for (const { domainNumber, clockIdentity } of one.identities) {
        this.#byIdentity.set(identityKey(domainNumber, clockIdentity), one.clock.id);
      }
    }
    for (const one of this.#joined) this.#connect(one);
    return {
      clocks: [...this.#clocks.values()].toSorted((left, right) => compareText(left.id, right.id)),
      edges: [...this.#edges.values()].toSorted(
        (left, right) => compareText(left.to, right.to) || compareText(left.from, right.from),
      ),
    };
  }

  #connect({ clock, receiver }: JoinedClock): void {
    const { grandmasterIdentity, domainNumber } = receiver;
    if (clock.isGrandmaster) return;
    const parent = parentPort(receiver);
    for (const heard of receiver.heardPortIdentities ?? []) {
      if (heard !== parent) this.#addStandby(clock, domainNumber, heard);
    }
    if (parent !== undefined) this.#connectParent(clock, receiver, parent);
    else if (grandmasterIdentity !== undefined) {
      const root = this.#clockOf(domainNumber, grandmasterIdentity, true, receiver.clockClass);
      this.#connectThrough(root, clock.id, hiddenHops(0, receiver.stepsRemoved), receiver);
    }
  }

  /** The parent is the neighbour itself; between it and the grandmaster there may be clocks nobody sees. */
  #connectParent(clock: TopologyClock, receiver: ClockRow, parent: string): void {
    const { grandmasterIdentity, domainNumber, stepsRemoved, clockClass } = receiver;
    const identity = clockOfPort(parent);
    const isGrandmaster =
      grandmasterIdentity !== undefined && sameIdentityKey(identity) === sameIdentityKey(grandmasterIdentity);
    const id = this.#clockOf(domainNumber, identity, isGrandmaster, isGrandmaster ? clockClass : undefined);
    const known = this.#clocks.get(id);
    const isCounted = known?.kind === 'Node' && stepsRemoved !== undefined;
    const between = isCounted ? hiddenHops(known.stepsRemoved, stepsRemoved) : 0;
    this.#connectThrough(id, clock.id, between, receiver, portOfPort(parent));
    if (known?.kind !== 'External' || isGrandmaster || grandmasterIdentity === undefined) return;
    const root = this.#clockOf(domainNumber, grandmasterIdentity, true, clockClass);
    const stepsOfParent = stepsRemoved === undefined ? undefined : stepsRemoved - 1;
    if (known.stepsRemoved === undefined && stepsOfParent !== undefined) {
      this.#clocks.set(id, { ...known, stepsRemoved: stepsOfParent });
    }
    this.#connectThrough(root, id, hiddenHops(0, stepsOfParent), undefined);
  }

  /** @param hops clocks that nobody sees between the two; undefined when it is not known how many. */
  #connectThrough(
    from: string,
    to: string,
    hops: number | undefined,
    row: ClockRow | undefined,
    fromPort?: number,
  ): void {
    const details = {
      toInterface: row?.ports.find(({ state }) => state === 'SLAVE' || state === 'UNCALIBRATED')
        ?.interfaceName,
      pathDelayNanoseconds: row?.pathDelayNanoseconds,
    };
    if (from === to) return;
    if (hops === 0) {
      this.#addEdge({ from, to, kind: 'Active', fromPort, ...details });
      return;
    }
    if (hops === undefined) {
      this.#addEdge({ from, to, kind: 'Inferred', ...details });
      return;
    }
    const hidden = this.#hiddenClock(from, hops);
    this.#addEdge({ from, to: hidden, kind: 'Active', fromPort });
    this.#addEdge({ from: hidden, to, kind: 'Active', ...details });
  }

  #addStandby(clock: TopologyClock, domainNumber: number | undefined, heard: string): void {
    const from = this.#clockOf(domainNumber, clockOfPort(heard), false, undefined);
    if (from !== clock.id && !this.#edges.has(edgeKey(from, clock.id)))
      this.#addEdge({ from, to: clock.id, kind: 'Standby', fromPort: portOfPort(heard) });
  }

  #addEdge(edge: TopologyEdge): void {
    const key = edgeKey(edge.from, edge.to);
    const known = this.#edges.get(key);
    if (known === undefined || known.kind === 'Standby') this.#edges.set(key, edge);
  }

  /** The clock of an identity: one of ours, else an external one that all who see it share. */
  #clockOf(
    domainNumber: number | undefined,
    clockIdentity: string,
    isGrandmaster: boolean,
    clockClass: number | undefined,
  ): string {
    const key = identityKey(domainNumber, clockIdentity);
    const known = this.#byIdentity.get(key) ?? this.#byIdentity.get(identityKey(undefined, clockIdentity));
    const id = known ?? `external/${key}`;
    const clock = this.#clocks.get(id) ?? externalClock(id, domainNumber, clockIdentity);
    this.#byIdentity.set(key, id);
    this.#clocks.set(id, {
      ...clock,
      isGrandmaster: clock.isGrandmaster || (clock.kind === 'External' && isGrandmaster),
      clockClass: clock.clockClass ?? clockClass,
      ...(isGrandmaster && clock.kind === 'External' ? { stepsRemoved: 0 } : {}),
    });
    return id;
  }

  #hiddenClock(from: string, hops: number): string {
    const id = `hidden/${hops}/${from}`;
    const above = this.#clocks.get(from);
    this.#clocks.set(id, {
      id,
      kind: 'Hidden',
      name: `${hops} unseen hop${hops === 1 ? '' : 's'}`,
      instances: [],
      clockType: 'BC',
      domainNumber: above?.domainNumber,
      isGrandmaster: false,
      hiddenHops: hops,
      standbyPorts: [],
    });
    return id;
  }
}

function externalClock(id: string, domainNumber: number | undefined, clockIdentity: string): TopologyClock {
  const maker = makerOf(clockIdentity);
  return {
    id,
    kind: 'External',
    name: maker === undefined ? clockIdentity : `${maker} ${clockIdentity}`,
    instances: [],
    clockIdentity,
    maker,
    clockType: 'Unknown',
    domainNumber,
    isGrandmaster: false,
    standbyPorts: [],
  };
}

/** The parent as told; else the only sender heard. Port 0 is the clock itself, which is no parent. */
function parentPort({ parentPortIdentity, heardPortIdentities = [] }: ClockRow): string | undefined {
  const told = parentPortIdentity ?? (heardPortIdentities.length === 1 ? heardPortIdentities[0] : undefined);
  return told === undefined || portOfPort(told) === 0 ? undefined : told;
}

/** Each boundary clock adds one step: what is missing between parent and child is not seen. */
function hiddenHops(stepsOfParent: number | undefined, steps: number | undefined): number | undefined {
  if (steps === undefined || stepsOfParent === undefined) return stepsOfParent === 0 ? undefined : 0;
  return Math.max(0, steps - stepsOfParent - 1);
}

function identityKey(domainNumber: number | undefined, clockIdentity: string): string {
  return `${domainNumber ?? ''}/${sameIdentityKey(clockIdentity)}`;
}

function edgeKey(from: string, to: string): string {
  return `${from} > ${to}`;
}
