import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Store, type StoreChange, type StoredObject } from './store.ts';

type Item = StoredObject<string>;

const item = (key: string, uid: string, resourceVersion: string): Item => ({
  key,
  uid,
  resourceVersion,
  object: `${key}/${uid}/${resourceVersion}`,
});

/** What a reader who only hears the changes knows; throws when a change does not fit what it knew. */
function follow(known: Map<string, string>, changes: readonly StoreChange<string>[]): void {
  for (const change of changes) {
    const before = known.get(change.key);
    if (change.type === 'Added' && before !== undefined) throw new Error(`${change.key} added twice`);
    if (change.type === 'Updated' && change.old !== before)
      throw new Error(`${change.key}: wrong state before`);
    if (change.type === 'Deleted' && change.object !== before)
      throw new Error(`${change.key}: wrong last state`);
    if (change.type === 'Deleted') known.delete(change.key);
    else known.set(change.key, change.object);
  }
}

const items = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  uid: fc.constantFrom('1', '2'),
  resourceVersion: fc.constantFrom('7', '8', '9'),
});

const operations = fc.oneof(
  fc.record({ type: fc.constant('put' as const), item: items }),
  fc.record({ type: fc.constant('remove' as const), item: items }),
  fc.record({ type: fc.constant('replace' as const), items: fc.array(items) }),
);

describe('Store', () => {
  it('tells its readers exactly what it holds, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(operations), (sequence) => {
        const store = new Store<string>(100);
        const known = new Map<string, string>();
        for (const operation of sequence) {
          if (operation.type === 'put') {
            const { key, uid, resourceVersion } = operation.item;
            follow(known, store.put(item(key, uid, resourceVersion)));
          } else if (operation.type === 'remove') {
            follow(known, store.remove(operation.item.key));
          } else {
            const next = operation.items.map(({ key, uid, resourceVersion }) =>
              item(key, uid, resourceVersion),
            );
            const wanted = new Map(next.map((each) => [each.key, each]));
            follow(known, store.replace(wanted));
            expect([...store.values()].sort()).toEqual(
              [...wanted.values()].map((each) => each.object).sort(),
            );
          }
          expect(new Map([...store.keys()].map((key) => [key, store.get(key)]))).toEqual(known);
        }
      }),
    );
  });

  it('says nothing about what did not change', () => {
    const store = new Store<string>(10);
    store.put(item('a', '1', '7'));
    const first = store.get('a');
    expect(store.put(item('a', '1', '7'))).toEqual([]);
    expect(store.replace(new Map([['a', item('a', '1', '7')]]))).toEqual([]);
    expect(store.get('a')).toBe(first);
  });

  it('never holds more than its bound, and makes room first when replaced', () => {
    fc.assert(
      fc.property(fc.array(operations), (sequence) => {
        const store = new Store<string>(2);
        for (const operation of sequence) {
          if (operation.type === 'put') store.put(item(operation.item.key, '1', '7'));
          else if (operation.type === 'remove') store.remove(operation.item.key);
          else store.replace(new Map(operation.items.map(({ key }) => [key, item(key, '1', '7')])));
          expect(store.size).toBeLessThanOrEqual(2);
        }
      }),
    );
    const full = new Store<string>(2);
    full.put(item('a', '1', '1'));
    full.put(item('b', '1', '1'));
    expect(full.put(item('c', '1', '1'))).toEqual([]);
    expect(full.refused).toBe(1);
    full.replace(new Map(['c', 'd'].map((key) => [key, item(key, '1', '1')])));
    expect([...full.keys()]).toEqual(['c', 'd']);
  });
});
