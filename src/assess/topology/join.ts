import { sameIdentityKey } from '../../ptp/oui.ts';
import { worstOf } from '../severity.ts';
import { clockOfPort, portOfPort, type ClockRow } from './rows.ts';
import type { TopologyClock } from './topology.ts';

/** One clock of a node with the rows it is made of. */
export interface JoinedClock {
  clock: TopologyClock;
  /** The row whose port follows: what the clock hangs on. */
  receiver: ClockRow;
  identities: readonly { domainNumber: number | undefined; clockIdentity: string }[];
}

/**
 * One clock per row, except a T-BC of two profiles: its time transmitter side has itself as parent
 * and names a foreign grandmaster, which its time receiver side of the same node follows.
 */
export function joinRows(rows: readonly ClockRow[]): readonly JoinedClock[] {
  const joined: JoinedClock[] = [];
  for (const ofNode of Map.groupBy(rows, ({ node }) => node).values()) {
    const transmitters = ofNode.filter(isTransmitterSide);
    const taken = new Set<ClockRow>();
    for (const row of ofNode) {
      if (transmitters.includes(row)) continue;
      const side = transmitters.find((other) => !taken.has(other) && belongTogether(row, other));
      if (side !== undefined) taken.add(side);
      joined.push(clockOf(row, side));
    }
    for (const row of transmitters) if (!taken.has(row)) joined.push(clockOf(row, undefined));
  }
  return joined;
}

function isTransmitterSide(row: ClockRow): boolean {
  if (row.clockType !== 'TBC' && row.clockType !== 'BC') return false;
  const { ports, parentPortIdentity, grandmasterIdentity } = row;
  const onlyServes = ports.length > 0 && ports.every(({ role }) => role === 'TimeTransmitter');
  const hasSelfAsParent = parentPortIdentity !== undefined && portOfPort(parentPortIdentity) === 0;
  const own = ownIdentity(row);
  const followsForeign = grandmasterIdentity !== undefined && !isSame(own, grandmasterIdentity);
  return (onlyServes && row.clockType === 'TBC') || (hasSelfAsParent && followsForeign);
}

function belongTogether(receiver: ClockRow, transmitter: ClockRow): boolean {
  if (receiver.clockType !== 'TBC' && receiver.clockType !== 'BC') return false;
  const { grandmasterIdentity } = transmitter;
  if (grandmasterIdentity === undefined || receiver.grandmasterIdentity === undefined)
    return transmitter.clockType === 'TBC' && receiver.clockType === 'TBC';
  // In holdover the transmitter side becomes its own grandmaster.
  return (
    isSame(grandmasterIdentity, receiver.grandmasterIdentity) ||
    (transmitter.clockType === 'TBC' && isSame(ownIdentity(transmitter), grandmasterIdentity))
  );
}

function clockOf(receiver: ClockRow, transmitter: ClockRow | undefined): JoinedClock {
  const rows = transmitter === undefined ? [receiver] : [receiver, transmitter];
  const own = ownIdentity(receiver) ?? (transmitter === undefined ? undefined : ownIdentity(transmitter));
  const { node, instance, clockType, domainNumber, clockClass, stepsRemoved, maxOffsetNanoseconds } =
    receiver;
  const isGrandmaster =
    transmitter === undefined &&
    receiver.grandmasterIdentity !== undefined &&
    isSame(ownIdentity(receiver), receiver.grandmasterIdentity);
  return {
    receiver,
    identities: rows.flatMap((row) => {
      const clockIdentity = ownIdentity(row);
      return clockIdentity === undefined ? [] : [{ domainNumber: row.domainNumber, clockIdentity }];
    }),
    clock: {
      id: `node/${node}/${instance}`,
      kind: 'Node',
      name: node,
      nodeName: node,
      instances: rows.map((row) => row.instance),
      clockIdentity: own,
      clockType,
      domainNumber,
      health: worstOf(rows.map(({ health }) => health)),
      isGrandmaster,
      clockClass,
      stepsRemoved: isGrandmaster ? 0 : stepsRemoved,
      maxOffsetNanoseconds,
      standbyPorts: standbyPorts(receiver),
    },
  };
}

/** Told, or to be inferred: a clock with port 0 as parent is its own; so is one that only serves its own time. */
function ownIdentity(row: ClockRow): string | undefined {
  const { clockIdentity, parentPortIdentity, grandmasterIdentity, ports } = row;
  if (clockIdentity !== undefined) return clockIdentity;
  if (parentPortIdentity !== undefined && portOfPort(parentPortIdentity) === 0)
    return clockOfPort(parentPortIdentity);
  const onlyServes =
    ports.length > 0 && ports.every(({ state }) => state === 'MASTER' || state === 'GRAND_MASTER');
  const isServer = row.clockType === 'GM' || row.clockType === 'TGM';
  return onlyServes && isServer ? grandmasterIdentity : undefined;
}

function standbyPorts({ ports }: ClockRow): readonly string[] {
  const follows = ports.some(({ state }) => state === 'SLAVE' || state === 'UNCALIBRATED');
  if (!follows) return [];
  return ports
    .filter(
      ({ state, role }) =>
        role !== 'TimeTransmitter' && (state === 'PASSIVE' || (state === 'LISTENING' && role !== 'Unknown')),
    )
    .map(({ interfaceName }) => interfaceName);
}

function isSame(left: string | undefined, right: string): boolean {
  return left !== undefined && sameIdentityKey(left) === sameIdentityKey(right);
}
