import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../api/policy.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { appliedProfiles, projectAppliedConfig } from './applied-config.ts';
import { projectNodePtpDevice } from './node-ptp-device.ts';
import { projectNode } from './node.ts';
import { projectPolicy, projectReport, selectPolicy, type Policy } from './own.ts';
import { chooseDaemon, projectPod, type DaemonPod } from './pod.ts';
import { projectPtpConfig } from './ptp-config.ts';
import { projectPtpOperatorConfig } from './ptp-operator-config.ts';

const object = (fields: Record<string, unknown>, metadata: Record<string, unknown> = {}): KubeObject => ({
  metadata: { name: 'x', ...metadata },
  ...fields,
});

describe('projections', () => {
  const all = [
    projectPod,
    projectNode,
    projectPtpConfig,
    projectAppliedConfig,
    projectNodePtpDevice,
    projectPtpOperatorConfig,
    projectReport,
  ];

  it.each(all)('%p takes any object without throwing', (project) => {
    const anyObject = fc.record({ spec: fc.jsonValue(), status: fc.jsonValue(), data: fc.jsonValue() });
    fc.assert(fc.property(anyObject, (fields) => void project(object(fields))));
  });

  it.each(all)('%p takes fields of the right name and the wrong type', (project) => {
    const value = fc.oneof(
      fc.constant(null),
      fc.integer(),
      fc.string(),
      fc.array(fc.constant(null)),
      fc.constant({}),
    );
    const spec = fc.record({
      profile: fc.oneof(value, fc.array(value)),
      recommend: fc.array(value),
      ptpEventConfig: value,
      nodeName: value,
      maintenance: value,
    });
    const status = fc.record({
      devices: fc.array(value),
      conditions: fc.array(value),
      containerStatuses: fc.array(value),
      matchList: fc.array(value),
      checkpoint: value,
    });
    fc.assert(fc.property(spec, status, (s, t) => void project(object({ spec: s, status: t }))));
  });
});

describe('a daemon pod', () => {
  it('keeps the state of every container', () => {
    const pod = projectPod(
      object(
        {
          spec: { nodeName: 'worker-1' },
          status: {
            phase: 'Running',
            podIP: '10.0.0.1',
            containerStatuses: [
              {
                name: 'linuxptp-daemon-container',
                ready: true,
                restartCount: 2,
                containerID: 'cri-o://a',
                state: { running: {} },
              },
              { name: 'kube-rbac-proxy', state: { waiting: { reason: 'CrashLoopBackOff' } } },
            ],
          },
        },
        { uid: 'u' },
      ),
    );
    expect(pod).toMatchObject({ nodeName: 'worker-1', podIp: '10.0.0.1', uid: 'u' });
    expect(pod.containers).toEqual([
      {
        name: 'linuxptp-daemon-container',
        state: 'Running',
        ready: true,
        restartCount: 2,
        containerId: 'cri-o://a',
      },
      {
        name: 'kube-rbac-proxy',
        state: 'Waiting',
        ready: false,
        restartCount: 0,
        reason: 'CrashLoopBackOff',
      },
    ]);
  });

  const pod = (name: string, changes: Partial<DaemonPod> = {}): DaemonPod => ({
    name,
    namespace: 'n',
    uid: name,
    phase: 'Running',
    createdTime: '2026-11-22T10:00:00Z',
    deleting: false,
    containers: [],
    ...changes,
  });

  it.each([
    ['none', [], undefined, undefined],
    ['the only one', [pod('a')], 'a', undefined],
    [
      'the living one beside one that goes',
      [pod('a', { deleting: true, createdTime: '2027' }), pod('b')],
      'b',
      undefined,
    ],
    ['the last one, also when it is over', [pod('a', { phase: 'Failed' })], 'a', undefined],
    [
      'the newer of two, and says that there are two',
      [pod('a'), pod('b', { createdTime: '2026-11-23T10:00:00Z' })],
      'b',
      2,
    ],
  ])('is chosen: %s', (_, pods, name, duplicates) => {
    const chosen = chooseDaemon(pods);
    expect(chosen.pod?.name).toBe(name);
    expect(chosen.duplicatePods).toBe(duplicates);
  });
});

