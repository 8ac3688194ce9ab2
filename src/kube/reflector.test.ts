import { afterEach, describe, expect, it } from '@jest/globals';
import { FakeTransport, type FakeStream } from '../../test/kube/fake-transport.ts';
import { ManualClock } from '../lib/clock.ts';
import { KubeClient } from './client.ts';
import { KubeError } from './errors.ts';
import type { KubeObject, ResourceDefinition } from './objects.ts';
import { Reflector, type ReflectorChange, type ReflectorOptions } from './reflector.ts';

const NODES: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'nodes',
  kind: 'Node',
  namespaced: false,
};
const INITIAL_END = { 'k8s.io/initial-events-end': 'true' };

const running: { controller: AbortController; done: Promise<void> }[] = [];

afterEach(async () => {
  for (const { controller, done } of running.splice(0)) {
    controller.abort();
    await done;
  }
});

function node(name: string, resourceVersion: string, uid = `uid-${name}`, extra: object = {}): KubeObject {
  return { metadata: { name, uid, resourceVersion }, ...extra };
}

const bookmark = (resourceVersion: string, annotations = {}) => ({
  metadata: { resourceVersion, annotations },
});

interface Rig {
  clock: ManualClock;
  transport: FakeTransport;
  client: KubeClient;
  reflector: Reflector<string>;
  changes: ReflectorChange<string>[];
  states: string[];
  rejected: string[];
  /** Changes since the last call. */
  news(): string[];
  settle(millis?: number): Promise<void>;
  last(): FakeStream;
}

function start(
  options: Partial<ReflectorOptions<string>> & {
    setUp?: (transport: FakeTransport, client: KubeClient) => void;
  } = {},
): Rig {
  const clock = new ManualClock();
  const transport = new FakeTransport();
  const client = new KubeClient({ transport, clock, random: () => 0.5, fieldManager: 'test' });
  options.setUp?.(transport, client);
  const changes: ReflectorChange<string>[] = [];
  const states: string[] = [];
  const rejected: string[] = [];
  const reflector = new Reflector<string>({
    client,
    resource: NODES,
    project: (raw) => {
      if (raw['poison'] === true) throw new Error('poison');
      return `${raw.metadata.name}@${raw.metadata.resourceVersion ?? ''}`;
    },
    onChange: (change) => changes.push(change),
    onStatus: (status) => states.push(status.state),
    onRejected: ({ key }) => rejected.push(key),
    ...options,
  });
  const controller = new AbortController();
  running.push({ controller, done: reflector.run(controller.signal) });
  let seen = 0;
  return {
    clock,
    transport,
    client,
    reflector,
    changes,
    states,
    rejected,
    news: () => {
      const fresh = changes.slice(seen).map((change) => {
        if (change.type === 'Synced') return 'Synced';
        return `${change.type} ${change.object}${change.type === 'Updated' ? ` was ${change.old}` : ''}`;
      });
      seen = changes.length;
      return fresh;
    },
    settle: async (millis = 0) => {
      await turns();
      // In small steps: what one step sets off may itself begin to wait.
      for (let left = millis; left > 0; left -= STEP_MILLIS) {
        await clock.advance(Math.min(left, STEP_MILLIS));
        await turns();
      }
    },
    last: () => transport.streams.at(-1)!,
  };
}

const STEP_MILLIS = 200;

/** Lets everything run that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
}

/** A rig whose streamed list is complete: a and b at resourceVersion 10. */
async function synced(options: Parameters<typeof start>[0] = {}): Promise<Rig> {
  const rig = start(options);
  await rig.settle();
  rig.last().event('ADDED', node('a', '5'));
  rig.last().event('ADDED', node('b', '7'));
  rig.last().event('BOOKMARK', bookmark('10', INITIAL_END));
  await rig.settle();
  rig.news();
  return rig;
}

const queryOf = (stream: FakeStream) => stream.request.query ?? {};

