import { describe, expect, it } from '@jest/globals';
import { FakeTransport } from '../../test/kube/fake-transport.ts';
import { ManualClock } from '../lib/clock.ts';
import { KubeClient } from './client.ts';
import { KubeError } from './errors.ts';
import { LeaderElector, type LeaderElectorOptions } from './lease.ts';
import type { KubeObject } from './objects.ts';
import type { KubeRequest } from './transport.ts';

/** A server that holds one Lease and checks resourceVersions. */
class LeaseServer {
  lease: KubeObject | undefined;
  #version = 0;
  /** Set to make calls fail, or to lose the answer of a write that was done. */
  fault: 'none' | 'down' | 'loseAnswers' = 'none';
  readonly calls: string[] = [];

  answer(request: KubeRequest): { status: number; body: unknown } {
    if (this.fault === 'down') throw new KubeError('ConnectFailed', 'down');
    this.calls.push(request.method);
    const result = this.#do(request);
    if (this.fault === 'loseAnswers' && request.method !== 'GET')
      throw new KubeError('ConnectionLost', 'lost');
    return result;
  }

  #do(request: KubeRequest): { status: number; body: unknown } {
    if (request.method === 'GET') {
      return this.lease === undefined ? { status: 404, body: {} } : { status: 200, body: this.lease };
    }
    const sent = JSON.parse(request.body ?? '{}') as KubeObject;
    if (request.method === 'POST' && this.lease !== undefined) {
      return { status: 409, body: { kind: 'Status', reason: 'AlreadyExists' } };
    }
    if (request.method === 'PUT' && sent.metadata.resourceVersion !== this.lease?.metadata.resourceVersion) {
      return { status: 409, body: { kind: 'Status', reason: 'Conflict' } };
    }
    this.#version += 1;
    this.lease = { ...sent, metadata: { ...sent.metadata, resourceVersion: String(this.#version) } };
    return { status: 200, body: this.lease };
  }

  get spec(): Record<string, unknown> {
    return (this.lease?.['spec'] ?? {}) as Record<string, unknown>;
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

function candidate(
  identity: string,
  server: LeaseServer,
  clock: ManualClock,
  options: Partial<LeaderElectorOptions> = {},
) {
  const transport = new FakeTransport();
  transport.onRequest = (request) => server.answer(request);
  const client = new KubeClient({ transport, clock, random: () => 0.5, fieldManager: 'test' });
  const log: string[] = [];
  let term: AbortSignal | undefined;
  const elector = new LeaderElector({
    client,
    namespace: 'here',
    name: 'the-lease',
    identity,
    onStarted: (signal) => {
      term = signal;
      log.push('started');
    },
    onStopped: (reason) => log.push(reason),
    ...options,
  });
  const controller = new AbortController();
  const done = elector.run(controller.signal);
  return {
    elector,
    transport,
    log,
    term: () => term,
    stop: async () => {
      controller.abort();
      await done;
    },
  };
}

async function pass(clock: ManualClock, seconds: number): Promise<void> {
  await turns();
  for (let second = 0; second < seconds; second++) {
    await clock.advance(1_000);
    await turns();
  }
}

describe('LeaderElector', () => {
  it('takes a free lease, renews it, and releases it at the end', async () => {
    const [clock, server] = [new ManualClock(1_800_000_000_123_456), new LeaseServer()];
    const a = candidate('a', server, clock);
    await pass(clock, 0);
    expect([a.elector.isLeader(), a.log, a.elector.holder]).toEqual([true, ['started'], 'a']);
    expect(server.spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 137,
      acquireTime: '2027-01-15T08:00:00.123456Z',
      renewTime: '2027-01-15T08:00:00.123456Z',
      leaseTransitions: 0,
    });
    await pass(clock, 60);
    expect(server.spec).toMatchObject({
      acquireTime: '2027-01-15T08:00:00.123456Z',
      renewTime: '2027-01-15T08:00:52.123456Z',
    });
    // Renewing is one PUT; reading first is not needed.
    expect(server.calls).toEqual(['GET', 'POST', 'PUT', 'PUT']);
    await a.stop();
    expect([a.elector.isLeader(), a.log, a.term()?.aborted]).toEqual([false, ['started', 'Released'], true]);
    expect(server.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
  });

  it('lets the next one in at its next look after a release', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    const a = candidate('a', server, clock);
    await pass(clock, 0);
    const b = candidate('b', server, clock);
    await pass(clock, 30);
    expect(b.elector.isLeader()).toBe(false);
    await a.stop();
    await pass(clock, 27);
    expect([b.elector.isLeader(), server.spec['leaseTransitions']]).toEqual([true, 1]);
    await b.stop();
  });

  it('takes over from a dead leader only after the lease’s duration as seen by itself', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    // The dead leader's clock was a day ahead: its renewTime must not matter.
    server.lease = {
      metadata: { name: 'the-lease', namespace: 'here', resourceVersion: '1' },
      spec: { holderIdentity: 'dead', leaseDurationSeconds: 137, renewTime: '2099-01-01T00:00:00.000000Z' },
    };
    const b = candidate('b', server, clock);
    await pass(clock, 136);
    expect(b.elector.isLeader()).toBe(false);
    await pass(clock, 27);
    expect(b.elector.isLeader()).toBe(true);
    await b.stop();
  });

  it('is not moved by steps of the wall clock', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    const a = candidate('a', server, clock);
    const b = candidate('b', server, clock);
    await pass(clock, 10);
    const leaders = () => [a, b].filter(({ elector }) => elector.isLeader());
    const first = leaders();
    expect(first).toHaveLength(1);
    clock.stepWall(3_600_000_000);
    await pass(clock, 100);
    clock.stepWall(-7_200_000_000);
    await pass(clock, 100);
    expect(leaders()).toEqual(first);
    await Promise.all([a.stop(), b.stop()]);
  });

  it('survives a server that is away for a minute', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    const a = candidate('a', server, clock);
    await pass(clock, 5);
    server.fault = 'down';
    await pass(clock, 60);
    server.fault = 'none';
    await pass(clock, 60);
    expect([a.elector.isLeader(), a.log]).toEqual([true, ['started']]);
    await a.stop();
  });

  it('stops by itself at the renew deadline, before another may start', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    const a = candidate('a', server, clock);
    await pass(clock, 0);
    server.fault = 'down';
    await pass(clock, 106);
    expect(a.elector.isLeader()).toBe(true);
    await pass(clock, 1);
    expect([a.elector.isLeader(), a.log, a.term()?.aborted]).toEqual([false, ['started', 'Lost'], true]);
    await a.stop();
  });

