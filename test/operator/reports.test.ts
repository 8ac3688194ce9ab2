import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rowsAllowing } from '../../src/kube/recorded-calls.ts';
import { createTestBed, eventually, PTP_NAMESPACE, sleep, type TestBed } from './harness.ts';

jest.setTimeout(60_000);

let bed: TestBed;
beforeEach(async () => {
  bed = await createTestBed(3);
});
afterEach(async () => {
  await bed.stop();
});

const activeKinds = (node: string): string[] =>
  bed
    .report(node)
    ?.faults.recent.filter((episode) => episode.endTime === undefined)
    .map((episode) => episode.kind) ?? [];

describe('the operator on a healthy cluster', () => {
  it('writes a report for every node, owned by the Node, and the fleet report', async () => {
    await bed.startOperator();
    for (const node of ['worker-0', 'worker-1', 'worker-2']) {
      const status = await eventually(`report of ${node}`, () => bed.report(node));
      expect(status.nodeName).toBe(node);
      expect(status.conditions.map((condition) => condition.type)).toEqual(
        expect.arrayContaining(['Ready', 'DataFresh', 'Synchronized', 'Compliant', 'HardwareMapped']),
      );
      const object = bed.api.objects.get('ptphealth.io/v1alpha1', 'PtpHealthReport', node);
      const uid = bed.api.objects.get('v1', 'Node', node)?.metadata.uid;
      expect(object?.metadata['ownerReferences']).toEqual([
        { apiVersion: 'v1', kind: 'Node', name: node, uid },
      ]);
    }
    expect((await eventually('fleet report', () => bed.fleet())).totalNodes).toBe(3);
  });

  it('makes no call that kube/rbac.ts does not list', async () => {
    const operator = await bed.startOperator();
    await eventually('a report', () => bed.report('worker-2'));
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('the fault', () => activeKinds('worker-2').length > 0);
    await operator.stop();
    const namespaces = { PtpNamespace: PTP_NAMESPACE, OwnNamespace: 'default' };
    const refused = operator.calls().filter((call) => rowsAllowing(call, namespaces).length === 0);
    expect(refused).toEqual([]);
  });

  it('answers on its three ports', async () => {
    const operator = await bed.startOperator();
    await eventually('readiness', () => operator.isReady());
    const { metrics, health, mcp } = operator.servers;
    const get = async (port: number, path: string): Promise<string> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    expect(await get(health.port, '/livez')).toBe('ok\n');
    expect(await get(health.port, '/readyz')).toBe('ok\n');
    await eventually('a report', () => bed.report('worker-2'));
    expect(await get(metrics.port, '/metrics')).toMatch(
      /^ptp_health_node_verdict\{node="worker-2",verdict="Healthy"\} [01]$/m,
    );
    const answer = await fetch(`http://127.0.0.1:${mcp.port}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'ptp_health', arguments: {} },
      }),
    });
    expect(await answer.text()).toContain('worker-2');
  });
});

describe('a fault', () => {
  it('shows in the report, and goes when it is over', async () => {
    await bed.startOperator();
    await eventually('healthy', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('LinkDown', () => activeKinds('worker-2').includes('LinkDown'));
    expect(bed.report('worker-2')?.health).not.toBe('Healthy');
    bed.cluster.clear('worker-2', 'linkDown');
    await eventually('the end of LinkDown', () => !activeKinds('worker-2').includes('LinkDown'));
    expect(bed.report('worker-2')?.faults.totalCount).toBe(1);
  });

  it('is told once as a Kubernetes Event, on the report', async () => {
    await bed.startOperator();
    await eventually('healthy', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    bed.cluster.inject('worker-2', 'linkDown');
    const told = (): Record<string, unknown>[] =>
      bed.api.objects.list('events.k8s.io/v1', 'Event').filter((event) => event['reason'] === 'LinkDown');
    await eventually('the event', () => told().length > 0);
    await sleep(3_000);
    expect(told()).toHaveLength(1);
    expect(told()[0]).toMatchObject({
      type: 'Warning',
      regarding: { kind: 'PtpHealthReport', name: 'worker-2' },
    });
  });
});

describe('nodes that come and go', () => {
  const pod = () =>
    bed.api.objects
      .list('v1', 'Pod', PTP_NAMESPACE)
      .find((one) => JSON.stringify(one).includes('"worker-2"'))!;

  it('lose their report with their Node, and it does not come back', async () => {
    await bed.startOperator();
    await eventually('the report', () => bed.report('worker-2'));
    bed.api.objects.delete({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-2' } });
    await eventually('its removal', () => bed.report('worker-2') === undefined);
    await sleep(3_000);
    expect(bed.report('worker-2')).toBeUndefined();
    await eventually('the fleet without it', () => bed.fleet()?.totalNodes === 2);
  });

  it('get a new report when a Node of the same name comes', async () => {
    await bed.startOperator();
    const node = bed.api.objects.get('v1', 'Node', 'worker-2')!;
    await eventually('the report', () => bed.report('worker-2'));
    bed.api.objects.delete({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-2' } });
    const { name, labels } = node.metadata;
    const again = bed.api.objects.create({
      ...node,
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: labels ?? {} },
    });
    const owner = () =>
      (
        bed.api.objects.get('ptphealth.io/v1alpha1', 'PtpHealthReport', 'worker-2')?.metadata[
          'ownerReferences'
        ] as { uid: string }[] | undefined
      )?.[0]?.uid;
    await eventually(
      'a report owned by the new Node',
      () => owner() === again.metadata.uid && bed.report('worker-2') !== undefined,
    );
  });

  it('say that two daemon pods claim them, and go on with the one that stays', async () => {
    await bed.startOperator();
    await eventually('the report', () => bed.report('worker-2'));
    const labels = { app: 'linuxptp-daemon' };
    bed.api.objects.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'linuxptp-daemon-pending', namespace: PTP_NAMESPACE, labels },
      spec: { containers: [{ name: 'linuxptp-daemon-container' }] },
      status: { phase: 'Pending' },
    });
    const second = { name: 'linuxptp-daemon-second', namespace: PTP_NAMESPACE, labels };
    bed.api.objects.create({ ...pod(), apiVersion: 'v1', kind: 'Pod', metadata: second });
    await eventually('both pods are told', () =>
      bed.report('worker-2')?.because.some(({ rule }) => rule === 'freshness-daemon-twice'),
    );
    expect(bed.report('worker-1')?.health).toBe('Healthy');
    expect(bed.fleet()?.totalNodes).toBe(3);
    bed.api.objects.delete({ apiVersion: 'v1', kind: 'Pod', metadata: second });
    await eventually('one pod is left', () =>
      bed.report('worker-2')?.because.every(({ rule }) => rule !== 'freshness-daemon-twice'),
    );
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('a fault of the node', () => bed.activeKinds('worker-2').includes('LinkDown'));
  });

  it('are followed to a new name', async () => {
    await bed.startOperator();
    await eventually('the report', () => bed.report('worker-2'));
    const node = bed.api.objects.get('v1', 'Node', 'worker-2')!;
    const daemon = pod();
    const { labels = {} } = node.metadata;
    bed.api.objects.delete({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker-2' } });
    bed.api.objects.delete({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: daemon.metadata.name, namespace: PTP_NAMESPACE },
    });
    bed.api.objects.create({
      ...node,
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'renamed', labels },
    });
    bed.api.objects.create({
      ...daemon,
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: daemon.metadata.name, namespace: PTP_NAMESPACE, labels: { app: 'linuxptp-daemon' } },
      spec: { ...(daemon['spec'] as object), nodeName: 'renamed' },
    });
    await eventually('a report of the new name', () => bed.report('renamed')?.summary.syncState === 'Locked');
    await eventually('none of the old name', () => bed.report('worker-2') === undefined);
    await eventually('as many nodes as before', () => bed.fleet()?.totalNodes === 3);
  });
});