describe('streamed list', () => {
  it('asks for it, and shows nothing until it is complete', async () => {
    const rig = start({ labelSelector: 'app=x', fieldSelector: 'metadata.name=a' });
    await rig.settle();
    expect(rig.last().request).toMatchObject({
      path: '/api/v1/nodes',
      inactivityMillis: 70_000,
      query: {
        watch: true,
        allowWatchBookmarks: true,
        sendInitialEvents: true,
        resourceVersionMatch: 'NotOlderThan',
        resourceVersion: undefined,
        timeoutSeconds: 450,
        labelSelector: 'app=x',
        fieldSelector: 'metadata.name=a',
      },
    });
    rig.last().event('ADDED', node('a', '5'));
    await rig.settle();
    expect([rig.news(), rig.reflector.hasSynced, rig.reflector.status.state]).toEqual([[], false, 'Syncing']);
    rig.last().event('BOOKMARK', bookmark('10', INITIAL_END));
    await rig.settle();
    expect(rig.news()).toEqual(['Added a@5', 'Synced']);
    expect([rig.reflector.hasSynced, rig.reflector.status.state, rig.states]).toEqual([
      true,
      'Synced',
      ['Synced'],
    ]);
  });

  it.each([400, 422])('falls back to list and watch for good when the server answers %d', async (status) => {
    const rig = start({
      setUp: (transport) => {
        transport.onStream = (stream) => {
          if (queryOf(stream)['sendInitialEvents'] === true) throw new KubeError('Status', 'no', { status });
        };
        transport.onRequest = () => ({
          body: { metadata: { resourceVersion: '20' }, items: [node('a', '5')] },
        });
      },
    });
    await rig.settle(2_000);
    expect(rig.news()).toEqual(['Added a@5', 'Synced']);
    expect(rig.transport.requests[0]?.query).toMatchObject({ resourceVersion: '0', limit: 250 });
    expect(queryOf(rig.last())['resourceVersion']).toBe('20');
    expect(rig.client.watchList.supported).toBe(false);
  });

  it('falls back when a server too old for it sends a plain bookmark', async () => {
    const rig = start();
    await rig.settle();
    rig.last().event('BOOKMARK', bookmark('10'));
    await rig.settle();
    expect(rig.client.watchList.supported).toBe(false);
  });

  it('starts again when it ends before it is complete', async () => {
    const rig = start();
    await rig.settle();
    rig.last().event('ADDED', node('a', '5'));
    rig.last().end();
    await rig.settle(2_000);
    expect([rig.news(), rig.transport.streams.length]).toEqual([[], 2]);
    expect(queryOf(rig.last())['sendInitialEvents']).toBe(true);
  });
});

describe('paged list', () => {
  it('reads all pages, then watches from the list’s version', async () => {
    const rig = start({
      setUp: (transport, client) => {
        client.watchList.supported = false;
        transport.onRequest = ({ query }) =>
          query?.['continue'] === 'next'
            ? { body: { metadata: { resourceVersion: '20' }, items: [node('b', '6')] } }
            : { body: { metadata: { resourceVersion: '20', continue: 'next' }, items: [node('a', '5')] } };
      },
    });
    await rig.settle();
    expect(rig.news()).toEqual(['Added a@5', 'Added b@6', 'Synced']);
    expect(rig.transport.requests[1]?.query).not.toHaveProperty('resourceVersion');
    expect(queryOf(rig.last())['resourceVersion']).toBe('20');
  });
});

