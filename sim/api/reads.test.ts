import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, TestWatch } from '../test-client.ts';
import { WIDGET_CRD, widget, WIDGETS } from './fixtures.ts';
import { arrayAt, valueAtPath } from './json.ts';
import type { ApiServer } from './server.ts';
import { startApiServer } from './server.ts';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer({ tls: false, transportChaos: false, historyLimit: 5, bookmarkMillis: 50 });
  api.objects.create(WIDGET_CRD);
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    api.objects.create({ ...widget(name), metadata: { name, labels: { name } } });
});
afterAll(async () => {
  await api.stop();
});

const names = (body: Record<string, unknown>) =>
  arrayAt(body, 'items').map((item) => valueAtPath(item, 'metadata.name'));
const revision = async () => String(valueAtPath((await call(api, WIDGETS)).body, 'metadata.resourceVersion'));
const watch = (query: string): Promise<TestWatch> => TestWatch.open(api, `${WIDGETS}?watch=true&${query}`);

describe('list', () => {
  it.each([
    ['labelSelector=name=a', ['a']],
    ['labelSelector=name in (a,c)', ['a', 'c']],
    ['labelSelector=name notin (a,b,c),name', ['d', 'e']],
    ['labelSelector=!name', []],
    ['fieldSelector=metadata.name=b', ['b']],
    ['fieldSelector=metadata.name!=b,spec.size=1', ['a', 'c', 'd', 'e']],
  ])('selects with %s', async (query, expected) => {
    expect(names((await call(api, `${WIDGETS}?${encodeURI(query)}`)).body)).toEqual(expected);
  });

  it('shows one revision over all pages, whatever is written between them', async () => {
    const first = await call(api, `${WIDGETS}?limit=2`);
    expect(valueAtPath(first.body, 'metadata.remainingItemCount')).toBe(3);
    api.objects.create(widget('bb'));
    const token = String(valueAtPath(first.body, 'metadata.continue'));
    const second = await call(api, `${WIDGETS}?limit=10&continue=${token}`);
    expect([...names(first.body), ...names(second.body)]).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(valueAtPath(second.body, 'metadata.resourceVersion')).toBe(
      valueAtPath(first.body, 'metadata.resourceVersion'),
    );
    api.objects.delete(widget('bb'));
  });

  it('answers 410 to a continue token that is too old', async () => {
    const { body } = await call(api, `${WIDGETS}?limit=2`);
    api.expireHistory();
    const late = await call(
      api,
      `${WIDGETS}?limit=2&continue=${String(valueAtPath(body, 'metadata.continue'))}`,
    );
    expect([late.code, late.body['reason']]).toEqual([410, 'Expired']);
  });

  it('answers 504 to a revision from the future', async () => {
    expect((await call(api, `${WIDGETS}?resourceVersion=999999`)).code).toBe(504);
  });

  it('makes table rows with the columns of the CRD', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const { body } = await call(api, `${WIDGETS}?fieldSelector=metadata.name=a`, { accept });
    expect(body['kind']).toBe('Table');
    expect(arrayAt(body, 'columnDefinitions').map((column) => valueAtPath(column, 'name'))).toEqual([
      'Name',
      'Ready',
      'Size',
    ]);
    expect(valueAtPath(arrayAt(body, 'rows')[0], 'cells')).toEqual(['a', '', 1]);
  });
});

