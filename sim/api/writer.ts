import { admit, asObject, newMetadata, updatedMetadata } from './admission.ts';
import { ApiError, alreadyExists, badRequest, conflict, invalid, notFound } from './api-error.ts';
import { serverSideApply } from './apply.ts';
import { CRD_STORAGE, establishedStatus, typesOfCrd } from './crd.ts';
import { inServedVersion } from './event-versions.ts';
import type { JsonObject } from './json.ts';
import { isObject, jsonEqual, objectAt, omit } from './json.ts';
import type { Manager } from './managed-fields.ts';
import { trackUpdate } from './managed-fields.ts';
import type { KubeObject, ObjectMeta } from './object.ts';
import { finalizersOf, metaTime } from './object.ts';
import { jsonPatch, mergePatch } from './patch.ts';
import type { ResourceType } from './resource-type.ts';
import { undeclaredField } from './schema.ts';
import type { ObjectStore } from './store.ts';

/** One write: where to and in whose name. */
export interface WriteTarget {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
  /** `status` writes only the status; without it everything but the status. */
  readonly subresource: string | undefined;
  readonly manager: string;
  readonly dryRun: boolean;
}

export interface Written {
  readonly object: KubeObject;
  readonly created: boolean;
}

export type PatchKind = 'merge' | 'json';

/** Create, update, patch, apply and delete with the API server's rules. */
export class ResourceWriter {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  create(target: WriteTarget, body: unknown): Written {
    const { type } = target;
    const given = asObject(body, type, target.namespace);
    this.#requireNamespace(type, target.namespace);
    const metadata = newMetadata(given, type);
    if (this.#store.get(type.storage, target.namespace, metadata.name) !== undefined) {
      throw alreadyExists(type.group, type.plural, metadata.name);
    }
    const { status, ...withoutStatus } = given;
    const content =
      type.hasStatus && type.prune
        ? withoutStatus
        : { ...withoutStatus, ...(status === undefined ? {} : { status }) };
    return {
      object: this.#store_(target, undefined, { ...content, metadata }),
      created: true,
    };
  }