describe('watching', () => {
  it('tells what was added, updated and deleted, with the state before', async () => {
    const rig = await synced();
    rig.last().event('ADDED', node('c', '11'));
    rig.last().event('MODIFIED', node('a', '12'));
    rig.last().event('DELETED', node('b', '13'));
    await rig.settle();
    expect(rig.news()).toEqual(['Added c@11', 'Updated a@12 was a@5', 'Deleted b@7']);
    expect([...rig.reflector.store.values()]).toEqual(['a@12', 'c@11']);
  });

  it('goes on after its normal end from the last event or bookmark, without a new list', async () => {
    const rig = await synced();
    rig.last().event('MODIFIED', node('a', '12'));
    rig.last().event('BOOKMARK', bookmark('opaque-99'));
    await rig.settle(2_000);
    rig.last().end();
    await rig.settle();
    expect(queryOf(rig.last())).toMatchObject({ resourceVersion: 'opaque-99' });
    expect(queryOf(rig.last())).not.toHaveProperty('sendInitialEvents');
    expect(rig.reflector.stats).toMatchObject({ relists: 1, restarts: { Ended: 1 } });
  });

  it('takes a re-made namesake for what it is: one gone, one new', async () => {
    const rig = await synced();
    rig.last().event('MODIFIED', node('a', '12', 'uid-other'));
    await rig.settle();
    expect(rig.news()).toEqual(['Deleted a@5', 'Added a@12']);
  });

  it('after a lost connection waits with jitter and keeps its place', async () => {
    const rig = await synced();
    rig.last().fail(new KubeError('ConnectionLost', 'reset'));
    await rig.settle();
    expect(rig.transport.streams).toHaveLength(1);
    // 800 ms × 0.5
    await rig.settle(400);
    expect(queryOf(rig.last())['resourceVersion']).toBe('10');
    expect(rig.reflector.stats.restarts.ConnectionLost).toBe(1);
    expect(rig.reflector.status.state).toBe('Synced');
  });

  it('says Failing when it cannot come back, and Synced when it can', async () => {
    const rig = await synced();
    rig.transport.onStream = () => {
      throw new KubeError('ConnectFailed', 'refused');
    };
    rig.last().fail(new KubeError('ConnectionLost', 'reset'));
    await rig.settle(5_000);
    expect(rig.reflector.status).toMatchObject({
      state: 'Failing',
      reason: 'Unreachable',
      message: 'refused',
    });
    expect(rig.reflector.store.size).toBe(2);
    rig.transport.onStream = () => undefined;
    await rig.settle(30_000);
    expect(rig.states).toEqual(['Synced', 'Failing', 'Synced']);
  });

  it('never waits longer than the ceiling, and does not hurry a server that ends each watch at once', async () => {
    const rig = await synced();
    rig.transport.onStream = (stream) => stream.end();
    rig.last().end();
    const before = rig.transport.streams.length;
    await rig.settle(10 * 60_000);
    const opened = rig.transport.streams.length - before;
    // Steady state: one try per 15 s (30 s × 0.5).
    expect(opened).toBeGreaterThan(30);
    expect(opened).toBeLessThan(60);
  });

  it.each([
    [
      'an ERROR event',
      (stream: FakeStream) => stream.event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }),
    ],
    ['an answer', (stream: FakeStream) => stream.fail(new KubeError('Status', 'gone', { status: 410 }))],
    [
      'a version from the future',
      (stream: FakeStream) =>
        stream.fail(new KubeError('Status', 'Too large resource version: 9', { status: 504 })),
    ],
  ])('lists again after 410 in %s, and tells only the difference', async (_, expire) => {
    const rig = await synced();
    expire(rig.last());
    await rig.settle(1_000);
    expect(queryOf(rig.last())).toMatchObject({ sendInitialEvents: true, resourceVersion: undefined });
    rig.last().event('ADDED', node('a', '5'));
    rig.last().event('ADDED', node('c', '30'));
    rig.last().event('BOOKMARK', bookmark('40', INITIAL_END));
    await rig.settle();
    expect(rig.news()).toEqual(['Deleted b@7', 'Added c@30', 'Synced']);
    expect(rig.reflector.stats).toMatchObject({ relists: 2, restarts: { Expired: 1 } });
  });

  it('does not ask for an old state in a later list', async () => {
    const rig = await synced();
    rig.client.watchList.supported = false;
    rig.transport.onRequest = () => ({ body: { metadata: { resourceVersion: '50' }, items: [] } });
    rig.last().event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
    await rig.settle(1_000);
    expect(rig.transport.requests[0]?.query).toMatchObject({ resourceVersion: undefined });
  });

  it('survives a line that is not JSON, and passes by one that stays so', async () => {
    const rig = await synced();
    rig.last().text('{"type":"ADDED","obj\n');
    await rig.settle(1_000);
    expect(rig.transport.streams).toHaveLength(2);
    expect(queryOf(rig.last())['resourceVersion']).toBe('10');
    rig.transport.onStream = (stream) => {
      if (queryOf(stream)['sendInitialEvents'] !== true) stream.text('garbage\n');
    };
    rig.last().text('garbage\n');
    await rig.settle(10_000);
    expect(queryOf(rig.last())['sendInitialEvents']).toBe(true);
    expect(rig.reflector.stats.restarts.Malformed).toBe(3);
  });

  it('waits as long as Retry-After says', async () => {
    const rig = await synced();
    rig.last().fail(new KubeError('Status', 'slow down', { status: 429, retryAfterSeconds: 20 }));
    await rig.settle(19_000);
    expect(rig.transport.streams).toHaveLength(1);
    await rig.settle(2_000);
    expect(rig.transport.streams).toHaveLength(2);
  });

  it('ends a watch that the server forgot to end', async () => {
    const rig = await synced();
    await rig.settle(481_000);
    expect(rig.reflector.stats.restarts.Unreachable).toBe(1);
  });
});

