/** Checks and changes of an incoming object before it is stored. */
import { randomBytes, randomUUID } from 'node:crypto';
import { badRequest, invalid } from './api-error.ts';
import type { JsonObject } from './json.ts';
import { isObject, jsonEqual, omit, valueAtPath } from './json.ts';
import type { KubeObject, ObjectMeta } from './object.ts';
import { isKubeObject, metaTime } from './object.ts';
import type { ResourceType } from './resource-type.ts';
import { groupVersion } from './resource-type.ts';
import { applyDefaults, pruneObject, validate } from './schema.ts';

const NAME = /^[a-z0-9]([-a-z0-9.:]*[a-z0-9])?$/;
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;
/** Go's MicroTime is parsed with exactly six fraction digits; anything else is a decoding error. */
const MICRO_TIME_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Lease: ['spec.acquireTime', 'spec.renewTime'],
  Event: ['eventTime', 'series.lastObservedTime'],
};

/** The body as an object of this resource, in this namespace. @throws ApiError 400 */
export function asObject(body: unknown, type: ResourceType, namespace: string | undefined): KubeObject {
  if (!isObject(body)) throw badRequest('the body of the request is not an object');
  const identity = { apiVersion: body['apiVersion'] ?? groupVersion(type), kind: body['kind'] ?? type.kind };
  const object: JsonObject = {
    ...body,
    ...identity,
    metadata: isObject(body['metadata']) ? body['metadata'] : {},
  };
  if (!isKubeObject(object)) throw badRequest('apiVersion and kind must be strings');
  checkKind(object, type);
  checkMicroTimes(object, type);
  const given = object.metadata.namespace;
  if (type.namespaced && given !== undefined && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const metadata = omit(object.metadata, 'namespace') as ObjectMeta;
  return {
    ...object,
    metadata: type.namespaced ? { ...metadata, namespace: namespace ?? 'default' } : metadata,
  };
}

function checkKind(object: KubeObject, type: ResourceType): void {
  if (object.kind === type.kind && object.apiVersion === groupVersion(type)) return;
  throw badRequest(
    `${object.kind} in version "${object.apiVersion}" cannot be handled as a ${type.kind} (${groupVersion(type)})`,
  );
}

function checkMicroTimes(object: KubeObject, type: ResourceType): void {
  for (const path of MICRO_TIME_FIELDS[type.kind] ?? []) {
    const value = valueAtPath(object, path);
    if (typeof value !== 'string' || MICRO_TIME.test(value)) continue;
    throw badRequest(
      `${type.kind} in version "${object.apiVersion}" cannot be handled: parsing time ${JSON.stringify(value)}: six fraction digits expected`,
    );
  }
}

/** Prunes, fills in defaults and validates. @throws ApiError 422 */
export function admit(object: KubeObject, type: ResourceType): KubeObject {
  const pruned = type.prune ? pruneObject(object, type.schema) : object;
  const { status: givenStatus, ...withoutStatus } = pruned;
  const filled = applyDefaults(givenStatus === undefined ? withoutStatus : pruned, type.schema) as KubeObject;
  const causes = validate(filled, type.schema);
  if (causes.length > 0)
    throw invalid(`${type.kind}${type.group === '' ? '' : `.${type.group}`}`, object.metadata.name, causes);
  return filled;
}

/** Metadata of a new object. @throws ApiError 422 for a name that is missing or malformed */
export function newMetadata(object: KubeObject, type: ResourceType): ObjectMeta {
  const { generateName } = object.metadata;
  const given = object.metadata.name as string | undefined;
  const name =
    given ??
    (typeof generateName === 'string' ? generateName + randomBytes(3).toString('hex').slice(0, 5) : '');
  if (!NAME.test(name) || name.length > 253) {
    throw invalid(type.kind, name, [`metadata.name: Invalid value: ${JSON.stringify(name)}`]);
  }
  const kept = omit(object.metadata, 'resourceVersion', 'deletionTimestamp');
  return {
    ...kept,
    name,
    uid: randomUUID(),
    creationTimestamp: metaTime(),
    ...(hasGeneration(type) ? { generation: 1 } : {}),
  };
}

/** Metadata after an update: what the server owns is kept, `generation` counts changes of the desired state. */
export function updatedMetadata(before: KubeObject, after: KubeObject, type: ResourceType): ObjectMeta {
  const { uid, creationTimestamp, deletionTimestamp, generation, resourceVersion } = before.metadata;
  const next = hasGeneration(type) && !jsonEqual(desired(before, type), desired(after, type)) ? 1 : 0;
  return {
    ...after.metadata,
    uid,
    creationTimestamp,
    resourceVersion,
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(generation === undefined ? {} : { generation: generation + next }),
  };
}

function hasGeneration(type: ResourceType): boolean {
  return type.prune || type.hasStatus;
}

function desired(object: KubeObject, type: ResourceType): JsonObject {
  return type.hasStatus ? omit(object, 'metadata', 'status') : omit(object, 'metadata');
}
