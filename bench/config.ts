/**
 * What a change of configuration costs: one node made anew after one PtpConfig changed, a whole fleet after
 * a profile that all its nodes run changed, and the check of many manifests. Processor time, so that other
 * work on the machine counts less.
 */
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { Assignments, type Assignment } from '../src/commands/operator/assignments.ts';
import { buildTopology } from '../src/assess/topology/build.ts';
import type { ClockRow } from '../src/assess/topology/rows.ts';
import { lintText } from '../src/commands/lint/lint-text.ts';
import type { PtpConfig } from '../src/observe/resources/ptp-config.ts';
import type { ClusterNode } from '../src/observe/resources/node.ts';
import { REFERENCES } from '../test/lint/manifests.ts';
import { boundaryClock } from '../test/reference-profiles.ts';
import type { BenchRow } from './run.ts';
import { quantile } from './support/quantile.ts';

const NODES = 1_000;
const CHANGES = 200;
const MANIFESTS = 1_000;
const LABEL = 'node-role.kubernetes.io/worker';
const MICROS = 1_000_000;

export async function run(): Promise<readonly BenchRow[]> {
  const single = oneNode();
  const fleet = wholeFleet();
  const lint = manifests();
  return Promise.resolve([...single, ...fleet, ...lint, ...topology()]);
}

function configWith(change: number): PtpConfig {
  return {
    name: 'boundary',
    profiles: [boundaryClock({ priority2: String(change % 128) })],
    recommend: [{ profile: 'boundary', priority: 4, match: [{ nodeLabel: LABEL }] }],
    matchList: [],
    problems: [],
  };
}

function node(index: number): ClusterNode {
  return { name: `worker-${index}`, uid: `${index}`, ready: 'True', labels: { [LABEL]: '' } };
}

function tell(engine: Engine, name: string, assigned: readonly Assignment[], atMicros: number): void {
  for (const one of assigned) {
    engine.ingest({ kind: 'profilesAssigned', node: name, source: 'Resource', atMicros, ...one });
  }
}

function oneNode(): readonly BenchRow[] {
  const engine = createEngine();
  const worker = node(0);
  const costs: number[] = [];
  for (let change = 0; change < CHANGES; change += 1) {
    const config = configWith(change);
    const atMicros = change * MICROS;
    costs.push(
      cpuMillis(() => {
        tell(engine, worker.name, new Assignments([config], undefined).of(worker), atMicros);
        engine.evaluate(atMicros);
      }),
    );
  }
  return [
    {
      what: 'one node after a change of one PtpConfig: CPU, median',
      value: `${quantile(costs, 0.5).toFixed(2)} ms`,
      against: 'goal 2 ms',
    },
    { what: '  p95', value: `${quantile(costs, 0.95).toFixed(2)} ms` },
  ];
}

function wholeFleet(): readonly BenchRow[] {
  const engine = createEngine();
  const nodes = Array.from({ length: NODES }, (_, index) => node(index));
  const change = (round: number): { total: number; longest: number } => {
    const atMicros = round * 10 * MICROS;
    let total = 0;
    let longest = 0;
    const piece = (work: () => void): void => {
      const millis = cpuMillis(work);
      total += millis;
      longest = Math.max(longest, millis);
    };
    let assignments = new Assignments(undefined, undefined);
    piece(() => {
      assignments = new Assignments([configWith(round)], undefined);
    });
    for (const one of nodes) piece(() => tell(engine, one.name, assignments.of(one), atMicros));
    piece(() => engine.evaluate(atMicros));
    return { total, longest };
  };
  for (let round = 0; round < 3; round += 1) change(round);
  const { total, longest } = change(3);
  return [
    {
      what: `${NODES} nodes after a change of the profile all of them run: CPU`,
      value: `${total.toFixed(0)} ms`,
      against: 'goal 1,000 ms',
    },
    {
      what: '  longest piece that nothing else can interrupt',
      value: `${longest.toFixed(0)} ms`,
      against: 'goal 20 ms',
    },
  ];
}

function manifests(): readonly BenchRow[] {
  const texts = Object.values(REFERENCES);
  const lintAll = (count: number): void => {
    for (let index = 0; index < count; index += 1) {
      const text = texts[index % texts.length] ?? '';
      lintText({ path: `${index}.yaml`, text: text.replace('priority2 128', `priority2 ${index % 128}`) });
    }
  };
  lintAll(50);
  return [
    {
      what: `lint of ${MANIFESTS} manifests of one to three profiles: CPU`,
      value: `${(cpuMillis(() => lintAll(MANIFESTS)) / 1_000).toFixed(2)} s`,
      against: 'goal 2 s',
    },
  ];
}

/** Sites of ten nodes, each below a boundary clock of its own, all below one grandmaster. */
function topology(): readonly BenchRow[] {
  const rows = Array.from({ length: NODES }, (_, index): ClockRow => {
    const isBoundary = index % 10 === 0;
    const parent = isBoundary ? '001c73.fffe.000001-1' : `3cfdfe.fffe.${index - (index % 10)}-2`;
    return {
      node: `worker-${index}`,
      instance: 'p',
      clockIdentity: `3cfdfe.fffe.${index}`,
      clockType: isBoundary ? 'BC' : 'OC',
      domainNumber: 24,
      grandmasterIdentity: 'ec4670.fffe.000001',
      parentPortIdentity: parent,
      stepsRemoved: isBoundary ? 2 : 3,
      clockClass: 6,
      health: 'Healthy',
      ports: [],
    };
  });
  const costs = Array.from({ length: 20 }, () => cpuMillis(() => buildTopology(rows)));
  return [
    { what: `topology of ${NODES} nodes: CPU, median`, value: `${quantile(costs, 0.5).toFixed(1)} ms` },
  ];
}

function cpuMillis(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
