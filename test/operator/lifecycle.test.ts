import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { PolicyStatus } from '../../src/api/policy.ts';
import { rowsAllowing } from '../../src/kube/recorded-calls.ts';
import { createTestBed, eventually, PTP_NAMESPACE, sleep, type TestBed } from './harness.ts';

jest.setTimeout(60_000);

let bed: TestBed;
afterEach(async () => {
  await bed.stop();
});

describe('a restart', () => {
  it('keeps the counts, and counts nothing twice', async () => {
    bed = await createTestBed(3);
    const first = await bed.startOperator();
    await eventually('locked', () => bed.report('worker-2')?.summary.syncState === 'Locked');
    bed.cluster.inject('worker-2', 'linkDown');
    await eventually('the fault', () => bed.activeKinds('worker-2').includes('LinkDown'));
    bed.cluster.clear('worker-2', 'linkDown');
    await eventually('its end', () => bed.activeKinds('worker-2').length === 0);
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
    await eventually('the fault, written by the second', () =>
      bed.activeKinds('worker-2').includes('LinkDown'),
    );
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
      () => bed.source('worker-2', 'Logs')?.message?.includes('policy'),
      30_000,
    );
  });
});

describe('the status of a policy', () => {
  const policy = (name: string, spec: Record<string, unknown>) => {
    bed.api.objects.apply({
      apiVersion: 'ptphealth.io/v1alpha1',
      kind: 'PtpHealthPolicy',
      metadata: { name },
      spec,
    });
  };
  const status = (name: string) =>
    bed.api.objects.get('ptphealth.io/v1alpha1', 'PtpHealthPolicy', name)?.['status'] as
      PolicyStatus | undefined;
  const condition = (name: string, type: string) =>
    status(name)?.conditions?.find((one) => one.type === type)?.status;

  it('says where it is in force and what competes with it, once', async () => {
    bed = await createTestBed(3);
    const operator = await bed.startLocked();
    policy('b', {});
    await eventually('it is in force', () => status('b')?.matchedNodes === 3);
    expect([condition('b', 'Accepted'), condition('b', 'Conflicted')]).toEqual(['True', 'False']);
    policy('a', {});
    await eventually('the first by name won', () => status('a')?.matchedNodes === 3);
    await eventually('the other lost', () => status('b')?.matchedNodes === 0);
    expect([condition('a', 'Conflicted'), condition('b', 'Conflicted')]).toEqual(['True', 'True']);
    const version = () =>
      ['a', 'b'].map(
        (name) =>
          bed.api.objects.get('ptphealth.io/v1alpha1', 'PtpHealthPolicy', name)?.metadata.resourceVersion,
      );
    const before = version();
    await sleep(3_000);
    expect(version()).toEqual(before);
    const namespaces = { PtpNamespace: PTP_NAMESPACE, OwnNamespace: 'default' };
    expect(operator.calls().filter((call) => rowsAllowing(call, namespaces).length === 0)).toEqual([]);
  });
});

describe('one of our own objects', () => {
  const REPORT = {
    apiVersion: 'ptphealth.io/v1alpha1',
    kind: 'PtpHealthReport',
    metadata: { name: 'worker-2' },
  };

  it('that is deleted while it is read and written comes back with its history', async () => {
    bed = await createTestBed(3);
    await bed.startLocked();
    await bed.seesAFault('worker-2');
    bed.api.chaos.delayMillis = 20;
    for (let round = 0; round < 5; round++) {
      bed.api.objects.delete(REPORT);
      await eventually('the report again', () => bed.report('worker-2'));
    }
    bed.api.chaos.delayMillis = 0;
    await eventually('the same fault, once', () => bed.activeKinds('worker-2').join() === 'LinkDown');
  });
});
