import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createTestBed, eventually, OWN_CRDS, PTP_NAMESPACE, sleep, type TestBed } from './harness.ts';

jest.setTimeout(90_000);

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

function source(node: string, name: string) {
  return bed.report(node)?.sources.find((candidate) => candidate.name === name);
}

const activeKinds = (node: string): string[] =>
  bed
    .report(node)
    ?.faults.recent.filter((episode) => episode.endTime === undefined)
    .map((episode) => episode.kind) ?? [];

describe('missing resources', () => {
  it('of the PTP Operator make their source Absent, and the rest goes on', async () => {
    bed = await createTestBed(3);
    for (const name of ['ptpconfigs', 'nodeptpdevices', 'ptpoperatorconfigs'])
      deleteCrd(`${name}.ptp.openshift.io`);
    await bed.startOperator();
    await eventually('a report', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    expect(source('worker-2', 'Devices')?.state).toBe('Absent');
    expect(source('worker-2', 'Config')?.state).toBe('Fresh');
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
  it('of one resource are named in its source, and the rest goes on', async () => {
    bed = await createTestBed(3);
    bed.api.chaos.deny('nodeptpdevices', 403);
    await bed.startOperator();
    await eventually('a report', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    expect(source('worker-2', 'Devices')).toMatchObject({
      state: 'Absent',
      message: expect.stringContaining('may not read') as unknown,
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

describe('a restart', () => {
  it('keeps the counts, and counts nothing twice', async () => {
    bed = await createTestBed(3);
    const first = await bed.startOperator();
    await eventually('locked', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('the fault', () => activeKinds('worker-2').includes('LinkDown'));
    bed.cluster.clear('worker-2', 'linkDown');
    await eventually('its end', () => activeKinds('worker-2').length === 0);
    const before = bed.report('worker-2')!.faults;
    await first.stop();

    // The reports of the first cannot be listed at once: until then nothing may be said or written.
    bed.api.chaos.throttle(2, 1, 'ptphealthreports');
    bed.api.calls.clear();
    const second = await bed.startOperator();
    const scrape = () => fetch(`http://127.0.0.1:${second.servers.metrics.port}/metrics`);
    const early = await scrape();
    expect(early.status).toBe(503);
    expect(await early.text()).toMatch(
      /^(nothing has been evaluated yet|the reports have not been read yet)/,
    );
    const counts = new Set<string | undefined>();
    await eventually('a write of the second', () => {
      counts.add(String(bed.report('worker-2')!.faults.totalCount));
      return second.statistics().statusWrites.Applied >= 4;
    });
    expect([...counts]).toEqual([String(before.totalCount)]);
    await sleep(2_000);
    const after = bed.report('worker-2')!.faults;
    expect(after.totalCount).toBe(before.totalCount);
    expect(after.countStartTime).toBe(before.countStartTime);
    const metrics = await (await scrape()).text();
    expect(metrics).toContain(
      `ptp_health_faults_total{node="worker-2",kind="LinkDown"} ${before.totalCount}\n`,
    );
  });
});

describe('two replicas', () => {
  it('have one writer; the other answers, and takes over at once when the first ends in order', async () => {
    bed = await createTestBed(3);
    const first = await bed.startOperator();
    await eventually('a leader', () => first.isLeader());
    const second = await bed.startOperator();
    await eventually(
      'the standby sees the nodes',
      () => second.isReady() && second.snapshot().nodes.size === 3,
    );
    await sleep(2_000);
    expect(second.isLeader()).toBe(false);
    expect(second.statistics().statusWrites.Applied).toBe(0);

    await first.stop();
    await eventually('the standby leads', () => second.isLeader(), 5_000);
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('the fault, written by the second', () => activeKinds('worker-2').includes('LinkDown'));
    await eventually('its write is counted', () => second.statistics().statusWrites.Applied > 0);
  });
});

describe('a policy', () => {
  it('that wants no logs closes them, and the report says so', async () => {
    bed = await createTestBed(3);
    const operator = await bed.startOperator();
    await eventually('all logs are open', () => operator.statistics().logFollowers.open === 3);
    bed.api.objects.apply({
      apiVersion: 'ptphealth.io/v1alpha1',
      kind: 'PtpHealthPolicy',
      metadata: { name: 'quiet' },
      spec: { logFollow: 'Never' },
    });
    await eventually('no log is open', () => operator.statistics().logFollowers.open === 0);
    await eventually(
      'the report says why',
      () => source('worker-2', 'Logs')?.message?.includes('policy'),
      30_000,
    );
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
    await eventually('a fault after them', () => activeKinds('worker-2').includes('LinkDown'));
    expect(operator.snapshot().nodes.get('worker-2')!.counters.linesTotal).toBeGreaterThan(0);
  });

  it('in a PtpConfig costs that profile only, and is named', async () => {
    bed = await createTestBed(3);
    await bed.startOperator();
    await eventually('locked', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    bed.api.objects.apply({
      apiVersion: 'ptp.openshift.io/v1',
      kind: 'PtpConfig',
      metadata: { name: 'broken', namespace: PTP_NAMESPACE },
      spec: { profile: [{ name: 'x', ptp4lConf: '[global\n\u0000 what' }], recommend: [{ match: [{}] }] },
    });
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('a fault is still seen', () => activeKinds('worker-2').includes('LinkDown'));
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
    await eventually('a fault is still seen', () => activeKinds('worker-2').includes('LinkDown'));
  });
});
