import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildTopology } from './build.ts';
import { TOPOLOGY_RULES } from './invariants.ts';
import type { ClockPort, ClockRow } from './rows.ts';
import type { ClockTopology } from './topology.ts';

const GRANDMASTER = 'ec4670.fffe.000001';
const SWITCH = '001c73.fffe.000002';

function port(state: ClockPort['state'], role: ClockPort['role'], portNumber = 1): ClockPort {
  return { interfaceName: `ens1f${portNumber - 1}`, portNumber, state, role };
}

function row(node: string, changed: Partial<ClockRow> = {}): ClockRow {
  return {
    node,
    instance: 'p',
    resourceName: 'config',
    clockIdentity: `3cfdfe.fffe.${node}`,
    clockType: 'OC',
    ituProfile: 'G.8275.1',
    domainNumber: 24,
    grandmasterIdentity: GRANDMASTER,
    clockClass: 6,
    health: 'Healthy',
    ports: [port('SLAVE', 'TimeReceiver')],
    ...changed,
  };
}

/** `parent > child kind` by the names of the clocks. */
function edgesOf({ clocks, edges }: ClockTopology): readonly string[] {
  const names = new Map(clocks.map(({ id, name }) => [id, name]));
  return edges.map(({ from, to, kind }) => `${names.get(from)} > ${names.get(to)} ${kind}`).toSorted();
}

function rulesOf(topology: ClockTopology): readonly string[] {
  return topology.findings.map(({ rule }) => rule);
}

describe('buildTopology', () => {
  it('joins nodes below one external switch, named by its maker, and the hops nobody sees', () => {
    const children = ['a', 'b'].map((node, index) =>
      row(node, { parentPortIdentity: `${SWITCH}-${index + 3}`, stepsRemoved: 4 }),
    );
    const topology = buildTopology(children);
    expect(edgesOf(topology)).toEqual([
      `2 unseen hops > Arista ${SWITCH} Active`,
      `Arista ${SWITCH} > a Active`,
      `Arista ${SWITCH} > b Active`,
      `Meinberg ${GRANDMASTER} > 2 unseen hops Active`,
    ]);
    expect(topology.edges.map(({ fromPort }) => fromPort)).toEqual(expect.arrayContaining([3, 4]));
    expect(topology.trees).toMatchObject([
      { grandmasterIdentity: GRANDMASTER, domainNumber: 24, clockClass: 6, followers: 2, depth: 3 },
    ]);
    expect(topology.findings).toEqual([]);
  });

  it('finds grandmaster and boundary clock among the nodes, however their identities are spelt', () => {
    const topology = buildTopology(
      [
        row('gm', {
          clockIdentity: undefined,
          clockType: 'TGM',
          grandmasterIdentity: GRANDMASTER.toUpperCase(),
          ports: [port('MASTER', 'TimeTransmitter')],
        }),
        row('bc', { clockType: 'BC', parentPortIdentity: `${GRANDMASTER}-1`, stepsRemoved: 1 }),
        row('oc', { parentPortIdentity: '3cfdfefffebc-2', clockIdentity: 'x', stepsRemoved: 2 }),
        row('lost', { grandmasterIdentity: undefined }),
      ].map((one) => (one.node === 'bc' ? { ...one, clockIdentity: '3cfdfe.fffe.bc' } : one)),
    );
    expect(edgesOf(topology)).toEqual(['bc > oc Active', 'gm > bc Active']);
    expect(topology.trees).toMatchObject([{ nodeName: 'gm', followers: 2, depth: 2 }]);
    expect(topology.clocks.filter(({ kind }) => kind !== 'Node')).toEqual([]);
  });

  it('draws only the end of a way that is not known', () => {
    expect(edgesOf(buildTopology([row('a'), row('b', { stepsRemoved: 1 })]))).toEqual([
      `Meinberg ${GRANDMASTER} > a Inferred`,
      `Meinberg ${GRANDMASTER} > b Active`,
    ]);
  });

  it('joins the two sides of a T-BC, also in holdover', () => {
    const receiver = row('w', { instance: 'tr', clockType: 'TBC', parentPortIdentity: `${SWITCH}-1` });
    const transmitter = row('w', {
      instance: 'tt',
      clockType: 'TBC',
      clockIdentity: '3cfdfe.fffe.999999',
      parentPortIdentity: '3cfdfe.fffe.999999-0',
      stepsRemoved: 2,
      ports: [port('MASTER', 'TimeTransmitter')],
    });
    const below = row('below', { parentPortIdentity: '3cfdfe.fffe.999999-1', stepsRemoved: 3 });
    const joined = buildTopology([{ ...receiver, stepsRemoved: 2 }, transmitter, below]);
    expect(joined.clocks.filter(({ kind }) => kind === 'Node').map(({ instances }) => instances)).toEqual([
      ['p'],
      ['tr', 'tt'],
    ]);
    expect(edgesOf(joined)).toContain('w > below Active');
    const held = { ...transmitter, grandmasterIdentity: '3cfdfe.fffe.999999' };
    expect(buildTopology([receiver, held]).clocks.filter(({ kind }) => kind === 'Node')).toHaveLength(1);
  });

  it('keeps domains apart', () => {
    const topology = buildTopology([
      row('a', { stepsRemoved: 1 }),
      row('b', { domainNumber: 25, stepsRemoved: 1 }),
    ]);
    expect(topology.trees.map(({ domainNumber, followers }) => [domainNumber, followers])).toEqual([
      [24, 1],
      [25, 1],
    ]);
  });

  it('shows standby ports and clocks heard besides the parent', () => {
    const topology = buildTopology([
      row('a', {
        parentPortIdentity: `${SWITCH}-1`,
        heardPortIdentities: [`${SWITCH}-1`, '00b0ae.fffe.000009-1'],
        ports: [
          port('SLAVE', 'TimeReceiver'),
          port('PASSIVE', 'Either', 2),
          port('MASTER', 'TimeTransmitter', 3),
        ],
      }),
    ]);
    expect(topology.clocks.find(({ name }) => name === 'a')?.standbyPorts).toEqual(['ens1f1']);
    expect(edgesOf(topology)).toContain('Microchip (Symmetricom) 00b0ae.fffe.000009 > a Standby');
    expect(topology.trees).toHaveLength(1);
  });
});