describe('a PtpConfig', () => {
  it('loses a field of the wrong type, not the profile, and says so', () => {
    const config = projectPtpConfig(
      object({
        spec: {
          profile: [
            { name: 'a', ptp4lConf: 5, ptp4lOpts: '-2 -s', phc2sysOpts: null },
            { interface: 'ens1f0' },
          ],
        },
      }),
    );
    expect(config.profiles).toEqual([{ name: 'a', ptp4lOpts: '-2 -s' }]);
    expect(config.problems).toEqual([
      'PtpConfig x: profile "a": ptp4lConf is not text',
      'PtpConfig x: a profile without a name was left out',
    ]);
  });

  it('keeps settings, thresholds and plugins', () => {
    const profile = {
      name: 'a',
      ptpSettings: { logReduce: 'true', bad: 1 },
      ptpClockThreshold: { holdOverTimeout: 5 },
      plugins: { e810: {} },
    };
    expect(projectPtpConfig(object({ spec: { profile: [profile] } })).profiles[0]).toEqual({
      name: 'a',
      ptpSettings: { logReduce: 'true' },
      ptpClockThreshold: { holdOverTimeout: 5 },
      plugins: { e810: {} },
    });
  });
});

describe('ptp-configmap', () => {
  const applied = projectAppliedConfig(
    object({
      data: {
        good: '[{"name":"a","interface":"","ptp4lOpts":null}]',
        nothing: 'null',
        broken: '[{',
        wrong: '{}',
      },
    }),
  );

  it.each([
    ['good', { profiles: [{ name: 'a', interface: '' }] }],
    ['nothing', { profiles: [] }],
    ['absent', undefined],
  ])('of node %s', (node, expected) => {
    expect(appliedProfiles(applied, node)).toEqual(expected);
  });

  it.each(['broken', 'wrong'])('of node %s names the problem', (node) => {
    expect(appliedProfiles(applied, node)).toEqual({
      profiles: [],
      problem: expect.stringContaining(node) as unknown,
    });
  });
});

describe('a policy', () => {
  const policy = (name: string, spec: Record<string, unknown>): Policy =>
    projectPolicy(object({ spec }, { name }));

  it('is filled with the defaults', () => {
    expect(policy('p', { clockClass: 'C' }).spec).toEqual({ ...DEFAULT_POLICY, clockClass: 'C' });
  });

  it('that breaks its schema has no spec, and the field is named', () => {
    const broken = policy('p', { clockClass: 'Z', limits: { offsetNanoseconds: 'many' } });
    expect(broken.spec).toBeUndefined();
    expect(broken.problems).toEqual([
      expect.stringMatching(/^spec\.clockClass: /),
      expect.stringMatching(/^spec\.limits\.offsetNanoseconds: /),
    ]);
    expect(selectPolicy([broken], {}, 'p')).toEqual({ spec: DEFAULT_POLICY, rivals: [] });
  });

  it('of the same priority for the same node is named as a rival', () => {
    const policies = ['b', 'a', 'c'].map((name) => policy(name, { priority: name === 'c' ? 7 : 5 }));
    expect(selectPolicy(policies, {}, undefined)).toMatchObject({ name: 'a', rivals: ['b'] });
  });

  it('is selected by name, else by labels and priority, else the defaults hold', () => {
    const policies = [
      policy('late', { priority: 20 }),
      policy('early', { priority: 10, nodeSelector: [{ key: 'role', values: ['du'] }] }),
      policy('named', { priority: 99, nodeSelector: [{ key: 'never' }] }),
    ];
    expect(selectPolicy(policies, { role: 'du' }, undefined).name).toBe('early');
    expect(selectPolicy(policies, { role: 'cu' }, undefined).name).toBe('late');
    expect(selectPolicy(policies, {}, 'named').name).toBe('named');
    expect(selectPolicy(policies, {}, 'no-such').name).toBe('late');
    expect(selectPolicy([], {}, undefined).spec).toEqual(DEFAULT_POLICY);
  });
});

describe('our own report', () => {
  it('gives back what a person said and what the operator left', () => {
    const report = projectReport(
      object(
        {
          spec: { maintenance: { until: '2026-11-22T12:00:00Z', reason: 'cable work' } },
          status: { checkpoint: '{}' },
        },
        { uid: 'u', generation: 3, ownerReferences: [{ uid: 'node-uid' }] },
      ),
    );
    expect(report).toEqual({
      name: 'x',
      uid: 'u',
      generation: 3,
      ownerUid: 'node-uid',
      maintenance: { untilMicros: Date.parse('2026-11-22T12:00:00Z') * 1000, reason: 'cable work' },
      checkpoint: '{}',
    });
  });
});
