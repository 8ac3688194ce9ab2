import { expect } from '@jest/globals';
import { isResourceVersionUnusable } from '../../../src/kube/errors.ts';
import type { KubeObject, ResourceDefinition } from '../../../src/kube/objects.ts';
import { Reflector } from '../../../src/kube/reflector.ts';
import type { WatchEvent } from '../../../src/kube/watch.ts';
import { CRDS, installCrd, LATECOMERS, until, WIDGETS } from './fixtures.ts';
import { errorOf, type Suite, test } from './suite.ts';

/** The next events that are no bookmarks. */
async function take(watch: AsyncGenerator<WatchEvent, void>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value, done } = await watch.next();
    if (done === true) throw new Error(`the watch ended after ${taken.join(', ')}`);
    if (value.type !== 'Bookmark') taken.push(`${value.type} ${value.object.metadata.name}`);
  }
  return taken;
}

export function describeWatches(suite: Suite): void {
  test('streams a list, marks its end, and goes on with the changes', async () => {
    const label = { labels: { set: 'stream' } };
    await suite.widget('stream-a', { metadata: { name: 'stream-a', ...label } });
    await suite.widget('stream-b', { metadata: { name: 'stream-b', ...label } });
    const watch = await suite.watch({ sendInitialEvents: true, labelSelector: 'set=stream' });
    expect((await take(watch, 2)).sort()).toEqual(['Added stream-a', 'Added stream-b']);
    const end = (await watch.next()).value as WatchEvent;
    expect(end).toMatchObject({ type: 'Bookmark', initialEventsEnd: true });
    await suite.widget('stream-other');
    await suite.widget('stream-c', { metadata: { name: 'stream-c', ...label } });
    const body = { metadata: { annotations: { seen: 'yes' } } };
    await suite.client.patch(WIDGETS, { name: 'stream-a' }, { type: 'Merge', body });
    await suite.client.delete(WIDGETS, { name: 'stream-b' });
    expect(await take(watch, 3)).toEqual(['Added stream-c', 'Modified stream-a', 'Deleted stream-b']);
    await watch.return(undefined);
  });

  test('shows an object that leaves the selection as deleted, and one that enters as added', async () => {
    const { resourceVersion } = await suite.client.list(WIDGETS);
    const watch = await suite.watch({ resourceVersion, labelSelector: 'set=move' });
    await suite.widget('move');
    const label = (set: string | null) => ({
      type: 'Merge' as const,
      body: { metadata: { labels: { set } } },
    });
    await suite.client.patch(WIDGETS, { name: 'move' }, label('move'));
    await suite.client.patch(WIDGETS, { name: 'move' }, label(null));
    expect(await take(watch, 2)).toEqual(['Added move', 'Deleted move']);
    await watch.return(undefined);
  });

  test('goes on exactly after the version it is given', async () => {
    const first = await suite.widget('after-1');
    await suite.widget('after-2');
    await suite.client.delete(WIDGETS, { name: 'after-1' });
    const watch = await suite.watch({ resourceVersion: first.metadata.resourceVersion });
    expect(await take(watch, 2)).toEqual(['Added after-2', 'Deleted after-1']);
    await watch.return(undefined);
  });

  test('gives a deleted object’s last state, with the version of its deletion', async () => {
    const made = await suite.widget('last-state', { spec: { colour: 'Red' } });
    const watch = await suite.watch({
      resourceVersion: made.metadata.resourceVersion,
      fieldSelector: 'metadata.name=last-state',
    });
    await suite.client.delete(WIDGETS, { name: 'last-state' });
    const event = (await watch.next()).value as WatchEvent & { object: KubeObject };
    expect([event.type, event.object['spec'], event.object.metadata.uid]).toEqual([
      'Deleted',
      { colour: 'Red' },
      made.metadata.uid,
    ]);
    expect(event.object.metadata.resourceVersion).not.toBe(made.metadata.resourceVersion);
    await watch.return(undefined);
  });

  test('sends a bookmark, then ends, when its time is over', async () => {
    const { resourceVersion } = await suite.client.list(WIDGETS);
    const watch = await suite.watch({ resourceVersion, timeoutSeconds: 5, labelSelector: 'set=nothing' });
    // A real server marks only progress: a version newer than the one the watch began with.
    await suite.widget('not-selected', { spec: { colour: 'Red' } });
    const events: WatchEvent[] = [];
    for await (const event of watch) events.push(event);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(event).toMatchObject({ type: 'Bookmark', initialEventsEnd: false });
  });

  test('answers 410 for a version that is compacted away', async () => {
    const resourceVersion = await suite.kube.expiredResourceVersion();
    const watching = suite.watch({ resourceVersion }).then(async (watch) => {
      for await (const event of watch)
        if (event.type !== 'Bookmark') throw new Error('an event instead of 410');
    });
    expect(isResourceVersionUnusable(await errorOf(watching))).toBe(true);
  });
}

export function describeReflector(suite: Suite): void {
  function reflect(resource: ResourceDefinition): {
    reflector: Reflector<string>;
    stop: () => Promise<void>;
  } {
    const controller = new AbortController();
    const reflector = new Reflector<string>({
      client: suite.client,
      resource,
      project: (raw) => raw.metadata.name,
      onChange: () => undefined,
      timings: { slowRetryMillis: 200, backoffBaseMillis: 100, backoffMaxMillis: 500 },
    });
    const done = reflector.run(controller.signal);
    const stop = async (): Promise<void> => {
      controller.abort();
      await done;
    };
    suite.onStop(stop);
    return { reflector, stop };
  }

  test('keeps up with changes, also over a restart of the API', async () => {
    const { reflector, stop } = reflect(WIDGETS);
    await until(() => reflector.hasSynced);
    await suite.widget('kept');
    await until(() => reflector.store.get('kept') !== undefined);
    await suite.kube.restart();
    await until(() =>
      suite.client.delete(WIDGETS, { name: 'kept' }).then(
        () => true,
        () => false,
      ),
    );
    await suite.widget('after-restart');
    await until(() => reflector.store.get('after-restart') !== undefined);
    expect(reflector.store.get('kept')).toBeUndefined();
    await stop();
  });

  test('waits for a kind that comes later, and notices when it goes', async () => {
    const { reflector, stop } = reflect(LATECOMERS);
    await until(() => reflector.status.state === 'Absent');
    await installCrd(suite.client, LATECOMERS);
    await suite.client.create(LATECOMERS, { metadata: { name: 'late' } });
    await until(() => reflector.store.get('late') !== undefined);
    await suite.client.delete(CRDS, { name: `${LATECOMERS.plural}.${LATECOMERS.group}` });
    await until(() => reflector.store.size === 0 && reflector.status.state === 'Absent');
    await stop();
  });
}
