import { expect } from '@jest/globals';
import { KubeClient } from '../../../src/kube/client.ts';
import { loadKubeConfig } from '../../../src/kube/config.ts';
import { isResourceVersionUnusable } from '../../../src/kube/errors.ts';
import { HttpTransport } from '../../../src/kube/http/transport.ts';
import type { KubeObject, ResourceDefinition } from '../../../src/kube/objects.ts';
import { CONFIG_MAPS, NAMESPACE, WIDGETS } from './fixtures.ts';
import { errorOf, failure, type Suite, test } from './suite.ts';

export function describeObjects(suite: Suite): void {
  test('answers a Status for what is not there', async () => {
    expect(await failure(suite.client.get(WIDGETS, { name: 'absent' }))).toEqual([404, 'NotFound']);
    const unserved: ResourceDefinition = { ...WIDGETS, group: 'absent.example.com' };
    expect((await errorOf(suite.client.list(unserved))).status).toBe(404);
    expect((await errorOf(suite.watch({ resource: unserved }))).status).toBe(404);
  });

  test('refuses a token it does not know', async () => {
    const { credentials } = loadKubeConfig({ kubeconfig: suite.kube.kubeconfigPath });
    const wrong = {
      ...credentials,
      server: credentials.server,
      invalidate: () => undefined,
      resolve: async () => ({ ...(await credentials.resolve()), headers: { authorization: 'Bearer wrong' } }),
    };
    const transport = new HttpTransport({ credentials: wrong });
    const client = new KubeClient({ transport, fieldManager: 'x' });
    expect(await failure(client.list(WIDGETS))).toEqual([401, 'Unauthorized']);
    await transport.close();
  });

  test('refuses a second object of the same name, and values outside the schema', async () => {
    await suite.widget('twice');
    expect(await failure(suite.widget('twice'))).toEqual([409, 'AlreadyExists']);
    expect(await failure(suite.widget('wrong', { spec: { colour: 'Blue' } }))).toEqual([422, 'Invalid']);
  });

  test('replaces only the version that was read', async () => {
    const made = await suite.widget('replaced', { spec: { colour: 'Red' } });
    const updated = await suite.client.update(WIDGETS, { ...made, spec: { colour: 'Green' } });
    expect([updated['spec'], updated.metadata.generation]).toEqual([{ colour: 'Green' }, 2]);
    expect(await failure(suite.client.update(WIDGETS, made))).toEqual([409, 'Conflict']);
  });

  test('deletes only the object that was meant', async () => {
    const made = await suite.widget('deleted');
    const other = { name: 'deleted', uid: '00000000-0000-0000-0000-000000000000' };
    expect(await failure(suite.client.delete(WIDGETS, other))).toEqual([409, 'Conflict']);
    await suite.client.delete(WIDGETS, { name: 'deleted', uid: made.metadata.uid });
    expect((await errorOf(suite.client.get(WIDGETS, { name: 'deleted' }))).status).toBe(404);
  });

  test('drops what the schema does not know, and a status that does not come through the subresource', async () => {
    const made = await suite.widget('pruned', {
      spec: { colour: 'Red', taste: 'sweet' },
      status: { state: 'Up' },
    });
    expect([made['spec'], made['status']]).toEqual([{ colour: 'Red' }, undefined]);
  });

  test('gives tables to those who ask', async () => {
    await suite.widget('shown');
    await suite.client.apply(
      WIDGETS,
      { metadata: { name: 'shown' }, status: { state: 'Up' } },
      { subresource: 'status' },
    );
    const table = (await suite.client.raw({
      method: 'GET',
      path: '/apis/behaviour.example.com/v1/widgets',
      query: { fieldSelector: 'metadata.name=shown' },
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
    })) as { kind: string; columnDefinitions: { name: string }[]; rows: { cells: unknown[] }[] };
    expect(table.kind).toBe('Table');
    expect(table.columnDefinitions.map((column) => column.name)).toEqual(['Name', 'State']);
    expect(table.rows.map((row) => row.cells)).toEqual([['shown', 'Up']]);
  });
}

export function describeLists(suite: Suite): void {
  test('pages through one state, in the order of names', async () => {
    for (let number = 0; number < 7; number++) {
      await suite.widget(`page-${number}`, { metadata: { name: `page-${number}`, labels: { set: 'page' } } });
    }
    const pages: KubeObject[][] = [];
    const versions = new Set<string>();
    for await (const page of suite.client.pages(WIDGETS, { labelSelector: 'set=page', limit: 3 })) {
      if (pages.length === 0) await suite.client.delete(WIDGETS, { name: 'page-6' });
      pages.push(page.items);
      versions.add(page.resourceVersion);
    }
    expect(pages.map((page) => page.map((item) => item.metadata.name))).toEqual([
      ['page-0', 'page-1', 'page-2'],
      ['page-3', 'page-4', 'page-5'],
      ['page-6'],
    ]);
    expect(versions.size).toBe(1);
  });

  test('selects by label and by name', async () => {
    const labels: Record<string, string>[] = [{ app: 'a', tier: 'x' }, { app: 'a' }, { app: 'b' }];
    for (const [index, each] of labels.entries()) {
      const metadata = { name: `select-${index}`, namespace: NAMESPACE, labels: each };
      await suite.client.create(CONFIG_MAPS, { metadata });
    }
    const names = async (options: { labelSelector?: string; fieldSelector?: string }): Promise<string[]> => {
      const { items } = await suite.client.list(CONFIG_MAPS, { namespace: NAMESPACE, ...options });
      return items.map((item) => item.metadata.name).filter((each) => each.startsWith('select-'));
    };
    expect(await names({ labelSelector: 'app=a' })).toEqual(['select-0', 'select-1']);
    expect(await names({ labelSelector: 'app=a,!tier' })).toEqual(['select-1']);
    expect(await names({ labelSelector: 'app in (a,b),tier!=x' })).toEqual(['select-1', 'select-2']);
    expect(await names({ fieldSelector: 'metadata.name=select-2' })).toEqual(['select-2']);
  });

  test('serves any state for version 0, and refuses one from the future', async () => {
    expect((await suite.client.list(WIDGETS, { resourceVersion: '0' })).resourceVersion).not.toBe('');
    const future = suite.client.list(WIDGETS, { resourceVersion: '999999999', maxAttempts: 1 });
    expect(isResourceVersionUnusable(await errorOf(future))).toBe(true);
  });
}
