import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fleetSnapshot, nodeReport } from '../../test/support/snapshot.ts';
import { KubeError } from '../kube/errors.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject, ResourceDefinition } from '../kube/objects.ts';
import { ManualClock } from '../lib/clock.ts';
import { silentLogger, type Logger } from '../lib/log.ts';
import type { FleetSnapshot, NodeReport } from '../report/snapshot.ts';
import { StatusPublisher } from './status.ts';

/** The API server as the publisher sees it: what it was told, and caches that follow at once. */
class FakeCluster {
  readonly nodes = new Map<string, string>();
  readonly reports = new Map<string, { uid: string; generation: number; ownerUid?: string }>();
  readonly calls: string[] = [];
  fleetExists = false;
  failNext: KubeError | undefined;

  readonly client = {
    apply: (
      resource: ResourceDefinition,
      object: KubeObject,
      options: { subresource?: string },
    ): Promise<KubeObject> => {
      const { name } = object.metadata;
      this.calls.push(`${options.subresource ?? 'create'} ${resource.kind} ${name}`);
      const failure = this.failNext;
      this.failNext = undefined;
      if (failure !== undefined) return Promise.reject(failure);
      if (options.subresource === undefined) {
        if (resource.kind === 'PtpFleetReport') this.fleetExists = true;
        else
          this.reports.set(name, {
            uid: `report-of-${name}`,
            generation: 1,
            ownerUid: object.metadata.ownerReferences![0]!.uid,
          });
      }
      return Promise.resolve({ ...object, metadata: { ...object.metadata, generation: 1 } });
    },
    delete: (_resource: ResourceDefinition, { name, uid }: { name: string; uid?: string }): Promise<void> => {
      this.calls.push(`delete ${name} ${uid}`);
      this.reports.delete(name);
      return Promise.resolve();
    },
  } as unknown as KubeClient;

  readonly view = {
    nodeUid: (name: string) => this.nodes.get(name),
    report: (name: string) => this.reports.get(name),
    reportNames: () => [...this.reports.keys()],
    fleetReportExists: () => this.fleetExists,
  };
}

let clock: ManualClock;
let cluster: FakeCluster;
let leads: boolean;
/** Errors in the log. */
let said: string[];
let publisher: StatusPublisher;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  clock = new ManualClock();
  cluster = new FakeCluster();
  cluster.nodes.set('worker-1', 'uid-of-worker-1');
  leads = true;
  said = [];
  stop = new AbortController();
  publisher = new StatusPublisher({
    client: cluster.client,
    cluster: cluster.view,
    mayWrite: () => leads,
    clock,
    log: {
      ...silentLogger,
      error: (_fields: unknown, message: string) => {
        said.push(message);
      },
    } as unknown as Logger,
    random: () => 0.5,
  });
  running = publisher.run(stop.signal);
});
afterEach(async () => {
  stop.abort(new Error('test over'));
  await running;
});

const quietFleet = { fleetHash: 'same', fleetVerdictHash: 'same' };

function snapshot(changes: Partial<NodeReport> = {}): FleetSnapshot {
  return fleetSnapshot([nodeReport('worker-1', changes)], quietFleet);
}

/** Hands over a snapshot and gives the calls it led to within the time. */
async function publish(next: FleetSnapshot, millis = 0): Promise<string[]> {
  cluster.calls.length = 0;
  publisher.update(next);
  await clock.advance(millis);
  await new Promise(setImmediate);
  return cluster.calls.filter((call) => !call.includes('Fleet'));
}