  /** @throws ApiError 404, or 409 when the given resourceVersion or uid is not the stored one */
  update(target: WriteTarget, body: unknown): Written {
    const live = this.#require(target);
    const given = asObject(body, target.type, target.namespace);
    this.#checkPreconditions(target, live, given.metadata.resourceVersion, given.metadata.uid);
    if (given.metadata.name !== target.name)
      throw badRequest('the name of the object does not match the name on the URL');
    return { object: this.#store_(target, live, this.#combine(target, live, given)), created: false };
  }

  patch(target: WriteTarget, kind: PatchKind, patch: unknown): Written {
    const live = this.#require(target);
    const patched = kind === 'json' ? jsonPatch(live, patch) : mergePatch(live, patch);
    const given = asObject(patched, target.type, target.namespace);
    this.#checkPreconditions(target, live, given.metadata.resourceVersion, given.metadata.uid);
    return { object: this.#store_(target, live, this.#combine(target, live, given)), created: false };
  }

  /** Server-side apply; creates the object when it is absent (not through a subresource). */
  apply(target: WriteTarget, body: unknown, force: boolean): Written {
    const { type } = target;
    const named = isObject(body)
      ? { ...body, metadata: { name: target.name, ...(isObject(body['metadata']) ? body['metadata'] : {}) } }
      : body;
    const config = withoutForeignPart(asObject(named, type, target.namespace), target);
    const live = this.#store.get(type.storage, target.namespace, target.name);
    if (live === undefined && target.subresource !== undefined)
      throw notFound(type.group, type.plural, target.name);
    if (live === undefined) this.#requireNamespace(type, target.namespace);
    else this.#checkPreconditions(target, live, config.metadata.resourceVersion, config.metadata.uid);
    if (config.metadata.managedFields !== undefined && config.metadata.managedFields.length > 0) {
      throw badRequest('metadata.managedFields must be nil');
    }
    const manager: Manager = { name: target.manager, operation: 'Apply', subresource: target.subresource };
    if (type.prune) requireDeclared(config, type);
    const pruned = admit(config, { ...type, schema: withoutRequired(type.schema) });
    const applied = serverSideApply({
      live,
      config: onlyGiven(pruned, config),
      schema: type.schema,
      manager,
      force,
    });
    const object = applied.object as KubeObject;
    if (live === undefined) {
      const metadata = { ...newMetadata(object, type), managedFields: applied.managedFields };
      return { object: this.#commit(target, undefined, admit({ ...object, metadata }, type)), created: true };
    }
    const metadata = { ...updatedMetadata(live, object, type), managedFields: applied.managedFields };
    return { object: this.#commit(target, live, admit({ ...object, metadata }, type)), created: false };
  }

  /** Deletes, or marks for deletion while finalizers remain. */
  delete(target: WriteTarget, options: JsonObject): { object: KubeObject; gone: boolean } {
    const live = this.#require(target);
    const preconditions = isObject(options['preconditions']) ? options['preconditions'] : {};
    this.#checkPreconditions(
      target,
      live,
      asText(preconditions['resourceVersion']),
      asText(preconditions['uid']),
    );
    if (target.dryRun) return { object: live, gone: true };
    if (finalizersOf(live).length === 0) {
      return { object: this.#store.remove(target.type.storage, live) ?? live, gone: true };
    }
    if (live.metadata.deletionTimestamp !== undefined) return { object: live, gone: false };
    const marked = { ...live, metadata: { ...live.metadata, deletionTimestamp: metaTime() } };
    return { object: this.#store.put(target.type.storage, marked), gone: false };
  }

  /** The new object: the part this endpoint may write from `given`, the rest from `live`. */
  #combine(target: WriteTarget, live: KubeObject, given: KubeObject): KubeObject {
    if (!target.type.hasStatus) return given;
    if (target.subresource === 'status') return withStatus({ ...live }, given['status']);
    return withStatus({ ...given }, live['status']);
  }

  /** The common end of plain writes: metadata, admission, ownership, no-op detection. */
  #store_(target: WriteTarget, live: KubeObject | undefined, object: KubeObject): KubeObject {
    const { type, manager, subresource } = target;
    const admitted = admit(object, type);
    const metadata = live === undefined ? admitted.metadata : updatedMetadata(live, admitted, type);
    const owner: Manager = { name: manager, operation: 'Update', subresource };
    const managedFields = trackUpdate(live, { ...admitted, metadata }, type.schema, owner);
    return this.#commit(target, live, { ...admitted, metadata: { ...metadata, managedFields } });
  }

  #commit(target: WriteTarget, live: KubeObject | undefined, object: KubeObject): KubeObject {
    const { storage } = target.type;
    const complete = storage === CRD_STORAGE ? established(object) : object;
    // A write that changes nothing makes no revision, as in etcd.
    if (live !== undefined && jsonEqual(live, complete)) return live;
    if (target.dryRun) return complete;
    const stored = this.#store.put(storage, complete);
    if (stored.metadata.deletionTimestamp === undefined || finalizersOf(stored).length > 0) return stored;
    return this.#store.remove(storage, stored) ?? stored;
  }

  #require(target: WriteTarget): KubeObject {
    const { type, namespace, name } = target;
    const live = this.#store.get(type.storage, namespace, name);
    if (live === undefined) throw notFound(type.group, type.plural, name);
    return inServedVersion(live, type);
  }

  #requireNamespace(type: ResourceType, namespace: string | undefined): void {
    if (!type.namespaced || namespace === undefined) return;
    if (this.#store.get('/namespaces', undefined, namespace) === undefined)
      throw notFound('', 'namespaces', namespace);
  }

  #checkPreconditions(
    target: WriteTarget,
    live: KubeObject,
    revision: string | undefined,
    uid: string | undefined,
  ): void {
    const { type, name } = target;
    if (uid !== undefined && uid !== '' && uid !== live.metadata.uid) {
      throw conflict(
        type.group,
        type.plural,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid ?? ''}`,
      );
    }
    if (revision !== undefined && revision !== '' && revision !== live.metadata.resourceVersion) {
      throw conflict(
        type.group,
        type.plural,
        name,
        'the object has been modified; please apply your changes to the latest version and try again',
      );
    }
    if (type.kind === 'Lease' && revision === '') {
      throw invalid(type.kind, name, [
        'metadata.resourceVersion: Invalid value: "": must be specified for an update',
      ]);
    }
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function withStatus(object: KubeObject, status: unknown): KubeObject {
  const rest = omit(object, 'status') as KubeObject;
  return status === undefined ? rest : { ...rest, status };
}

/** An apply through `/status` may speak of the status only, and the main endpoint of all else. */
function withoutForeignPart(config: KubeObject, target: WriteTarget): KubeObject {
  if (!target.type.hasStatus) return config;
  if (target.subresource !== 'status') return omit(config, 'status') as KubeObject;
  const { apiVersion, kind, status } = config;
  const metadata = omit(
    config.metadata,
    'labels',
    'annotations',
    'ownerReferences',
    'finalizers',
  ) as ObjectMeta;
  return { apiVersion, kind, metadata, ...(status === undefined ? {} : { status }) };
}

/** @throws ApiError 500, as the real server does it, whatever `fieldValidation` says */
function requireDeclared(config: KubeObject, type: ResourceType): void {
  const path = undeclaredField(omit(config, 'apiVersion', 'kind', 'metadata'), type.schema);
  if (path === undefined) return;
  const what = `/${config.metadata.name}; ${config.apiVersion}, Kind=${type.kind}`;
  throw new ApiError(
    500,
    '',
    `failed to create typed patch object (${what}): ${path}: field not declared in schema`,
  );
}

/** A partial object (an apply configuration) must be valid in what it says, not complete. */
function withoutRequired(schema: JsonObject): JsonObject {
  const properties = Object.entries(objectAt(schema, 'properties')).map(
    ([name, child]) => [name, isObject(child) ? withoutRequired(child) : child] as const,
  );
  const rest = omit(schema, 'required', 'default');
  return properties.length === 0 ? rest : { ...rest, properties: Object.fromEntries(properties) };
}

/** Defaults are not owned by the applier: only what it wrote itself counts as its fields. */
function onlyGiven(admitted: KubeObject, config: KubeObject): KubeObject {
  return { ...admitted, metadata: config.metadata };
}

function established(crd: KubeObject): KubeObject {
  typesOfCrd(crd);
  const { status } = crd;
  if (isObject(status) && Array.isArray(status['conditions'])) return crd;
  return { ...crd, status: establishedStatus(crd) };
}
