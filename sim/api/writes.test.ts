import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../test-client.ts';
import { WIDGET_CRD, widget, WIDGETS } from './fixtures.ts';
import { objectAt, valueAtPath } from './json.ts';
import type { ApiServer } from './server.ts';
import { startApiServer } from './server.ts';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer({ tls: false, transportChaos: false });
  api.objects.create(WIDGET_CRD);
});
afterAll(async () => {
  await api.stop();
});

const apply = (name: string, body: object, manager: string, extra = '') =>
  call(
    api,
    `${WIDGETS}/${name}${extra.startsWith('/') ? extra : ''}?fieldManager=${manager}${extra.startsWith('&') ? extra : ''}`,
    {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion: 'example.com/v1', kind: 'Widget', ...body },
    },
  );

describe('create', () => {
  it('sets metadata and defaults, prunes unknown fields and ignores status', async () => {
    const { code, body } = await call(api, WIDGETS, {
      method: 'POST',
      body: { ...widget('made', { size: 2, unknown: true }), status: { phase: 'Sneaky' } },
    });
    expect(code).toBe(201);
    expect(body['spec']).toEqual({ size: 2, colour: 'red' });
    expect(body['status']).toBeUndefined();
    expect(valueAtPath(body, 'metadata.generation')).toBe(1);
    expect(valueAtPath(body, 'metadata.uid')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses a second object of the name', async () => {
    await call(api, WIDGETS, { method: 'POST', body: widget('twice') });
    const { code, body } = await call(api, WIDGETS, { method: 'POST', body: widget('twice') });
    expect([code, body['reason']]).toEqual([409, 'AlreadyExists']);
  });

  it.each([
    [{ size: 0 }, 'spec.size'],
    [{ size: 'big' }, 'spec.size'],
    [{ colour: 'green' }, 'spec.colour'],
    [{ note: 'far too long a note' }, 'spec.note'],
  ])('refuses %j, naming the field', async (spec, field) => {
    const { code, body } = await call(api, WIDGETS, { method: 'POST', body: widget('bad', spec) });
    expect(code).toBe(422);
    expect(body['message']).toContain(field);
  });

  it('refuses an object in a namespace that does not exist', async () => {
    const path = '/api/v1/namespaces/nowhere/configmaps';
    const { code, body } = await call(api, path, { method: 'POST', body: { metadata: { name: 'x' } } });
    expect(code).toBe(404);
    expect(body['message']).toBe('namespaces "nowhere" not found');
  });

  it('does not store on a dry run', async () => {
    expect((await call(api, `${WIDGETS}?dryRun=All`, { method: 'POST', body: widget('dry') })).code).toBe(
      201,
    );
    expect((await call(api, `${WIDGETS}/dry`)).code).toBe(404);
  });
});

describe('update', () => {
  it('needs the current resourceVersion and counts changes of spec only in generation', async () => {
    const { body: created } = await call(api, WIDGETS, { method: 'POST', body: widget('upd') });
    const { body: changed } = await call(api, `${WIDGETS}/upd`, {
      method: 'PUT',
      body: { ...created, spec: { size: 5 } },
    });
    expect(valueAtPath(changed, 'metadata.generation')).toBe(2);
    const stale = await call(api, `${WIDGETS}/upd`, { method: 'PUT', body: created });
    expect([stale.code, stale.body['reason']]).toEqual([409, 'Conflict']);
    const { body: labelled } = await call(api, `${WIDGETS}/upd`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { a: 'b' } } },
    });
    expect(valueAtPath(labelled, 'metadata.generation')).toBe(2);
  });

  it('keeps spec and status apart', async () => {
    await call(api, WIDGETS, { method: 'POST', body: widget('split') });
    const patch = { spec: { size: 9 }, status: { phase: 'Good' } };
    const merge = 'application/merge-patch+json';
    const main = await call(api, `${WIDGETS}/split`, { method: 'PATCH', contentType: merge, body: patch });
    expect([objectAt(main.body, 'spec')['size'], main.body['status']]).toEqual([9, undefined]);
    const status = await call(api, `${WIDGETS}/split/status`, {
      method: 'PATCH',
      contentType: merge,
      body: { spec: { size: 1 }, status: { phase: 'Good' } },
    });
    expect([objectAt(status.body, 'spec')['size'], status.body['status']]).toEqual([9, { phase: 'Good' }]);
  });

  it('makes no revision when nothing changes', async () => {
    const { body } = await call(api, WIDGETS, { method: 'POST', body: widget('same') });
    const again = await call(api, `${WIDGETS}/same`, { method: 'PUT', body });
    expect(valueAtPath(again.body, 'metadata.resourceVersion')).toBe(
      valueAtPath(body, 'metadata.resourceVersion'),
    );
  });

  it('applies a JSON patch', async () => {
    await call(api, WIDGETS, { method: 'POST', body: widget('json') });
    const { body } = await call(api, `${WIDGETS}/json`, {
      method: 'PATCH',
      contentType: 'application/json-patch+json',
      body: [{ op: 'replace', path: '/spec/size', value: 7 }],
    });
    expect(objectAt(body, 'spec')['size']).toBe(7);
  });

  it('takes Lease times with exactly six fraction digits', async () => {
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
    const lease = (name: string, renewTime: string) => ({
      metadata: { name },
      spec: { holderIdentity: 'a', renewTime },
    });
    const good = await call(api, path, {
      method: 'POST',
      body: lease('good', '2026-11-22T10:00:00.123456Z'),
    });
    const bad = await call(api, path, { method: 'POST', body: lease('bad', '2026-11-22T10:00:00.123Z') });
    expect([good.code, bad.code]).toEqual([201, 400]);
  });
});