describe('StatusPublisher', () => {
  it('creates the report with its owner, then writes the status', async () => {
    expect(await publish(snapshot())).toEqual([
      'create PtpHealthReport worker-1',
      'status PtpHealthReport worker-1',
    ]);
    expect(cluster.reports.get('worker-1')?.ownerUid).toBe('uid-of-worker-1');
  });

  it('writes the fleet report too, once', async () => {
    await publish(snapshot());
    expect(cluster.calls).toContain('status PtpFleetReport cluster');
    await publish(snapshot(), 60_000);
    expect(cluster.calls).toEqual([]);
  });

  it('writes nothing while nothing changes', async () => {
    await publish(snapshot());
    for (let minute = 0; minute < 10; minute++) expect(await publish(snapshot(), 60_000)).toEqual([]);
  });

  it('writes a heartbeat after 15 minutes', async () => {
    await publish(snapshot());
    await clock.advance(15 * 60_000);
    expect(await publish(snapshot())).toEqual(['status PtpHealthReport worker-1']);
  });

  it('writes a changed verdict at once, other changes after ten seconds together', async () => {
    await publish(snapshot());
    const status = { ...nodeReport('worker-1').status, message: 'changed' };
    expect(await publish(snapshot({ hash: 'hash-2', status }), 9_000)).toEqual([]);
    expect(await publish(snapshot({ hash: 'hash-3', status }), 2_000)).toEqual([
      'status PtpHealthReport worker-1',
    ]);
    expect(await publish(snapshot({ hash: 'hash-4', verdictHash: 'verdict-2', status }))).toEqual([
      'status PtpHealthReport worker-1',
    ]);
  });

  it('never writes for a node that does not exist, or is another of the same name', async () => {
    cluster.nodes.delete('worker-1');
    expect(await publish(snapshot())).toEqual([]);
    cluster.nodes.set('worker-1', 'uid-of-its-successor');
    expect(await publish(snapshot())).toEqual([]);
  });

  it('writes nothing before the report is settled', async () => {
    expect(await publish(snapshot({ settled: false }))).toEqual([]);
  });

  it('writes nothing without the lease, and asks again right before the call', async () => {
    leads = false;
    expect(await publish(snapshot())).toEqual([]);
    leads = true;
    publisher.update(snapshot());
    leads = false;
    await clock.advance(0);
    expect(cluster.calls).toEqual([]);
    expect(publisher.results.NotLeader).toBeGreaterThan(0);
  });

  it('deletes the very report of a node that is gone', async () => {
    await publish(snapshot());
    cluster.nodes.delete('worker-1');
    cluster.calls.length = 0;
    publisher.nodeDeleted('worker-1');
    await clock.advance(0);
    expect(cluster.calls).toEqual(['delete worker-1 report-of-worker-1']);
  });

  it('sweeps reports whose node vanished before its term', async () => {
    cluster.reports.set('old-node', { uid: 'report-of-old-node', generation: 1 });
    publisher.beginTerm();
    await clock.advance(0);
    expect(cluster.calls).toEqual(['delete old-node report-of-old-node']);
  });

  it('keeps the report of a node whose daemon is away for less than half an hour', async () => {
    await publish(snapshot());
    const without = fleetSnapshot([], quietFleet);
    publisher.update(without);
    for (let sweep = 0; sweep < 3; sweep++) publisher.sweep();
    await clock.advance(20 * 60_000);
    expect(cluster.reports.has('worker-1')).toBe(true);
    await clock.advance(3 * 60 * 60_000);
    expect(cluster.reports.has('worker-1')).toBe(false);
  });

  it('comes back to a write that failed', async () => {
    cluster.failNext = new KubeError('Status', 'HTTP 500', { status: 500 });
    expect(await publish(snapshot())).toEqual(['create PtpHealthReport worker-1']);
    expect(publisher.results.Failed).toBe(1);
    await clock.advance(1_000);
    expect(cluster.calls).toContain('status PtpHealthReport worker-1');
  });

  it('writes a report again that somebody deleted, though nothing changed', async () => {
    await publish(snapshot());
    cluster.reports.delete('worker-1');
    cluster.calls.length = 0;
    publisher.reportDeleted('worker-1');
    await clock.advance(0);
    await new Promise(setImmediate);
    expect(cluster.calls).toEqual(['create PtpHealthReport worker-1', 'status PtpHealthReport worker-1']);
  });

  it('says once that the installed CRD is another version’s, and comes back', async () => {
    const refusal = 'failed to create typed patch object: .status.because: field not declared in schema';
    cluster.failNext = new KubeError('Status', refusal, { status: 500 });
    await publish(snapshot());
    await clock.advance(600);
    cluster.failNext = new KubeError('Status', refusal, { status: 500 });
    await publish(snapshot({ hash: 'next', verdictHash: 'next' }));
    expect(publisher.results).toMatchObject({ SchemaMismatch: 2, Failed: 0 });
    expect(said).toEqual([expect.stringContaining('installed CRDs')]);
    await clock.advance(2_000);
    expect(cluster.calls).toContain('status PtpHealthReport worker-1');
  });

  it('takes over a report that an earlier Node of the name left', async () => {
    cluster.reports.set('worker-1', {
      uid: 'report-of-worker-1',
      generation: 4,
      ownerUid: 'uid-of-its-predecessor',
    });
    expect(await publish(snapshot())).toEqual([
      'create PtpHealthReport worker-1',
      'status PtpHealthReport worker-1',
    ]);
  });

  it('spreads the first round of a large fleet', async () => {
    const reports = Array.from({ length: 150 }, (_, index) => nodeReport(`node-${index}`));
    for (const { nodeName, nodeUid } of reports) cluster.nodes.set(nodeName, nodeUid!);
    publisher.update(fleetSnapshot(reports, quietFleet));
    for (let turn = 0; turn < 50; turn++) await clock.advance(0);
    const atOnce = cluster.calls.length;
    expect(atOnce).toBeGreaterThan(50);
    expect(atOnce).toBeLessThan(250);
    for (let second = 0; second < 8; second++) await clock.advance(1_000);
    expect(cluster.calls.filter((call) => call.startsWith('status PtpHealthReport'))).toHaveLength(150);
  });
});
