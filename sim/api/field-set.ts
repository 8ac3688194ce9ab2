/**
 * Fields as server-side apply counts them: a path per leaf, list items of `map` lists by
 * their keys, everything else of a list as one leaf. Written to and read from FieldsV1.
 */
import type { JsonObject } from './json.ts';
import { arrayAt, isObject, objectAt } from './json.ts';

/** A path as text: its elements (`f:spec`, `k:{"type":"Ready"}`) joined by a character no field has. */
export type FieldPath = string;

const SEPARATOR = '\u0001';
const IDENTITY = new Set(['apiVersion', 'kind', 'metadata']);
/** Metadata that clients own; the rest of it belongs to the server. */
const OWNED_METADATA = new Set(['labels', 'annotations', 'finalizers', 'ownerReferences']);

/** Leaf paths and values of an object, without what the server itself sets. */
export function fieldsOf(object: JsonObject, schema: JsonObject): Map<FieldPath, unknown> {
  const fields = new Map<FieldPath, unknown>();
  const properties = objectAt(schema, 'properties');
  for (const [key, value] of Object.entries(object)) {
    if (!IDENTITY.has(key)) collect(value, objectAt(properties, key), [`f:${key}`], fields);
  }
  const metadata = objectAt(object, 'metadata');
  const metadataProperties = objectAt(objectAt(properties, 'metadata'), 'properties');
  for (const key of OWNED_METADATA) {
    if (metadata[key] !== undefined) {
      collect(metadata[key], objectAt(metadataProperties, key), ['f:metadata', `f:${key}`], fields);
    }
  }
  return fields;
}

function collect(
  value: unknown,
  schema: JsonObject,
  path: readonly string[],
  out: Map<FieldPath, unknown>,
): void {
  if (value === undefined) return;
  if (isObject(value) && schema['x-kubernetes-map-type'] !== 'atomic' && Object.keys(value).length > 0) {
    const properties = objectAt(schema, 'properties');
    const additional = objectAt(schema, 'additionalProperties');
    for (const [key, item] of Object.entries(value)) {
      const itemSchema = Object.hasOwn(properties, key) ? objectAt(properties, key) : additional;
      collect(item, itemSchema, [...path, `f:${key}`], out);
    }
    return;
  }
  if (Array.isArray(value) && isMapList(schema)) {
    for (const item of value) {
      const itemPath = [...path, itemElement(item, schema)];
      out.set([...itemPath, '.'].join(SEPARATOR), undefined);
      collect(item, objectAt(schema, 'items'), itemPath, out);
    }
    return;
  }
  if (Array.isArray(value) && schema['x-kubernetes-list-type'] === 'set') {
    for (const item of value) out.set([...path, `v:${JSON.stringify(item)}`].join(SEPARATOR), item);
    return;
  }
  out.set(path.join(SEPARATOR), value);
}

export function isMapList(schema: JsonObject): boolean {
  return schema['x-kubernetes-list-type'] === 'map';
}

/** `k:{"type":"Ready"}` of a list item. */
export function itemElement(item: unknown, schema: JsonObject): string {
  const keys = arrayAt(schema, 'x-kubernetes-list-map-keys').map(String).sort();
  const identity = Object.fromEntries(keys.map((key) => [key, isObject(item) ? item[key] : undefined]));
  return `k:${JSON.stringify(identity)}`;
}

export function pathElements(path: FieldPath): string[] {
  return path.split(SEPARATOR);
}

/** The path as kubectl shows it in a conflict: `.spec.limits.offset`. */
export function pathText(path: FieldPath): string {
  return pathElements(path)
    .filter((element) => element !== '.')
    .map((element) => (element.startsWith('f:') ? `.${element.slice(2)}` : `[${element.slice(2)}]`))
    .join('');
}

export function toFieldsV1(paths: Iterable<FieldPath>): JsonObject {
  const root: JsonObject = {};
  for (const path of paths) {
    let current = root;
    for (const element of pathElements(path)) {
      const next = current[element];
      current = isObject(next) ? next : (current[element] = {});
    }
  }
  return root;
}

export function fromFieldsV1(fields: JsonObject): Set<FieldPath> {
  const paths = new Set<FieldPath>();
  const walk = (node: JsonObject, prefix: readonly string[]): void => {
    const entries = Object.entries(node);
    if (entries.length === 0 && prefix.length > 0) paths.add(prefix.join(SEPARATOR));
    for (const [element, child] of entries) walk(isObject(child) ? child : {}, [...prefix, element]);
  };
  walk(fields, []);
  return paths;
}
