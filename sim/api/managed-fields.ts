import type { FieldPath } from './field-set.ts';
import { fieldsOf, fromFieldsV1, toFieldsV1 } from './field-set.ts';
import type { JsonObject } from './json.ts';
import { jsonEqual } from './json.ts';
import type { KubeObject, ManagedFieldsEntry } from './object.ts';
import { metaTime } from './object.ts';

/** Who writes: the manager's name, how, and through which subresource. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: string | undefined;
}

export interface Ownership {
  readonly manager: Manager;
  readonly apiVersion: string;
  readonly time: string;
  readonly fields: Set<FieldPath>;
}

export function readOwnership(object: KubeObject | undefined): Ownership[] {
  return (object?.metadata.managedFields ?? []).map((entry) => ({
    manager: { name: entry.manager, operation: entry.operation, subresource: entry.subresource },
    apiVersion: entry.apiVersion,
    time: entry.time,
    fields: fromFieldsV1(entry.fieldsV1),
  }));
}

export function writeOwnership(owners: readonly Ownership[]): ManagedFieldsEntry[] {
  return owners
    .filter((owner) => owner.fields.size > 0)
    .map((owner) => ({
      manager: owner.manager.name,
      operation: owner.manager.operation,
      apiVersion: owner.apiVersion,
      time: owner.time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(owner.fields),
      ...(owner.manager.subresource === undefined ? {} : { subresource: owner.manager.subresource }),
    }));
}

export function isSameManager(a: Manager, b: Manager): boolean {
  return a.name === b.name && a.operation === b.operation && a.subresource === b.subresource;
}

/** Gives a plain write (create, update, patch) the fields it changed, and takes them from others. */
export function trackUpdate(
  before: KubeObject | undefined,
  after: KubeObject,
  schema: JsonObject,
  manager: Manager,
): ManagedFieldsEntry[] {
  const old = before === undefined ? new Map<FieldPath, unknown>() : fieldsOf(before, schema);
  const now = fieldsOf(after, schema);
  const changed = [...now].filter(([path, value]) => !old.has(path) || !jsonEqual(old.get(path), value));
  const owners = readOwnership(before).map((owner) => ({
    ...owner,
    fields: new Set([...owner.fields].filter((path) => now.has(path))),
  }));
  if (changed.length === 0) return writeOwnership(owners);
  const paths = changed.map(([path]) => path);
  const others = owners.filter((owner) => !isSameManager(owner.manager, manager));
  for (const owner of others) for (const path of paths) owner.fields.delete(path);
  const own = owners.find((owner) => isSameManager(owner.manager, manager));
  const fields = new Set([...(own?.fields ?? []), ...paths]);
  return writeOwnership([...others, { manager, apiVersion: after.apiVersion, time: metaTime(), fields }]);
}
