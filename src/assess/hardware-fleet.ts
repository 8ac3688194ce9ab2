import { driverName, nicFacts } from '../ptp/nic.ts';
import { MICROS_PER_SECOND, type Micros } from '../ptp/time.ts';
import type { NodeState } from '../state/node-state.ts';
import { finding } from './findings.ts';
import type { FleetView, Rule } from './rule.ts';

/**
 * Nodes of one pool are built alike: one that runs another driver, firmware or linuxptp than the
 * rest is worth a look when it alone misbehaves.
 */
interface Trait {
  /** What is compared, for example `driver ice`: only equal subjects are compared. */
  subject: string;
  value: string;
}

/** Values of a trait in a pool, with the nodes that have each. */
type Values = ReadonlyMap<string, number>;
type Pools = ReadonlyMap<string, Values>;

/** Fewer nodes show no custom. */
const MIN_NODES = 4;
/** The others agree when so many of all have one value, and few have this node's. */
const MAJORITY_SHARE = 0.75;
const OUTLIER_SHARE = 0.2;
const ROLE_LABEL = 'node-role.kubernetes.io/';
/** The fleet is counted once for all nodes judged within this time: hardware changes slowly. */
const REFRESH_MICROS: Micros = 10 * MICROS_PER_SECOND;

const counted = new WeakMap<FleetView, { atMicros: Micros; pools: Pools }>();

const RULE = {
  id: 'hardware-fleet-outlier',
  title: 'nodes of one pool run the same driver, firmware and linuxptp',
  dimension: 'Configuration',
  severity: 'Minor',
  remedy: 'Bring the node to the version of the others, or finish the update of the pool.',
  reference: 'driver and firmware decide how time stamps are taken',
} as const;

export const FLEET_OUTLIER_RULE: Rule = {
  ...RULE,
  applies: ({ fleet }) => fleet !== undefined,
  check: (context) => {
    const { fleet, state, now } = context;
    if (fleet === undefined) return [];
    const pools = poolsOf(fleet, now);
    return traitsOf(state).flatMap(({ subject, value }) => {
      const usual = usualValue(pools.get(poolKey(state, subject)), value);
      if (usual === undefined) return [];
      return [
        finding(RULE, RULE.severity, subject, `${subject} is ${value}, the other nodes have ${usual}`, {
          observed: value,
          expected: usual,
          source: 'Resource',
        }),
      ];
    });
  },
};

/** The value most nodes have, when this one's is rare. */
function usualValue(values: Values | undefined, own: string): string | undefined {
  if (values === undefined) return undefined;
  let total = 0;
  let usual = { value: own, count: 0 };
  for (const [value, count] of values) {
    total += count;
    if (count > usual.count) usual = { value, count };
  }
  const isClear = total >= MIN_NODES && usual.count >= total * MAJORITY_SHARE;
  const isRare = (values.get(own) ?? 0) <= total * OUTLIER_SHARE || total - usual.count === 1;
  return isClear && isRare && usual.value !== own ? usual.value : undefined;
}

function poolsOf(fleet: FleetView, now: Micros): Pools {
  const known = counted.get(fleet);
  if (known !== undefined && Math.abs(now - known.atMicros) < REFRESH_MICROS) return known.pools;
  const pools = new Map<string, Map<string, number>>();
  for (const name of fleet.nodeNames) {
    const state = fleet.stateOf(name);
    if (state === undefined) continue;
    for (const { subject, value } of traitsOf(state)) {
      const key = poolKey(state, subject);
      const values = pools.get(key) ?? new Map<string, number>();
      values.set(value, (values.get(value) ?? 0) + 1);
      pools.set(key, values);
    }
  }
  counted.set(fleet, { atMicros: now, pools });
  return pools;
}

/** One value per subject and node: cards of one family in a node are alike, or the first one counts. */
function traitsOf(state: Readonly<NodeState>): readonly Trait[] {
  const traits = new Map<string, string>();
  const add = (subject: string, value: string | undefined): void => {
    if (value !== undefined && value !== '' && !traits.has(subject)) traits.set(subject, value);
  };
  add('linuxptp', state.linuxptpVersion);
  for (const device of state.devices?.devices ?? []) {
    const driver = driverName(device.driverVersion);
    if (driver === undefined) continue;
    const version = device.driverVersion?.trim().slice(driver.length).trim();
    add(`driver ${driver}`, version);
    add(`firmware of ${nicFacts(device).family?.name ?? driver}`, device.firmwareVersion?.trim());
  }
  return [...traits].map(([subject, value]) => ({ subject, value }));
}

/** Roles tell the pool: nodes of other roles may be other machines. */
function poolKey(state: Readonly<NodeState>, subject: string): string {
  const roles = Object.keys(state.nodeLife?.labels ?? {}).filter((label) => label.startsWith(ROLE_LABEL));
  return `${roles.toSorted().join(',')} ${subject}`;
}
