import { describe, expect, it } from '@jest/globals';
import { FakeTransport } from '../../test/kube/fake-transport.ts';
import { ManualClock } from '../lib/clock.ts';
import { KubeClient } from './client.ts';
import { type EventOccurrence, EventRecorder } from './recorder.ts';

const OCCURRENCE: EventOccurrence = {
  regarding: { apiVersion: 'v1', kind: 'Node', name: 'worker-1', uid: 'u' },
  type: 'Warning',
  reason: 'ClockLost',
  action: 'Evaluate',
  note: 'offset 120 ns',
};

interface SentEvent {
  metadata: { name: string; namespace: string };
  note: string;
  series?: { count: number };
}

function start() {
  const clock = new ManualClock(1_800_000_000_000_000);
  const transport = new FakeTransport();
  transport.onRequest = (request) => ({ body: { metadata: { name: 'x' }, sent: request.body } });
  const client = new KubeClient({ transport, clock, fieldManager: 'test' });
  const recorder = new EventRecorder({ client, controller: 'test/operator', instance: 'pod-1' });
  const sent = () =>
    transport.requests.map(({ method, path, body }) => ({
      method,
      path,
      body: JSON.parse(body ?? '{}') as SentEvent,
    }));
  const settle = async (millis = 0): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    if (millis > 0) await clock.advance(millis);
  };
  return { clock, transport, recorder, sent, settle };
}

describe('EventRecorder', () => {
  it('writes an event in the form of events.k8s.io/v1', async () => {
    const { recorder, sent, settle } = start();
    recorder.record(OCCURRENCE);
    await settle();
    const [first] = sent();
    expect(first).toMatchObject({
      method: 'POST',
      path: '/apis/events.k8s.io/v1/namespaces/default/events',
      body: {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        eventTime: '2027-01-15T08:00:00.000000Z',
        reportingController: 'test/operator',
        reportingInstance: 'pod-1',
        regarding: OCCURRENCE.regarding,
        type: 'Warning',
        reason: 'ClockLost',
        action: 'Evaluate',
        note: 'offset 120 ns',
      },
    });
    expect(first?.body.metadata.name).toMatch(/^worker-1\.[0-9a-f]{16}$/);
  });

  it('counts repetitions into the same event, whatever their note, and writes the count at most once a minute', async () => {
    const { recorder, sent, settle } = start();
    for (let times = 0; times < 100; times++) {
      recorder.record({ ...OCCURRENCE, note: `offset ${times} ns` });
      await settle(1_000);
    }
    const [created, ...patches] = sent();
    expect(patches.map(({ method, body }) => [method, body.series?.count])).toEqual([
      ['PATCH', 2],
      ['PATCH', 62],
    ]);
    expect(patches[0]?.path).toContain(created?.body.metadata.name);
    await recorder.flush();
    expect(sent().at(-1)?.body.series?.count).toBe(100);
  });

  it('begins a new event after a long pause', async () => {
    const { recorder, sent, settle } = start();
    recorder.record(OCCURRENCE);
    await settle(7 * 60_000);
    recorder.record(OCCURRENCE);
    await settle();
    expect(sent().map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  it('lets one object write 25 events at once and then one in five minutes, and leaves others alone', async () => {
    const { recorder, sent, settle } = start();
    for (let times = 0; times < 40; times++) {
      recorder.record({ ...OCCURRENCE, reason: `Reason${times}` });
      await settle();
    }
    expect([sent().length, recorder.stats.dropped]).toEqual([25, 15]);
    recorder.record({ ...OCCURRENCE, regarding: { ...OCCURRENCE.regarding, name: 'worker-2' } });
    await settle();
    expect(sent()).toHaveLength(26);
    await settle(300_000);
    recorder.record({ ...OCCURRENCE, reason: 'Later' });
    recorder.record({ ...OCCURRENCE, reason: 'TooMuch' });
    await settle();
    expect(sent()).toHaveLength(27);
  });

  it('never throws, counts what failed, and begins anew when the event is gone', async () => {
    const { transport, recorder, sent, settle } = start();
    transport.onRequest = () => ({ status: 403, body: {} });
    recorder.record(OCCURRENCE);
    await settle();
    expect(recorder.stats).toMatchObject({ failed: 1, series: 0 });
    transport.onRequest = (request) =>
      request.method === 'PATCH' ? { status: 404, body: {} } : { body: { metadata: { name: 'x' } } };
    recorder.record(OCCURRENCE);
    await settle();
    recorder.record(OCCURRENCE);
    await settle();
    recorder.record(OCCURRENCE);
    await settle();
    expect(sent().map(({ method }) => method)).toEqual(['POST', 'POST', 'PATCH', 'POST']);
  });

  it('keeps a bounded number of calls under way', async () => {
    const { transport, recorder, settle } = start();
    transport.onRequest = () => new Promise(() => undefined);
    for (let node = 0; node < 20; node++) {
      recorder.record({ ...OCCURRENCE, regarding: { ...OCCURRENCE.regarding, name: `worker-${node}` } });
    }
    await settle();
    expect([transport.requests.length, recorder.stats.dropped]).toEqual([8, 12]);
  });

  it('cuts a long note at a whole character', async () => {
    const { recorder, sent, settle } = start();
    recorder.record({ ...OCCURRENCE, note: 'ä'.repeat(1_000) });
    recorder.record({ ...OCCURRENCE, reason: 'Odd', note: `x${'ä'.repeat(1_000)}` });
    await settle();
    expect(sent().map(({ body }) => body.note)).toEqual(['ä'.repeat(512), `x${'ä'.repeat(511)}`]);
  });
});
