import { expect } from '@jest/globals';
import type { KubeClient } from '../../../src/kube/client.ts';
import { isRetriable, isSchemaMismatch } from '../../../src/kube/errors.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { WIDGETS } from './fixtures.ts';
import { errorOf, failure, type Suite, test } from './suite.ts';

export function describeApply(suite: Suite): void {
  const apply = (client: KubeClient, name: string, status: object, force = true): Promise<KubeObject> =>
    client.apply(WIDGETS, { metadata: { name }, status }, { subresource: 'status', force });

  test('sets the status, leaves the rest, and does not count as a new generation', async () => {
    await suite.widget('applied', { spec: { colour: 'Red' } });
    const applied = await apply(suite.client, 'applied', { state: 'Up', count: 1 });
    expect([applied['status'], applied['spec'], applied.metadata.generation]).toEqual([
      { state: 'Up', count: 1 },
      { colour: 'Red' },
      1,
    ]);
  });

  test('changes nothing, not even the version, when nothing is new', async () => {
    await suite.widget('unchanged');
    const first = await apply(suite.client, 'unchanged', { state: 'Up', items: ['a', 'b'] });
    const second = await apply(suite.client, 'unchanged', { state: 'Up', items: ['a', 'b'] });
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  test('removes the fields that its manager no longer names, and replaces atomic lists', async () => {
    await suite.widget('shrunk');
    await apply(suite.client, 'shrunk', { state: 'Up', count: 3, items: ['a', 'b'] });
    const shrunk = await apply(suite.client, 'shrunk', { state: 'Up', items: ['c'] });
    expect(shrunk['status']).toEqual({ state: 'Up', items: ['c'] });
  });

  test('protects the fields of another manager unless forced', async () => {
    await suite.widget('contested');
    await apply(suite.client, 'contested', { state: 'Up', count: 1 });
    const other = suite.as('other');
    expect(await failure(apply(other, 'contested', { state: 'Down' }, false))).toEqual([409, 'Conflict']);
    expect((await apply(other, 'contested', { state: 'Down' }))['status']).toEqual({
      state: 'Down',
      count: 1,
    });
  });

  test('refuses a status outside the schema, and one of an object that is not there', async () => {
    await suite.widget('strict');
    expect(await failure(apply(suite.client, 'strict', { state: 'much too long' }))).toEqual([
      422,
      'Invalid',
    ]);
    expect((await errorOf(apply(suite.client, 'never-made', { state: 'Up' }))).status).toBe(404);
  });

  test('refuses a field that the schema does not declare, with its path', async () => {
    await suite.widget('undeclared');
    const error = await errorOf(apply(suite.client, 'undeclared', { state: 'Up', colour: 'Red' }));
    expect(error.message).toContain('.status.colour: field not declared in schema');
    expect([isSchemaMismatch(error), isRetriable(error)]).toEqual([true, false]);
  });

  test('makes the object when applied as a whole', async () => {
    const made = await suite.client.apply(WIDGETS, {
      metadata: { name: 'whole' },
      spec: { colour: 'Green' },
    });
    expect([made['spec'], made['status']]).toEqual([{ colour: 'Green' }, undefined]);
  });
}
