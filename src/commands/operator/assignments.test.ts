import { describe, expect, it } from '@jest/globals';
import type { ClusterNode } from '../../observe/resources/node.ts';
import { projectPtpConfig } from '../../observe/resources/ptp-config.ts';
import { Assignments } from './assignments.ts';

const node: ClusterNode = {
  name: 'worker-1',
  uid: 'u',
  ready: 'True',
  labels: { 'node-role.kubernetes.io/worker': '' },
};

const config = projectPtpConfig({
  metadata: { name: 'ordinary' },
  spec: {
    profile: [{ name: 'slave', ptp4lOpts: '-2 -s' }],
    recommend: [{ profile: 'slave', priority: 4, match: [{ nodeLabel: 'node-role.kubernetes.io/worker' }] }],
  },
  status: { matchList: [{ nodeName: 'worker-1', profile: 'slave' }] },
});

function summary(assignments: Assignments) {
  return assignments
    .of(node)
    .map(({ origin, profiles, resourceNames }) => [origin, profiles.map(({ name }) => name), resourceNames]);
}

describe('Assignments', () => {
  it('gives applied, desired and matched profiles with the PtpConfig that holds them', () => {
    const applied = { byNode: { 'worker-1': '[{"name":"slave"}]' } };
    expect(summary(new Assignments([config], applied))).toEqual([
      ['Applied', ['slave'], { slave: 'ordinary' }],
      ['Desired', ['slave'], { slave: 'ordinary' }],
      ['Matched', ['slave'], { slave: 'ordinary' }],
    ]);
  });

  it('sees by the applied names that the PTP Operator is 4.22 or later', () => {
    const applied = { byNode: { 'worker-1': '[{"name":"ordinary_slave"}]' } };
    expect(summary(new Assignments([config], applied)).slice(0, 2)).toEqual([
      ['Applied', ['ordinary_slave'], { ordinary_slave: 'ordinary' }],
      ['Desired', ['ordinary_slave'], { ordinary_slave: 'ordinary' }],
    ]);
  });

  it('says nothing where no source says anything', () => {
    expect(new Assignments(undefined, undefined).of(node)).toEqual([]);
    expect(new Assignments(undefined, { byNode: {} }).of(node)).toEqual([]);
  });

  it('names why the PTP Operator would fail', () => {
    const dangling = projectPtpConfig({
      metadata: { name: 'dangling' },
      spec: { recommend: [{ profile: 'missing', priority: 1, match: [{ nodeName: 'worker-1' }] }] },
    });
    expect(new Assignments([dangling], undefined).of(node)).toEqual([
      { origin: 'Desired', profiles: [], resourceNames: {}, problem: 'no PtpConfig holds profile "missing"' },
    ]);
  });
});