describe('server-side apply', () => {
  it('creates, and removes what the same manager no longer names', async () => {
    expect((await apply('own', { spec: { size: 3, note: 'hello' } }, 'one')).code).toBe(201);
    const { code, body } = await apply('own', { spec: { size: 3 } }, 'one');
    expect([code, body['spec']]).toEqual([200, { size: 3, colour: 'red' }]);
  });

  it('makes no revision when the same is applied again', async () => {
    const first = await apply('idem', { spec: { size: 3 } }, 'one');
    const second = await apply('idem', { spec: { size: 3 } }, 'one');
    expect(second.body).toEqual(first.body);
  });

  it('reports a conflict, names the owner, and force takes the field over', async () => {
    await apply('fight', { spec: { size: 3 } }, 'one');
    const refused = await apply('fight', { spec: { size: 4 } }, 'two');
    expect(refused.code).toBe(409);
    expect(refused.body['message']).toContain('conflict with "one": .spec.size');
    const forced = await apply('fight', { spec: { size: 4 } }, 'two', '&force=true');
    expect(objectAt(forced.body, 'spec')['size']).toBe(4);
    // The first manager no longer owns it, so dropping it changes nothing.
    const dropped = await apply('fight', {}, 'one');
    expect(objectAt(dropped.body, 'spec')['size']).toBe(4);
  });

  it('shares map lists by key and lets each manager remove only its own item', async () => {
    await apply('shared', { spec: { size: 1 } }, 'one');
    const condition = (type: string) => ({ status: { conditions: [{ type, status: 'True' }] } });
    await apply('shared', condition('A'), 'one', '/status');
    const { body } = await apply('shared', condition('B'), 'two', '/status');
    expect(valueAtPath(body, 'status.conditions')).toHaveLength(2);
    const after = await apply('shared', { status: {} }, 'one', '/status');
    expect(valueAtPath(after.body, 'status.conditions')).toEqual([{ type: 'B', status: 'True' }]);
  });

  it('does not create through /status', async () => {
    expect((await apply('absent', { status: { phase: 'x' } }, 'one', '/status')).code).toBe(404);
  });

  it('needs a field manager', async () => {
    const { code } = await call(api, `${WIDGETS}/none`, {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      body: widget('none'),
    });
    expect(code).toBe(400);
  });
});

describe('delete', () => {
  it('collects what the last owner leaves behind', async () => {
    const owner = api.objects.create(widget('owner'));
    const reference = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      name: 'owner',
      uid: owner.metadata.uid,
    };
    api.objects.create({ ...widget('owned'), metadata: { name: 'owned', ownerReferences: [reference] } });
    expect((await call(api, `${WIDGETS}/owner`, { method: 'DELETE' })).code).toBe(200);
    await new Promise(setImmediate);
    expect((await call(api, `${WIDGETS}/owned`)).code).toBe(404);
  });

  it('waits for finalizers', async () => {
    api.objects.create({ ...widget('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    await call(api, `${WIDGETS}/held`, { method: 'DELETE' });
    const held = await call(api, `${WIDGETS}/held`);
    expect(valueAtPath(held.body, 'metadata.deletionTimestamp')).toBeDefined();
    await call(api, `${WIDGETS}/held`, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: { metadata: { finalizers: null } },
    });
    expect((await call(api, `${WIDGETS}/held`)).code).toBe(404);
  });

  it('checks the uid it is given', async () => {
    api.objects.create(widget('guarded'));
    const body = { preconditions: { uid: 'another' } };
    expect((await call(api, `${WIDGETS}/guarded`, { method: 'DELETE', body })).code).toBe(409);
  });
});
