/**
 * Structural schemas of CRDs: pruning, defaults and validation, as far as the schemas
 * of this project use them. CEL rules are left to the real API server's tests.
 */
import type { JsonObject } from './json.ts';
import { arrayAt, isObject, objectAt, stringAt } from './json.ts';

/** Removes fields the schema does not name. Metadata is never pruned at the root. */
export function pruneObject(value: JsonObject, schema: JsonObject): JsonObject {
  const { apiVersion, kind, metadata, ...rest } = value;
  const pruned = prune(rest, schema);
  return { apiVersion, kind, metadata, ...(isObject(pruned) ? pruned : {}) };
}

function prune(value: unknown, schema: JsonObject): unknown {
  if (Array.isArray(value)) {
    const items = objectAt(schema, 'items');
    return value.map((item) => prune(item, items));
  }
  if (!isObject(value)) return value;
  const properties = objectAt(schema, 'properties');
  const additional = schema['additionalProperties'];
  const keepUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true || additional === true;
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (Object.hasOwn(properties, key)) result[key] = prune(item, objectAt(properties, key));
    else if (isObject(additional)) result[key] = prune(item, additional);
    else if (keepUnknown) result[key] = item;
  }
  return result;
}

/** Path of the first field that the schema does not declare: server-side apply refuses it instead of dropping it. */
export function undeclaredField(value: unknown, schema: JsonObject, path = ''): string | undefined {
  if (Array.isArray(value)) {
    const items = objectAt(schema, 'items');
    return firstOf(value, (item, index) => undeclaredField(item, items, `${path}[${index}]`));
  }
  if (!isObject(value)) return undefined;
  const properties = objectAt(schema, 'properties');
  const additional = schema['additionalProperties'];
  const keepUnknown = schema['x-kubernetes-preserve-unknown-fields'] === true || additional === true;
  return firstOf(Object.entries(value), ([key, item]) => {
    const fieldPath = `${path}.${key}`;
    if (Object.hasOwn(properties, key)) return undeclaredField(item, objectAt(properties, key), fieldPath);
    if (isObject(additional)) return undeclaredField(item, additional, fieldPath);
    return keepUnknown ? undefined : fieldPath;
  });
}

function firstOf<T>(
  items: readonly T[],
  look: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Fills in `default` where a field is absent. */
export function applyDefaults(value: unknown, schema: JsonObject): unknown {
  if (Array.isArray(value)) {
    const items = objectAt(schema, 'items');
    return value.map((item) => applyDefaults(item, items));
  }
  if (!isObject(value)) return value;
  const result: JsonObject = { ...value };
  for (const [key, property] of Object.entries(objectAt(schema, 'properties'))) {
    if (!isObject(property)) continue;
    if (result[key] === undefined && property['default'] !== undefined)
      result[key] = structuredClone(property['default']);
    if (result[key] !== undefined) result[key] = applyDefaults(result[key], property);
  }
  return result;
}

/** What is wrong with a value, one sentence each; empty when it is valid. */
export function validate(value: unknown, schema: JsonObject, path = ''): string[] {
  if (value === null && schema['nullable'] === true) return [];
  if (schema['x-kubernetes-int-or-string'] === true) return [];
  const type = stringAt(schema, 'type');
  if (type !== undefined && !hasType(value, type)) {
    return [`${path || '<root>'}: Invalid value: must be of type ${type}`];
  }
  const errors = enumErrors(value, schema, path);
  if (typeof value === 'string') errors.push(...stringErrors(value, schema, path));
  if (typeof value === 'number') errors.push(...numberErrors(value, schema, path));
  if (Array.isArray(value)) errors.push(...arrayErrors(value, schema, path));
  if (isObject(value)) errors.push(...objectErrors(value, schema, path));
  return errors;
}

const TYPE_CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
};

function hasType(value: unknown, type: string): boolean {
  return TYPE_CHECKS[type]?.(value) ?? true;
}

function enumErrors(value: unknown, schema: JsonObject, path: string): string[] {
  const allowed = schema['enum'];
  if (!Array.isArray(allowed) || allowed.includes(value)) return [];
  const names = allowed.map((item) => JSON.stringify(item)).join(', ');
  return [`${path}: Unsupported value: ${JSON.stringify(value)}: supported values: ${names}`];
}

function stringErrors(value: string, schema: JsonObject, path: string): string[] {
  const errors: string[] = [];
  const { maxLength, minLength, pattern, format } = schema;
  if (typeof maxLength === 'number' && value.length > maxLength) {
    errors.push(`${path}: Too long: may not be more than ${maxLength} bytes`);
  }
  if (typeof minLength === 'number' && value.length < minLength) {
    errors.push(`${path}: Invalid value: should be at least ${minLength} chars long`);
  }
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value)) {
    errors.push(`${path}: Invalid value: ${JSON.stringify(value)}: should match '${pattern}'`);
  }
  if (format === 'date-time' && !RFC3339.test(value)) {
    errors.push(`${path}: Invalid value: ${JSON.stringify(value)}: must be of type date-time`);
  }
  return errors;
}

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function numberErrors(value: number, schema: JsonObject, path: string): string[] {
  const errors: string[] = [];
  const { minimum, maximum } = schema;
  if (typeof minimum === 'number' && value < minimum) {
    errors.push(`${path}: Invalid value: ${value}: should be greater than or equal to ${minimum}`);
  }
  if (typeof maximum === 'number' && value > maximum) {
    errors.push(`${path}: Invalid value: ${value}: should be less than or equal to ${maximum}`);
  }
  return errors;
}

function arrayErrors(value: readonly unknown[], schema: JsonObject, path: string): string[] {
  const { maxItems, minItems } = schema;
  const items = objectAt(schema, 'items');
  const errors = value.flatMap((item, index) => validate(item, items, `${path}[${index}]`));
  if (typeof maxItems === 'number' && value.length > maxItems) {
    errors.push(`${path}: Too many: ${value.length}: must have at most ${maxItems} items`);
  }
  if (typeof minItems === 'number' && value.length < minItems) {
    errors.push(`${path}: Invalid value: should have at least ${minItems} items`);
  }
  return [...errors, ...duplicateErrors(value, schema, path)];
}

function duplicateErrors(value: readonly unknown[], schema: JsonObject, path: string): string[] {
  if (schema['x-kubernetes-list-type'] !== 'map') return [];
  const keys = arrayAt(schema, 'x-kubernetes-list-map-keys').map(String);
  const seen = new Set<string>();
  return value.flatMap((item, index) => {
    const identity = JSON.stringify(keys.map((key) => (isObject(item) ? item[key] : undefined)));
    if (seen.has(identity)) return [`${path}[${index}]: Duplicate value: ${identity}`];
    seen.add(identity);
    return [];
  });
}

function objectErrors(value: JsonObject, schema: JsonObject, path: string): string[] {
  const errors = arrayAt(schema, 'required')
    .map(String)
    .filter((key) => value[key] === undefined)
    .map((key) => `${join(path, key)}: Required value`);
  const properties = objectAt(schema, 'properties');
  const additional = schema['additionalProperties'];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const known = properties[key];
    const itemSchema = isObject(known) ? known : isObject(additional) ? additional : undefined;
    if (itemSchema !== undefined) errors.push(...validate(item, itemSchema, join(path, key)));
  }
  return errors;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
