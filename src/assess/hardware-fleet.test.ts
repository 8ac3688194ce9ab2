import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY } from '../api/policy.ts';
import { createNodeState, type NodeState } from '../state/node-state.ts';
import { FLEET_OUTLIER_RULE } from './hardware-fleet.ts';
import type { FleetView } from './rule.ts';

function node(name: string, firmwareVersion: string, role = 'worker', linuxptpVersion = '4.4'): NodeState {
  const state = createNodeState(name, 0);
  const base = { node: name, source: 'Resource', atMicros: 0 } as const;
  const labels = { [`node-role.kubernetes.io/${role}`]: '', other: name };
  state.linuxptpVersion = linuxptpVersion;
  state.nodeLife = { kind: 'node', ...base, uid: '', ready: 'True', labels };
  state.devices = {
    kind: 'devices',
    ...base,
    devices: [{ interfaceName: 'ens1f0', driverVersion: 'ice v5.14', firmwareVersion }],
  };
  return state;
}

function fleetOf(nodes: readonly NodeState[]): FleetView {
  const byName = new Map(nodes.map((state) => [state.node, state]));
  return {
    nodeOfClock: () => undefined,
    stateOf: (name) => byName.get(name),
    expectedOf: () => undefined,
    nodeNames: [...byName.keys()],
  };
}

function messages(nodes: readonly NodeState[], name: string): readonly string[] {
  const state = nodes.find((one) => one.node === name)!;
  const expected = { origin: 'None', instances: [], problems: [] } as const;
  const context = { state, expected, policy: DEFAULT_POLICY, now: 0, fleet: fleetOf(nodes) };
  return FLEET_OUTLIER_RULE.check(context).map(({ message }) => message);
}

const WORKERS = ['a', 'b', 'c', 'd'].map((name) => node(name, '4.40'));

describe('fleet outliers', () => {
  it('names the one node that differs, and not the others', () => {
    const nodes = [...WORKERS, node('e', '4.20', 'worker', '4.2')];
    expect(messages(nodes, 'e')).toEqual([
      'linuxptp is 4.2, the other nodes have 4.4',
      'firmware of ice is 4.20, the other nodes have 4.40',
    ]);
    expect(messages(nodes, 'a')).toEqual([]);
  });

  it('compares nodes of one role only, and only where there are enough', () => {
    expect(messages([...WORKERS, node('m', '4.20', 'master')], 'm')).toEqual([]);
    expect(messages([...WORKERS.slice(0, 2), node('e', '4.20')], 'e')).toEqual([]);
  });

  it('says nothing while half of the nodes are updated', () => {
    const nodes = [...WORKERS, ...['e', 'f', 'g', 'h'].map((name) => node(name, '4.20'))];
    expect(nodes.flatMap(({ node: name }) => messages(nodes, name))).toEqual([]);
  });
});
