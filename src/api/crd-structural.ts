import { z } from 'zod';

/**
 * Turns a zod schema into a Kubernetes structural schema. Kubernetes forbids what JSON Schema
 * allows: unions, `additionalProperties` beside `properties`, references, untyped values.
 * What cannot be expressed is refused here, at build time, and not by the API server.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export interface StructuralSchema {
  type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  description?: string;
  format?: string;
  enum?: string[];
  default?: unknown;
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  items?: StructuralSchema;
  properties?: Record<string, StructuralSchema>;
  required?: string[];
  'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-validations'?: CelRule[];
}

/** A rule in CEL that the API server enforces at each write. */
export interface CelRule {
  rule: string;
  message: string;
}

/** Keys a structural schema may have here. Anything else zod emits is an error. */
const ALLOWED_KEYS = new Set([
  'type',
  'description',
  'format',
  'enum',
  'default',
  'pattern',
  'maxLength',
  'minimum',
  'maximum',
  'maxItems',
  'items',
  'properties',
  'required',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
]);
const ALLOWED_TYPES = new Set(['object', 'array', 'string', 'integer', 'boolean']);

/** @throws Error naming the field whose schema Kubernetes would refuse. */
export function toStructural(schema: z.ZodType, path: string): StructuralSchema {
  const emitted = z.toJSONSchema(schema, { io: 'input', target: 'openapi-3.0' }) as Record<string, unknown>;
  delete emitted['$schema'];
  return convert(emitted, path);
}

function convert(node: Record<string, unknown>, path: string): StructuralSchema {
  for (const key of Object.keys(node)) {
    if (!ALLOWED_KEYS.has(key)) throw new Error(`${path}: "${key}" has no place in a structural schema`);
  }
  if (typeof node['type'] !== 'string' || !ALLOWED_TYPES.has(node['type'])) {
    throw new Error(`${path}: type ${JSON.stringify(node['type'])} is not allowed`);
  }
  const result = { ...node } as unknown as StructuralSchema;
  if (node['items'] !== undefined)
    result.items = convert(node['items'] as Record<string, unknown>, `${path}[]`);
  if (node['properties'] !== undefined) {
    const properties = Object.entries(node['properties'] as Record<string, Record<string, unknown>>);
    result.properties = Object.fromEntries(
      properties.map(([name, value]) => [name, convert(value, `${path}.${name}`)]),
    );
    if (result.default !== undefined)
      result.default = { ...defaultsOf(result.properties), ...result.default };
  }
  return result;
}

/** Spelled out, because the API server checks a default against CEL rules before it fills in nested defaults. */
function defaultsOf(properties: Readonly<Record<string, StructuralSchema>>): Record<string, unknown> {
  const withDefault = Object.entries(properties).filter(([, schema]) => schema.default !== undefined);
  return Object.fromEntries(withDefault.map(([name, schema]) => [name, schema.default]));
}