describe('invariants', () => {
  const chain = (node: string, parent: string, stepsRemoved: number): ClockRow =>
    row(node, { clockType: 'BC', parentPortIdentity: `3cfdfe.fffe.${parent}-2`, stepsRemoved });

  it('a circle', () => {
    const topology = buildTopology([chain('a', 'b', 1), chain('b', 'c', 2), chain('c', 'a', 3)]);
    expect(topology.findings[0]).toMatchObject({ rule: 'topology-cycle', severity: 'Critical' });
    expect(topology.findings[0]?.message.match(/\b[abc]\b/g)?.toSorted()).toEqual(['a', 'a', 'b', 'c']);
  });

  it('a root that is not traceable, in a telecom profile only', () => {
    expect(rulesOf(buildTopology([row('a', { clockClass: 248, stepsRemoved: 1 })]))).toEqual([
      'topology-root-class',
    ]);
    expect(buildTopology([row('a', { clockClass: 248, ituProfile: 'IEEE1588' })]).findings).toEqual([]);
  });

  it('a chain longer than planned, and steps that do not add up', () => {
    const rows = [row('a', { parentPortIdentity: `${GRANDMASTER}-1`, stepsRemoved: 1 }), chain('b', 'a', 1)];
    expect(rulesOf(buildTopology(rows))).toEqual(['topology-steps-mismatch']);
    expect(rulesOf(buildTopology([row('a', { stepsRemoved: 11 })], { stepsRemoved: 10 }))).toEqual([
      'topology-steps-limit',
    ]);
    expect(rulesOf(buildTopology([row('a', { stepsRemoved: 20 })]))).toEqual([]);
  });

  it('nodes of one PtpConfig below two grandmasters', () => {
    const topology = buildTopology([row('a'), row('b'), row('c', { grandmasterIdentity: SWITCH })]);
    expect(topology.findings).toMatchObject([
      { rule: 'topology-lineage', subject: 'config/p', message: expect.stringContaining('2 follow ec4670') },
    ]);
  });

  it('every rule can be broken: the cases above name all of them', () => {
    expect(TOPOLOGY_RULES.map(({ id }) => id).toSorted()).toEqual([
      'topology-cycle',
      'topology-lineage',
      'topology-root-class',
      'topology-steps-limit',
      'topology-steps-mismatch',
    ]);
  });
});

describe('any rows', () => {
  const identity = fc.constantFrom('a', 'b', 'c', 'd', '3cfdfe.fffe.1');
  const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
  const anyRow = fc.record({
    node: fc.constantFrom('n1', 'n2', 'n3'),
    instance: fc.constantFrom('p', 'q'),
    clockIdentity: optional(identity),
    clockType: fc.constantFrom('OC' as const, 'BC' as const, 'TBC' as const, 'TGM' as const),
    domainNumber: optional(fc.constantFrom(24, 25)),
    grandmasterIdentity: optional(identity),
    parentPortIdentity: optional(
      fc.tuple(identity, fc.nat({ max: 2 })).map(([clock, number]) => `${clock}-${number}`),
    ),
    heardPortIdentities: optional(
      fc.array(
        identity.map((clock) => `${clock}-1`),
        { maxLength: 3 },
      ),
    ),
    stepsRemoved: optional(fc.nat({ max: 5 })),
    health: fc.constant('Healthy' as const),
    ports: fc.array(
      fc.constantFrom(
        port('SLAVE', 'TimeReceiver'),
        port('MASTER', 'TimeTransmitter'),
        port('PASSIVE', 'Either'),
      ),
      { maxLength: 3 },
    ),
  });

  it('give a graph whose edges end at its clocks', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyRow, { maxLength: 6, selector: ({ node, instance }) => `${node}/${instance}` }),
        (rows) => {
          const topology = buildTopology(rows);
          const ids = new Set(topology.clocks.map(({ id }) => id));
          expect(ids.size).toBe(topology.clocks.length);
          for (const { from, to } of topology.edges) {
            expect(ids.has(from) && ids.has(to)).toBe(true);
            expect(from).not.toBe(to);
          }
          for (const { followers } of topology.trees) expect(followers).toBeLessThanOrEqual(3);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are handled in one pass: a long chain does not overflow the stack', () => {
    const rows = Array.from({ length: 20_000 }, (_, index) =>
      row(`n${index}`, {
        clockIdentity: `c${index.toString(16)}`,
        parentPortIdentity: index === 0 ? undefined : `c${(index - 1).toString(16)}-1`,
        grandmasterIdentity: 'c0',
        clockType: 'BC',
        stepsRemoved: index,
      }),
    );
    const topology = buildTopology(rows, { stepsRemoved: 30_000 });
    expect(topology.trees).toMatchObject([{ followers: 19_999, depth: 19_999 }]);
    expect(topology.findings).toEqual([]);
  });
});