describe('what cannot be read', () => {
  it.each([
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
  ])('shows %d as %s and tries again slowly', async (status, state) => {
    const rig = start({
      setUp: (transport) => {
        transport.onStream = () => {
          throw new KubeError('Status', 'no', { status, reason: state });
        };
      },
    });
    await rig.settle(29_000);
    expect([rig.reflector.status, rig.transport.streams.length]).toEqual([
      { state, reason: state, message: 'no' },
      1,
    ]);
    await rig.settle(2_000);
    expect([rig.transport.streams.length, rig.states]).toEqual([2, [state]]);
  });

  it('tries a right that it had again soon: the API server may have just started', async () => {
    const rig = await synced();
    const before = rig.transport.streams.length;
    rig.transport.onStream = () => {
      throw new KubeError('Status', 'no', { status: 403, reason: 'Forbidden' });
    };
    rig.last().end();
    await rig.settle(16_000);
    expect(rig.transport.streams.length - before).toBeGreaterThanOrEqual(4);
    await rig.settle(60_000);
    const after = rig.transport.streams.length;
    await rig.settle(60_000);
    expect(rig.transport.streams.length - after).toBeLessThanOrEqual(3);
  });

  it('shows a missing kind as Absent, and finds it when it comes', async () => {
    const rig = start({
      setUp: (transport) => {
        transport.onStream = () => {
          throw new KubeError('Status', 'the server could not find the requested resource', { status: 404 });
        };
      },
    });
    await rig.settle();
    expect(rig.reflector.status).toMatchObject({ state: 'Absent', reason: 'Absent' });
    rig.transport.onStream = () => undefined;
    await rig.settle(31_000);
    rig.last().event('ADDED', node('a', '5'));
    rig.last().event('BOOKMARK', bookmark('10', INITIAL_END));
    await rig.settle();
    expect([rig.news(), rig.states]).toEqual([
      ['Added a@5', 'Synced'],
      ['Absent', 'Synced'],
    ]);
  });

  it('gives up the objects of a kind that was removed, but not at the first 404', async () => {
    const rig = await synced();
    rig.transport.onStream = () => {
      throw new KubeError('Status', 'not found', { status: 404 });
    };
    rig.last().end();
    await rig.settle(2_000);
    expect([rig.reflector.status.state, rig.news()]).toEqual(['Absent', []]);
    await rig.settle(31_000);
    expect(rig.news()).toEqual(['Deleted a@5', 'Deleted b@7']);
  });
});

describe('projection and handlers', () => {
  it('reports an object it cannot project, keeps its last good state, and goes on', async () => {
    const rig = await synced();
    rig.last().event('ADDED', node('bad', '11', 'u', { poison: true }));
    rig.last().event('MODIFIED', node('a', '12', 'uid-a', { poison: true }));
    rig.last().event('ADDED', node('c', '13'));
    await rig.settle();
    expect([rig.news(), rig.rejected]).toEqual([['Added c@13'], ['bad', 'a']]);
    expect(rig.reflector.store.get('a')).toBe('a@5');
    expect(rig.reflector.stats).toMatchObject({ rejectedObjects: 2, rejections: 2 });
    rig.last().event('MODIFIED', node('a', '14'));
    rig.last().event('DELETED', node('bad', '15', 'u', { poison: true }));
    await rig.settle();
    expect(rig.reflector.stats).toMatchObject({ rejectedObjects: 0, rejections: 2 });
  });

  it('does not lose the last good state in a new list either', async () => {
    const rig = await synced();
    rig.last().event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
    await rig.settle(1_000);
    rig.last().event('ADDED', node('a', '30', 'uid-a', { poison: true }));
    rig.last().event('BOOKMARK', bookmark('40', INITIAL_END));
    await rig.settle();
    expect(rig.news()).toEqual(['Deleted b@7', 'Synced']);
    expect(rig.reflector.store.get('a')).toBe('a@5');
  });

  it('leaves out what the projection does not want, also later', async () => {
    const rig = await synced({
      project: (raw) => (raw['skip'] === true ? undefined : raw.metadata.name),
    });
    rig.last().event('ADDED', node('c', '11', 'u', { skip: true }));
    rig.last().event('MODIFIED', node('a', '12', 'uid-a', { skip: true }));
    await rig.settle();
    expect(rig.news()).toEqual(['Deleted a']);
  });

  it('goes on after a handler that throws', async () => {
    let calls = 0;
    const rig = await synced({
      onChange: () => {
        calls += 1;
        throw new Error('mistake');
      },
    });
    rig.last().event('ADDED', node('c', '11'));
    await rig.settle();
    expect([calls, rig.reflector.stats.handlerErrors, rig.reflector.store.size]).toEqual([4, 4, 3]);
  });

  it('keeps no more objects than allowed, and counts the others', async () => {
    const rig = await synced({ maxObjects: 2 });
    rig.last().event('ADDED', node('c', '11'));
    await rig.settle();
    expect(rig.reflector.stats).toMatchObject({ objects: 2, refusedObjects: 1 });
  });
});
