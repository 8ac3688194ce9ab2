import { describe, expect, it } from '@jest/globals';
import { dump } from 'js-yaml';
import { manifest, ptpConfig } from '../../../test/lint/manifests.ts';
import { boundaryClock, ordinaryClock, telecomBoundaryClock } from '../../../test/reference-profiles.ts';
import { assignment, renderAssignment } from './assign.ts';
import { renderExplanation } from './explain-text.ts';
import { explain } from './explain.ts';
import { expectedOfAll, expectedOfNode } from './node-model.ts';
import { parseGeneration, readClusterFiles, type ClusterView } from './sources.ts';

function node(name: string, ...labels: readonly string[]): Record<string, unknown> {
  const values = Object.fromEntries(labels.map((label) => [`node-role.kubernetes.io/${label}`, '']));
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: values } };
}

function view(...texts: readonly string[]): ClusterView {
  return readClusterFiles(texts.map((text, index) => ({ path: `${index}.yaml`, text, isNamed: true })));
}

const NODES = dump({
  apiVersion: 'v1',
  kind: 'List',
  items: [node('worker-0', 'boundary'), node('worker-1', 'boundary', 't-bc'), node('worker-2')],
});
const CONFIGS = `${manifest('boundary', [boundaryClock()])}---\n${manifest('t-bc', telecomBoundaryClock())}`;

describe('assignment', () => {
  it('says what each node gets, in the order of the configmap, and why the others lost', () => {
    const result = assignment(view(NODES, CONFIGS), '4.21');
    expect(result.error).toBeNull();
    expect(result.nodes.map(({ name, profiles }) => [name, profiles])).toEqual([
      ['worker-0', ['boundary']],
      ['worker-1', ['boundary', 'tbc-tr', 'tbc-tt']],
      ['worker-2', []],
    ]);
    expect(result.nodes[0]!.lost.map(({ profile, reason }) => [profile, reason])).toEqual([
      ['tbc-tr', 'NoMatch'],
      ['tbc-tt', 'NoMatch'],
    ]);
    // Profiles without phc2sys are applied first.
    expect(result.nodes[1]!.applied).toContainEqual({
      profile: 'tbc-tt',
      resource: 't-bc',
      configName: 'ptp4l.0.config',
    });
    expect(renderAssignment(result)).toContain('worker-2\n  no profile\n');
  });

  it('qualifies names from 4.22 on, and tells when no node is updated', () => {
    const twice = dump({
      kind: 'List',
      items: [ptpConfig('boundary', [ordinaryClock()]), ptpConfig('b', [ordinaryClock()])],
    }).replaceAll('io/b\n', 'io/boundary\n');
    const old = assignment(view(NODES, twice), '4.21');
    expect(old.error).toMatch(/worker-0: more than one PtpConfig holds profile "slave"/);
    expect(old.nodes[0]!.profiles).toEqual([]);
    const since = assignment(view(NODES, twice), parseGeneration('4.23'));
    expect(since.nodes[0]!.profiles).toEqual(['b_slave', 'boundary_slave']);
    expect(() => parseGeneration('new')).toThrow(/release/);
  });
});

describe('readClusterFiles', () => {
  it('names the place of what it cannot read', () => {
    expect(() => view('a: b: c')).toThrow(/0\.yaml:1:\d+: /);
    expect(() => readClusterFiles([{ path: 'x', problem: 'no such file', isNamed: true }])).toThrow(
      'x: no such file',
    );
  });

  it('reads typed lists, whose items have no kind', () => {
    const items = [{ metadata: { name: 'n', labels: { a: 'b' } } }];
    expect(view(dump({ kind: 'NodeList', items })).nodes).toMatchObject([{ name: 'n', labels: { a: 'b' } }]);
  });
});

describe('explain', () => {
  it('prefers what is applied over what is desired', () => {
    const applied = dump({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ptp-configmap' },
      data: { 'worker-0': JSON.stringify([ordinaryClock({ domainNumber: '30' })]) },
    });
    const cluster = view(NODES, CONFIGS, applied);
    expect(expectedOfNode(cluster, 'worker-0').instances.map(({ name }) => name)).toEqual(['slave']);
    expect(expectedOfNode(cluster, 'worker-1').instances.map(({ name }) => name)).toEqual([
      'tbc-tt',
      'boundary',
      'tbc-tr',
    ]);
  });

  it('tells value, origin, default and rules', () => {
    const { profiles } = explain(expectedOfAll(view(CONFIGS)), { profile: 'boundary' });
    expect(profiles).toHaveLength(1);
    expect(profiles[0]).toMatchObject({ resource: 'boundary', clockType: 'BC', domainNumber: 24 });
    expect(profiles[0]!.values).toContainEqual(
      expect.objectContaining({
        program: 'ptp4l',
        option: 'domainNumber',
        value: '24',
        origin: 'Global',
        builtIn: '0',
        rules: ['G8275.1-domain'],
      }),
    );
    const lines = renderExplanation({ kind: 'PtpExplanation', node: null, profiles, problems: [] });
    expect(lines).toMatch(/domainNumber +24 +\[global\] line \d+ +0 +G8275\.1-domain/);
  });

  it('says why it knows nothing of a node', () => {
    const { problems } = expectedOfNode(view(CONFIGS), 'worker-7');
    expect(problems).toEqual([expect.stringMatching(/worker-7: its labels are not known/)]);
  });

  it('keeps profiles of one name in two resources apart', () => {
    const both = `${manifest('a', [ordinaryClock()])}---\n${manifest('b', [ordinaryClock()])}`;
    expect(expectedOfAll(view(both)).instances.map(({ name }) => name)).toEqual(['b_slave', 'slave']);
  });
});
