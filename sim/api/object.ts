import type { JsonObject } from './json.ts';
import { arrayAt, isObject, stringAt } from './json.ts';

export interface OwnerReference {
  readonly uid: string;
  readonly kind: string;
  readonly name: string;
}

export interface ObjectMeta extends JsonObject {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  managedFields?: ManagedFieldsEntry[];
}

/** One manager's entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry extends JsonObject {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: JsonObject;
  subresource?: string;
}

/** A stored object. Never changed in place: every write makes a new one. */
export interface KubeObject extends JsonObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isObject(value) &&
    typeof value['kind'] === 'string' &&
    typeof value['apiVersion'] === 'string' &&
    isObject(value['metadata'])
  );
}

/** Key of an object inside its resource: unique, and sorted as the API server lists. */
export function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

export function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace, object.metadata.name);
}

export function ownersOf(object: KubeObject): OwnerReference[] {
  return arrayAt(object.metadata, 'ownerReferences').flatMap((reference) => {
    const uid = stringAt(reference, 'uid');
    if (uid === undefined) return [];
    return [{ uid, kind: stringAt(reference, 'kind') ?? '', name: stringAt(reference, 'name') ?? '' }];
  });
}

export function finalizersOf(object: KubeObject): readonly string[] {
  return arrayAt(object.metadata, 'finalizers').filter((item) => typeof item === 'string');
}

/** Time stamps of object metadata have whole seconds. */
export function metaTime(date: Date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
