import { badRequest, expired, tooLargeRevision } from './api-error.ts';
import { inServedVersion } from './event-versions.ts';
import type { KubeObject } from './object.ts';
import type { ListMeta } from './representation.ts';
import type { ResourceType } from './resource-type.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import type { ObjectStore } from './store.ts';

export interface ListResult {
  readonly objects: readonly KubeObject[];
  readonly metadata: ListMeta;
}

interface Snapshot {
  readonly revision: number;
  readonly objects: readonly KubeObject[];
}

const SNAPSHOT_LIMIT = 32;

/** Lists with selectors, and pages that all show the same revision. */
export class Lister {
  readonly #store: ObjectStore;
  /** What is left of paged lists, oldest first; beyond the limit a continue token expires. */
  readonly #snapshots = new Map<string, Snapshot>();
  #nextSnapshot = 1;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** @throws ApiError 400 (selector), 410 (continue token too old), 504 (revision from the future) */
  list(type: ResourceType, namespace: string | undefined, query: URLSearchParams): ListResult {
    const limit = Number(query.get('limit') ?? '0');
    const token = query.get('continue');
    if (token !== null && token !== '') return this.#nextPage(token, limit);
    this.#checkRevision(query);
    const snapshot: Snapshot = {
      revision: this.#store.revision,
      objects: this.select(type, namespace, query),
    };
    return this.#page(snapshot, 0, limit);
  }

  /** Every object the selectors choose, in the served version. */
  select(type: ResourceType, namespace: string | undefined, query: URLSearchParams): KubeObject[] {
    const hasLabels = parseLabelSelector(query.get('labelSelector'));
    const hasFields = parseFieldSelector(query.get('fieldSelector'));
    return this.#store
      .list(type.storage, namespace)
      .map((object) => inServedVersion(object, type))
      .filter((object) => hasLabels(object) && hasFields(object));
  }

  /** Makes every open continue token answer 410. */
  expireTokens(): void {
    this.#snapshots.clear();
  }

  #checkRevision(query: URLSearchParams): void {
    const text = query.get('resourceVersion') ?? '';
    if (text === '' || text === '0') return;
    const asked = Number(text);
    if (!Number.isInteger(asked))
      throw badRequest(`Invalid value: "${text}": strconv.ParseUint: invalid syntax`);
    if (asked > this.#store.revision) throw tooLargeRevision(asked, this.#store.revision);
  }

  #nextPage(token: string, limit: number): ListResult {
    const [id = '', start = '0'] = Buffer.from(token, 'base64url').toString().split('@');
    const snapshot = this.#snapshots.get(id);
    if (snapshot === undefined) {
      throw expired('The provided continue parameter is too old to display a consistent list result.');
    }
    return this.#page(snapshot, Number(start), limit, id);
  }

  #page(snapshot: Snapshot, start: number, limit: number, id?: string): ListResult {
    const resourceVersion = String(snapshot.revision);
    const end = limit > 0 ? start + limit : snapshot.objects.length;
    const objects = snapshot.objects.slice(start, end);
    if (end >= snapshot.objects.length) return { objects, metadata: { resourceVersion } };
    const token = Buffer.from(`${id ?? this.#keep(snapshot)}@${end}`).toString('base64url');
    return {
      objects,
      metadata: { resourceVersion, continue: token, remainingItemCount: snapshot.objects.length - end },
    };
  }

  #keep(snapshot: Snapshot): string {
    const id = String(this.#nextSnapshot++);
    this.#snapshots.set(id, snapshot);
    for (const oldest of this.#snapshots.keys()) {
      if (this.#snapshots.size <= SNAPSHOT_LIMIT) break;
      this.#snapshots.delete(oldest);
    }
    return id;
  }
}
