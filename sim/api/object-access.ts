import { pathNotFound } from './api-error.ts';
import type { JsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import type { ResourceRegistry } from './registry.ts';
import type { ResourceType } from './resource-type.ts';
import { groupVersion } from './resource-type.ts';
import type { ObjectStore } from './store.ts';
import type { ResourceWriter, WriteTarget } from './writer.ts';

/** An object as written down in a test or a file: metadata may be incomplete. */
export interface ObjectInput extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & JsonObject;
}

interface Parts {
  readonly store: ObjectStore;
  readonly registry: ResourceRegistry;
  readonly writer: ResourceWriter;
}

const MANAGER = 'simulation';

/** The stored objects without HTTP, with the same rules as over HTTP. */
export class ObjectAccess {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Creates an object, its status included. @throws ApiError */
  create(input: ObjectInput): KubeObject {
    const target = this.#target(input);
    const { object } = this.#parts.writer.create(target, input);
    const needsStatus = target.type.hasStatus && target.type.prune && input['status'] !== undefined;
    return needsStatus ? this.setStatus(input, input['status'] as JsonObject) : object;
  }

  /** Creates the object or brings an existing one to this state. */
  apply(input: ObjectInput): KubeObject {
    const { status, ...rest } = input;
    const written = this.#parts.writer.apply(this.#target(input), rest, true).object;
    return status === undefined ? written : this.setStatus(input, status as JsonObject);
  }

  /** Merge patch through the main endpoint. */
  patch(reference: ObjectInput, patch: JsonObject): KubeObject {
    return this.#parts.writer.patch(this.#target(reference), 'merge', patch).object;
  }

  /** Merge patch of `status`. */
  setStatus(reference: ObjectInput, status: JsonObject): KubeObject {
    const target = { ...this.#target(reference), subresource: 'status' };
    return this.#parts.writer.patch(target, 'merge', { status }).object;
  }

  delete(reference: ObjectInput): void {
    this.#parts.writer.delete(this.#target(reference), {});
  }

  get(apiVersion: string, kind: string, name: string, namespace?: string): KubeObject | undefined {
    const type = this.#type(apiVersion, kind);
    return type === undefined ? undefined : this.#parts.store.get(type.storage, namespace, name);
  }

  list(apiVersion: string, kind: string, namespace?: string): KubeObject[] {
    const type = this.#type(apiVersion, kind);
    return type === undefined ? [] : this.#parts.store.list(type.storage, namespace);
  }

  #target(input: ObjectInput): WriteTarget {
    const type = this.#type(input.apiVersion, input.kind);
    if (type === undefined) throw pathNotFound();
    const namespace = type.namespaced ? (input.metadata.namespace ?? 'default') : undefined;
    return {
      type,
      namespace,
      name: input.metadata.name,
      subresource: undefined,
      manager: MANAGER,
      dryRun: false,
    };
  }

  #type(apiVersion: string, kind: string): ResourceType | undefined {
    return this.#parts.registry.all().find((type) => groupVersion(type) === apiVersion && type.kind === kind);
  }
}
