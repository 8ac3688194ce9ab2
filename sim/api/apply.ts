/** Server-side apply: merge by ownership, drop what the manager no longer names, detect conflicts. */
import { ApiError } from './api-error.ts';
import type { FieldPath } from './field-set.ts';
import { fieldsOf, isMapList, itemElement, pathElements, pathText } from './field-set.ts';
import type { JsonObject } from './json.ts';
import { isObject, jsonEqual, objectAt } from './json.ts';
import type { Manager, Ownership } from './managed-fields.ts';
import { isSameManager, readOwnership, writeOwnership } from './managed-fields.ts';
import type { KubeObject, ManagedFieldsEntry } from './object.ts';
import { metaTime } from './object.ts';

export interface Applied {
  readonly object: JsonObject;
  readonly managedFields: ManagedFieldsEntry[];
}

export interface ApplyRequest {
  readonly live: KubeObject | undefined;
  readonly config: KubeObject;
  readonly schema: JsonObject;
  readonly manager: Manager;
  readonly force: boolean;
}

/** @throws ApiError 409 when another manager owns a field with another value and `force` is off. */
export function serverSideApply(request: ApplyRequest): Applied {
  const { live, config, schema, manager, force } = request;
  const wanted = fieldsOf(config, schema);
  const current = live === undefined ? new Map<FieldPath, unknown>() : fieldsOf(live, schema);
  const owners = readOwnership(live);
  const others = owners.filter((owner) => !isSameManager(owner.manager, manager));
  const previous = owners.find((owner) => isSameManager(owner.manager, manager));

  const contested = findConflicts(wanted, current, others);
  if (contested.size > 0 && !force) throw conflictError(contested);
  for (const owner of others) for (const path of contested.keys()) owner.fields.delete(path);

  const given = mergeApplied(live ?? {}, config, schema) as JsonObject;
  const merged = dropForsaken(given, { previous, wanted, others, schema });
  const fields = new Set(wanted.keys());
  const isSame = hasFields(previous, fields) && jsonEqual(live, merged);
  const time = isSame ? (previous?.time ?? metaTime()) : metaTime();
  const own: Ownership = { manager, apiVersion: config.apiVersion, time, fields };
  return { object: merged, managedFields: writeOwnership([...others, own]) };
}

function hasFields(owner: Ownership | undefined, fields: ReadonlySet<FieldPath>): boolean {
  return owner?.fields.size === fields.size && [...fields].every((path) => owner.fields.has(path));
}

interface Forsaken {
  readonly previous: Ownership | undefined;
  readonly wanted: ReadonlyMap<FieldPath, unknown>;
  readonly others: readonly Ownership[];
  readonly schema: JsonObject;
}

/** Removes what this manager owned alone and no longer names. */
function dropForsaken(object: JsonObject, { previous, wanted, others, schema }: Forsaken): JsonObject {
  let result = object;
  for (const path of previous?.fields ?? []) {
    if (wanted.has(path) || others.some((owner) => owner.fields.has(path))) continue;
    result = removePath(result, pathElements(path), schema) as JsonObject;
  }
  return result;
}

function findConflicts(
  wanted: ReadonlyMap<FieldPath, unknown>,
  current: ReadonlyMap<FieldPath, unknown>,
  others: readonly Ownership[],
): Map<FieldPath, string> {
  const contested = new Map<FieldPath, string>();
  for (const [path, value] of wanted) {
    if (!current.has(path) || jsonEqual(current.get(path), value)) continue;
    const owner = others.find((candidate) => candidate.fields.has(path));
    if (owner !== undefined) contested.set(path, owner.manager.name);
  }
  return contested;
}

function conflictError(contested: ReadonlyMap<FieldPath, string>): ApiError {
  const causes = [...contested].map(([path, owner]) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${JSON.stringify(owner)}`,
    field: pathText(path),
  }));
  const list = causes.map((cause) => `${cause.message}: ${cause.field}`).join('\n');
  return new ApiError(
    409,
    'Conflict',
    `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${list}`,
    { details: { causes } },
  );
}

function mergeApplied(live: unknown, config: unknown, schema: JsonObject): unknown {
  if (isObject(config) && schema['x-kubernetes-map-type'] !== 'atomic') {
    const result: JsonObject = isObject(live) ? { ...live } : {};
    for (const [key, value] of Object.entries(config)) {
      result[key] = mergeApplied(result[key], value, childSchema(schema, key));
    }
    return result;
  }
  if (Array.isArray(config) && Array.isArray(live) && isMapList(schema))
    return mergeItems(live, config, schema);
  if (Array.isArray(config) && Array.isArray(live) && schema['x-kubernetes-list-type'] === 'set') {
    return [...new Set([...(live as unknown[]), ...(config as unknown[])])];
  }
  return config;
}

function mergeItems(live: readonly unknown[], config: readonly unknown[], schema: JsonObject): unknown[] {
  const items = new Map(live.map((item) => [itemElement(item, schema), item]));
  for (const item of config) {
    const element = itemElement(item, schema);
    items.set(element, mergeApplied(items.get(element), item, objectAt(schema, 'items')));
  }
  return [...items.values()];
}

function childSchema(schema: JsonObject, key: string): JsonObject {
  const properties = objectAt(schema, 'properties');
  return Object.hasOwn(properties, key)
    ? objectAt(properties, key)
    : objectAt(schema, 'additionalProperties');
}

/** Removes one owned path, and the object or list around it when that leaves it empty. */
function removePath(value: unknown, path: readonly string[], schema: JsonObject): unknown {
  const [element, ...rest] = path;
  if (element === undefined) return undefined;
  if (Array.isArray(value)) return removeFromList(value, element, rest, schema);
  if (!isObject(value) || !element.startsWith('f:')) return value;
  const key = element.slice(2);
  if (!Object.hasOwn(value, key)) return value;
  const child = removePath(value[key], rest, childSchema(schema, key));
  const { [key]: removed, ...remaining } = value;
  if (child !== undefined) return { ...remaining, [key]: child };
  return removed !== undefined && Object.keys(remaining).length === 0 ? undefined : remaining;
}

function removeFromList(
  list: readonly unknown[],
  element: string,
  rest: readonly string[],
  schema: JsonObject,
): unknown {
  const kept = list.flatMap((item) => {
    const isTarget = element === itemElement(item, schema) || element === `v:${JSON.stringify(item)}`;
    if (!isTarget) return [item];
    if (rest.length === 0 || rest[0] === '.') return [];
    const left = removePath(item, rest, objectAt(schema, 'items'));
    return left === undefined ? [] : [left];
  });
  return kept.length === 0 ? undefined : kept;
}
