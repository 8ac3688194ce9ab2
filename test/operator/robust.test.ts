import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createTestBed, eventually, OWN_CRDS, PTP_NAMESPACE, sleep, type TestBed } from './harness.ts';

jest.setTimeout(60_000);

let bed: TestBed;
afterEach(async () => {
  await bed.stop();
});

function deleteCrd(name: string): void {
  bed.api.objects.delete({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
  });
}

/** The PTP Operator's CRD without types, as an old release or a careless hand may leave it. */
const LOOSE_PTP_CONFIG_CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'ptpconfigs.ptp.openshift.io' },
  spec: {
    group: 'ptp.openshift.io',
    scope: 'Namespaced',
    names: { kind: 'PtpConfig', plural: 'ptpconfigs' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

describe('missing resources', () => {
  it('of the PTP Operator make their source Absent, and the rest goes on', async () => {
    bed = await createTestBed(3);
    for (const name of ['ptpconfigs', 'nodeptpdevices', 'ptpoperatorconfigs'])
      deleteCrd(`${name}.ptp.openshift.io`);
    await bed.startOperator();
    await eventually('a report', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    expect(bed.source('worker-2', 'Devices')?.state).toBe('Absent');
    expect(bed.source('worker-2', 'Config')?.state).toBe('Fresh');
  });

  it('of our own are waited for, without a write and without an end', async () => {
    bed = await createTestBed(3, {}, { objects: [] });
    const operator = await bed.startOperator();
    await eventually('an evaluation', () => operator.snapshot().nodes.size === 3);
    expect(operator.statistics().statusWrites.Applied).toBe(0);
    for (const crd of OWN_CRDS) bed.api.objects.apply(crd);
    await eventually('reports after the CRDs came', () => bed.report('worker-2'), 60_000);
  });
});

describe('refusals', () => {
  it.each([
    [403, 'we may not read it'],
    [401, 'the API server does not accept our credentials'],
  ] as const)('of one resource (%i) are named in its source, and the rest goes on', async (code, words) => {
    bed = await createTestBed(3);
    bed.api.chaos.deny('nodeptpdevices', code);
    await bed.startLocked();
    expect(bed.source('worker-2', 'Devices')).toMatchObject({
      state: 'Absent',
      message: expect.stringMatching(new RegExp(`^NodePtpDevice: ${words} \\(HTTP ${code} .*`)) as unknown,
    });
  });

  it('of the right to read nodes stop the writes, not the judgement', async () => {
    bed = await createTestBed(3);
    bed.api.chaos.deny('nodes', 403);
    const operator = await bed.startOperator();
    await eventually('judged by their pods', () => operator.snapshot().nodes.size === 3);
    await sleep(1_000);
    expect(bed.report('worker-2')).toBeUndefined();
  });
});

describe('bad input', () => {
  it('in a log costs its lines only', async () => {
    bed = await createTestBed(3);
    const operator = await bed.startOperator();
    await eventually('locked', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    const { log } = bed.cluster.nodes[2]!;
    const now = Date.now() * 1000;
    for (const line of [
      '\u0000\u0001\u001b[31mred',
      '\ufffd\ufffd \ud800 ptp4l[',
      'x'.repeat(1_000_000),
      'ptp4l[99999999999999999999.999]: [ptp4l.0.config:5] port 1 (ens1f0): SLAVE to',
    ]) {
      log.append([{ micros: now, text: line }]);
    }
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('a fault after them', () => bed.activeKinds('worker-2').includes('LinkDown'));
    expect(operator.snapshot().nodes.get('worker-2')!.counters.linesTotal).toBeGreaterThan(0);
  });

  it('in a PtpConfig costs that profile only', async () => {
    bed = await createTestBed(3);
    await bed.startLocked();
    bed.api.objects.apply({
      apiVersion: 'ptp.openshift.io/v1',
      kind: 'PtpConfig',
      metadata: { name: 'broken', namespace: PTP_NAMESPACE },
      spec: {
        profile: [{ name: 'broken-profile', interface: 'ens1f0', ptp4lConf: '[global\n\u0000 what' }],
        recommend: [{ profile: 'broken-profile', priority: 0, match: [{ nodeName: 'worker-2' }] }],
      },
    });
    await sleep(1_000);
    await bed.seesAFault('worker-2');
  });

  it('with wrong types in a PtpConfig costs those fields only', async () => {
    bed = await createTestBed(3, {}, { objects: [...OWN_CRDS, LOOSE_PTP_CONFIG_CRD] });
    await bed.startLocked();
    bed.api.objects.apply({
      apiVersion: 'ptp.openshift.io/v1',
      kind: 'PtpConfig',
      metadata: { name: 'mistyped', namespace: PTP_NAMESPACE },
      spec: {
        profile: [{ name: 7 }, 'text', null, { name: 'half', ptp4lConf: { a: 1 }, plugins: [] }],
        recommend: [{ profile: [], priority: 'high', match: 'everything' }, 5],
      },
      status: { matchList: { not: 'a list' } },
    });
    await sleep(1_000);
    await bed.seesAFault('worker-2');
  });

  it('in ptp-configmap leaves the PtpConfigs to be judged by', async () => {
    bed = await createTestBed(3);
    await bed.startLocked();
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'ptp-configmap', namespace: PTP_NAMESPACE },
    };
    bed.api.objects.patch(map, {
      data: { 'worker-2': '[{"name":', 'worker-1': '"text"', 'worker-0': '[7,null,{}]' },
    });
    await sleep(1_000);
    await bed.seesAFault('worker-2');
    expect(bed.report('worker-2')?.instances.map(({ name }) => name)).toContain('ordinary-clock');
  });

  it('on a watch is survived', async () => {
    bed = await createTestBed(3);
    await bed.startOperator();
    await eventually('locked', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    bed.api.chaos.garbleNextWatchFrame(3);
    bed.api.objects.patch(
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } },
      { metadata: { labels: { x: 'y' } } },
    );
    bed.api.expireHistory({ andWatches: true });
    bed.api.objects.delete({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-1' } });
    await eventually('the deletion is seen', () => bed.report('worker-1') === undefined, 40_000);
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('a fault is still seen', () => bed.activeKinds('worker-2').includes('LinkDown'));
  });
});
