/** The shapes one object or list can be answered in: whole, as table rows, metadata only. */
import type { JsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import type { PrinterColumn, ResourceType } from './resource-type.ts';
import { groupVersion } from './resource-type.ts';

export type Shape = 'Object' | 'Table' | 'PartialObjectMetadata';

/** The first shape the client accepts. Lists are asked for as `PartialObjectMetadataList`. */
export function shapeFor(accept: string | undefined): Shape {
  const first = (accept ?? '').split(',')[0] ?? '';
  if (first.includes('as=Table')) return 'Table';
  return first.includes('as=PartialObjectMetadata') ? 'PartialObjectMetadata' : 'Object';
}

export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface Representation {
  readonly shape: Shape;
  readonly type: ResourceType;
  /** How much of the object a table row carries: `None`, `Metadata` (the default) or `Object`. */
  readonly includeObject: string;
}

export function representObject(
  object: KubeObject,
  { shape, type, includeObject }: Representation,
): JsonObject {
  if (shape === 'Table') {
    const meta = { resourceVersion: object.metadata.resourceVersion ?? '' };
    return table(type, meta, [object], includeObject);
  }
  return shape === 'PartialObjectMetadata' ? metadataOnly(object) : object;
}

export function representList(
  objects: readonly KubeObject[],
  metadata: ListMeta,
  { shape, type, includeObject }: Representation,
): JsonObject {
  if (shape === 'Table') return table(type, metadata, objects, includeObject);
  if (shape === 'PartialObjectMetadata') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: objects.map(metadataOnly),
    };
  }
  return { kind: `${type.kind}List`, apiVersion: groupVersion(type), metadata, items: objects };
}

function metadataOnly(object: KubeObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function table(
  type: ResourceType,
  metadata: ListMeta,
  objects: readonly KubeObject[],
  includeObject: string,
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', description: 'Name of the object', priority: 0 },
      ...type.columns.map(({ name, type: valueType, format, description, priority }) => ({
        name,
        type: valueType === 'date' ? 'string' : valueType,
        format: format ?? '',
        description: description ?? '',
        priority,
      })),
    ],
    rows: objects.map((object) => ({
      cells: [object.metadata.name, ...type.columns.map((column) => cell(column, object))],
      ...rowObject(object, includeObject),
    })),
  };
}

function cell(column: PrinterColumn, object: KubeObject): unknown {
  const value = column.value(object);
  if (value === undefined || value === null) return column.type === 'string' ? '' : null;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function rowObject(object: KubeObject, includeObject: string): JsonObject {
  if (includeObject === 'None') return {};
  return { object: includeObject === 'Object' ? object : metadataOnly(object) };
}