  it('is no leader after the deadline even while its renewal hangs', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    const a = candidate('a', server, clock);
    await pass(clock, 0);
    a.transport.onRequest = () => new Promise(() => undefined);
    await pass(clock, 106);
    expect(a.elector.isLeader()).toBe(true);
    await pass(clock, 2);
    expect(a.elector.isLeader()).toBe(false);
  });

  it('finds its own write again when the answer was lost', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    const a = candidate('a', server, clock);
    await pass(clock, 5);
    server.fault = 'loseAnswers';
    await pass(clock, 26);
    server.fault = 'none';
    await pass(clock, 60);
    expect([a.elector.isLeader(), a.log]).toEqual([true, ['started']]);
    await a.stop();
  });

  it('stops when it sees another holder', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    const a = candidate('a', server, clock);
    await pass(clock, 5);
    server.lease = {
      metadata: { name: 'the-lease', namespace: 'here', resourceVersion: '99' },
      spec: { holderIdentity: 'thief', leaseDurationSeconds: 137 },
    };
    await pass(clock, 53);
    expect([a.elector.isLeader(), a.log, server.spec['holderIdentity']]).toEqual([
      false,
      ['started', 'Lost'],
      'thief',
    ]);
    await a.stop();
    expect(server.spec['holderIdentity']).toBe('thief');
  });

  it('has at most one leader among several, whatever fails', async () => {
    const [clock, server] = [new ManualClock(), new LeaseServer()];
    const all = ['a', 'b', 'c'].map((identity) => candidate(identity, server, clock));
    let led = 0;
    for (let step = 0; step < 120; step++) {
      server.fault = step % 40 < 25 ? 'none' : step % 3 === 0 ? 'loseAnswers' : 'down';
      await pass(clock, 10);
      const leaders = all.filter(({ elector }) => elector.isLeader()).length;
      expect(leaders).toBeLessThanOrEqual(1);
      led += leaders;
    }
    expect(led).toBeGreaterThan(60);
    server.fault = 'none';
    for (const each of all) await each.stop();
  });

  it('refuses timings in which two could lead', () => {
    const timings = { leaseDurationSeconds: 10, renewDeadlineSeconds: 10, retryPeriodSeconds: 2 };
    expect(() => candidate('a', new LeaseServer(), new ManualClock(), { timings })).toThrow(RangeError);
  });
});
