import { describe, expect, it } from '@jest/globals';
import { type FakeAnswer, FakeTransport } from '../../test/kube/fake-transport.ts';
import { ManualClock } from '../lib/clock.ts';
import { KubeClient } from './client.ts';
import { KubeError } from './errors.ts';
import { LEASES } from './lease.ts';
import type { ResourceDefinition } from './objects.ts';
import type { KubeRequest } from './transport.ts';

const REPORTS: ResourceDefinition = {
  group: 'example.io',
  version: 'v1',
  plural: 'reports',
  kind: 'Report',
  namespaced: false,
};

function start(
  onRequest: (request: KubeRequest) => FakeAnswer = () => ({ body: { metadata: { name: 'a' } } }),
) {
  const transport = new FakeTransport();
  transport.onRequest = onRequest;
  const clock = new ManualClock();
  const client = new KubeClient({ transport, clock, random: () => 0, fieldManager: 'me' });
  return { transport, clock, client };
}

describe('KubeClient', () => {
  it('applies a status as one field manager, by force, and in the kind’s own type', async () => {
    const { transport, client } = start();
    await client.apply(REPORTS, { metadata: { name: 'a' }, status: { x: 1 } }, { subresource: 'status' });
    expect(transport.requests[0]).toMatchObject({
      method: 'PATCH',
      path: '/apis/example.io/v1/reports/a/status',
      query: { fieldManager: 'me', force: true },
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
    expect(JSON.parse(transport.requests[0]?.body ?? '')).toEqual({
      apiVersion: 'example.io/v1',
      kind: 'Report',
      metadata: { name: 'a' },
      status: { x: 1 },
    });
  });

  it('deletes only the object that was meant', async () => {
    const { transport, client } = start();
    await client.delete(REPORTS, { name: 'a', uid: 'u1' });
    expect(transport.requests[0]).toMatchObject({ method: 'DELETE', body: '{"preconditions":{"uid":"u1"}}' });
  });

  it('puts namespace and odd names into the path', async () => {
    const { transport, client } = start();
    await client.get(LEASES, { namespace: 'here', name: 'a/b c' });
    expect(transport.requests[0]?.path).toBe('/apis/coordination.k8s.io/v1/namespaces/here/leases/a%2Fb%20c');
  });

  it('throws the Status of the answer', async () => {
    const { client } = start(() => ({
      status: 404,
      body: { kind: 'Status', reason: 'NotFound', message: 'no' },
    }));
    await expect(client.get(REPORTS, { name: 'a' })).rejects.toMatchObject({
      status: 404,
      reason: 'NotFound',
    });
  });

  it.each(['', '<html>', 'null', '{}', '{"metadata":{}}', '[]'])('refuses the answer %j', async (body) => {
    const { client } = start(() => ({ body }));
    await expect(client.get(REPORTS, { name: 'a' })).rejects.toMatchObject({ code: 'MalformedBody' });
  });

  it('repeats a read after a lost connection, but not a create', async () => {
    let failures = 1;
    const flaky = () => {
      if (failures-- > 0) throw new KubeError('ConnectionLost', 'reset');
      return { body: { metadata: { name: 'a' } } };
    };
    const reading = start(flaky);
    const read = reading.client.get(REPORTS, { name: 'a' });
    await new Promise(setImmediate);
    await reading.clock.advance(1);
    expect((await read).metadata.name).toBe('a');
    failures = 1;
    const { client, transport } = start(flaky);
    await expect(client.create(REPORTS, { metadata: { name: 'a' } })).rejects.toMatchObject({
      code: 'ConnectionLost',
    });
    expect(transport.requests).toHaveLength(1);
  });

  it('lists all pages, with the kind on each item, and leaves out what is no object', async () => {
    const { client } = start(({ query }) =>
      query?.['continue'] === 'c2'
        ? {
            body: {
              metadata: { resourceVersion: '9', continue: '' },
              items: [{ metadata: { name: 'b' } }, null, {}],
            },
          }
        : {
            body: {
              metadata: { resourceVersion: '9', continue: 'c2' },
              items: [{ metadata: { name: 'a' } }],
            },
          },
    );
    const { items, resourceVersion } = await client.list(REPORTS);
    expect(items).toEqual([
      { apiVersion: 'example.io/v1', kind: 'Report', metadata: { name: 'a' } },
      { apiVersion: 'example.io/v1', kind: 'Report', metadata: { name: 'b' } },
    ]);
    expect(resourceVersion).toBe('9');
  });

  it('takes items: null for an empty list', async () => {
    const { client } = start(() => ({ body: { metadata: { resourceVersion: '9' }, items: null } }));
    expect((await client.list(REPORTS)).items).toEqual([]);
  });
});
