import { expect } from '@jest/globals';
import { LeaderElector, LEASES } from '../../../src/kube/lease.ts';
import { microTime } from '../../../src/kube/micro-time.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { EVENTS, EventRecorder } from '../../../src/kube/recorder.ts';
import { NAMESPACE, NODE_NAME, NODES, until } from './fixtures.ts';
import { errorOf, type Suite, test } from './suite.ts';

export function describeCoordination(suite: Suite): void {
  describeLeases(suite);
  describeEvents(suite);
}

function describeLeases(suite: Suite): void {
  const lease = (name: string, renewTime: string): KubeObject => ({
    metadata: { name, namespace: NAMESPACE },
    spec: { holderIdentity: 'me', leaseDurationSeconds: 10, renewTime },
  });

  test('takes times of six digits and no others', async () => {
    await suite.client.create(LEASES, lease('digits', microTime(1_800_000_000_123_456)));
    const read = await suite.client.get(LEASES, { namespace: NAMESPACE, name: 'digits' });
    expect(read['spec']).toMatchObject({ renewTime: '2027-01-15T08:00:00.123456Z' });
    const three = suite.client.create(LEASES, lease('three', '2027-01-15T08:00:00.123Z'));
    expect((await errorOf(three)).status).toBe(400);
  });

  test('lets only one of two writers win', async () => {
    const made = await suite.client.create(LEASES, lease('raced', microTime(1_800_000_000_000_000)));
    const writes = await Promise.allSettled(
      ['a', 'b'].map((holderIdentity) =>
        suite.client.update(LEASES, { ...made, spec: { ...(made['spec'] as object), holderIdentity } }),
      ),
    );
    expect(writes.map((write) => write.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('carries a leader election with hand-over', async () => {
    const timings = { leaseDurationSeconds: 20, renewDeadlineSeconds: 15, retryPeriodSeconds: 0.2 };
    const run = (identity: string) => {
      const options = { client: suite.client, namespace: NAMESPACE, name: 'election', identity, timings };
      const elector = new LeaderElector(options);
      const controller = new AbortController();
      const done = elector.run(controller.signal);
      const stop = async (): Promise<void> => {
        controller.abort();
        await done;
      };
      suite.onStop(stop);
      return { elector, stop };
    };
    const a = run('a');
    await until(() => a.elector.isLeader());
    const b = run('b');
    await until(() => b.elector.holder === 'a');
    expect(b.elector.isLeader()).toBe(false);
    await a.stop();
    await until(() => b.elector.isLeader());
    expect(a.elector.isLeader()).toBe(false);
    await b.stop();
  });
}

function describeEvents(suite: Suite): void {
  test('takes events about a node, and their repetition', async () => {
    const recorder = new EventRecorder({
      client: suite.client,
      controller: 'example.com/behaviour',
      instance: 'pod-1',
    });
    const { uid } = (await suite.client.get(NODES, { name: NODE_NAME })).metadata;
    const occurrence = {
      regarding: { apiVersion: 'v1', kind: 'Node', name: NODE_NAME, uid },
      type: 'Warning',
      reason: 'ClockLost',
      action: 'Evaluate',
      note: 'no grandmaster',
    } as const;
    recorder.record(occurrence);
    await recorder.flush();
    recorder.record(occurrence);
    await recorder.flush();
    expect(recorder.stats).toMatchObject({ created: 1, patched: 1, failed: 0 });
    const { items } = await suite.client.list(EVENTS, { namespace: 'default' });
    const ours = items.filter((item) => item['reportingController'] === 'example.com/behaviour');
    expect(ours).toEqual([
      expect.objectContaining({
        reason: 'ClockLost',
        note: 'no grandmaster',
        series: expect.objectContaining({ count: 2 }),
      }),
    ]);
  });
}