describe('watch', () => {
  it('sends what is there, the end of it, and then every change', async () => {
    const stream = await watch(
      'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan',
    );
    const initial = [];
    for (;;) {
      const event = await stream.next();
      if (event?.type === 'BOOKMARK') {
        expect(valueAtPath(event.object, 'metadata.annotations')).toEqual({
          'k8s.io/initial-events-end': 'true',
        });
        break;
      }
      initial.push(valueAtPath(event?.object, 'metadata.name'));
    }
    expect(initial).toEqual(['a', 'b', 'c', 'd', 'e']);
    api.objects.patch(widget('a'), { spec: { size: 2 } });
    expect((await nextChange(stream))?.type).toBe('MODIFIED');
    stream.close();
  });

  it('resumes after a revision and sends bookmarks', async () => {
    const from = await revision();
    api.objects.patch(widget('b'), { spec: { size: 3 } });
    const stream = await watch(`resourceVersion=${from}&allowWatchBookmarks=true`);
    const first = await stream.next();
    expect([first?.type, valueAtPath(first?.object, 'metadata.name')]).toEqual(['MODIFIED', 'b']);
    expect((await stream.next())?.type).toBe('BOOKMARK');
    stream.close();
  });

  it('turns entering and leaving a selector into ADDED and DELETED', async () => {
    const stream = await watch(
      `labelSelector=${encodeURIComponent('mark=x')}&resourceVersion=${await revision()}`,
    );
    api.objects.patch(widget('c'), { metadata: { labels: { mark: 'x' } } });
    api.objects.patch(widget('c'), { metadata: { labels: { mark: 'y' } } });
    expect([(await stream.next())?.type, (await stream.next())?.type]).toEqual(['ADDED', 'DELETED']);
    stream.close();
  });

  it('answers 410 once the history no longer reaches back', async () => {
    const from = await revision();
    for (let size = 1; size <= 12; size++) api.objects.patch(widget('d'), { spec: { size } });
    expect((await call(api, `${WIDGETS}?watch=true&resourceVersion=${from}`)).code).toBe(410);
  });

  it('sends ERROR 410 on open watches when the history is compacted', async () => {
    const stream = await watch(`resourceVersion=${await revision()}`);
    api.expireHistory({ andWatches: true });
    const event = await stream.next();
    expect([event?.type, event?.object['code']]).toEqual(['ERROR', 410]);
    expect(await stream.next()).toBeUndefined();
  });

  it('ends after timeoutSeconds', async () => {
    const stream = await watch(`resourceVersion=${await revision()}&timeoutSeconds=1`);
    expect(await stream.next()).toBeUndefined();
  });

  it('can garble a frame', async () => {
    const stream = await watch(`resourceVersion=${await revision()}`);
    api.chaos.garbleNextWatchFrame();
    api.objects.patch(widget('e'), { spec: { size: 44 } });
    const line = (await stream.nextLine()) ?? '';
    expect(() => JSON.parse(line) as unknown).toThrow();
    api.objects.patch(widget('e'), { spec: { size: 45 } });
    expect((await stream.next())?.type).toBe('MODIFIED');
    stream.close();
  });
});

async function nextChange(stream: TestWatch) {
  for (;;) {
    const event = await stream.next();
    if (event?.type !== 'BOOKMARK') return event;
  }
}

describe('events', () => {
  it('shows the same Event in both versions', async () => {
    const path = '/apis/events.k8s.io/v1/namespaces/default/events';
    const event = {
      metadata: { name: 'seen' },
      eventTime: '2026-11-22T10:00:00.000001Z',
      reason: 'LinkDown',
      note: 'it went',
      type: 'Warning',
      action: 'Observe',
      reportingController: 'test',
      reportingInstance: 'test-0',
      regarding: { kind: 'Node', name: 'worker-0' },
    };
    expect((await call(api, path, { method: 'POST', body: event })).code).toBe(201);
    const { body } = await call(
      api,
      '/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=worker-0',
    );
    expect(arrayAt(body, 'items')[0]).toMatchObject({
      apiVersion: 'v1',
      message: 'it went',
      involvedObject: { kind: 'Node' },
    });
  });
});

describe('discovery', () => {
  it('serves a resource as soon as its CRD is there, in all three forms', async () => {
    const legacy = await call(api, '/apis/example.com/v1');
    expect(arrayAt(legacy.body, 'resources').map((item) => valueAtPath(item, 'name'))).toEqual([
      'widgets',
      'widgets/status',
    ]);
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const aggregated = await call(api, '/apis', { accept });
    expect(aggregated.headers.get('content-type')).toContain('as=APIGroupDiscoveryList');
    expect(aggregated.text).toContain('"resource":"widgets"');
    const openApi = await call(api, '/openapi/v3/apis/example.com/v1');
    expect(openApi.text).toContain('How big it is.');
  });

  it('stops serving it when the CRD goes', async () => {
    const crd = { ...WIDGET_CRD, metadata: { name: 'gadgets.example.com' }, spec: gadgetSpec() };
    api.objects.create(crd);
    expect((await call(api, '/apis/example.com/v1/gadgets')).code).toBe(200);
    api.objects.delete(crd);
    expect((await call(api, '/apis/example.com/v1/gadgets')).code).toBe(404);
  });
});

function gadgetSpec(): Record<string, unknown> {
  const spec = structuredClone(WIDGET_CRD['spec']) as Record<string, unknown>;
  return { ...spec, names: { plural: 'gadgets', kind: 'Gadget' } };
}
