import { type Clock, systemClock } from '../lib/clock.ts';
import { KubeError, statusError } from './errors.ts';
import {
  apiVersionOf,
  isKubeObject,
  type KubeObject,
  type ObjectReference,
  type ResourceDefinition,
  resourcePath,
} from './objects.ts';
import { RetryBudget, withRetry } from './retry.ts';
import type { HttpMethod, KubeTransport, QueryParameters } from './transport.ts';

export interface KubeClientOptions {
  transport: KubeTransport;
  /** Name under which server-side apply owns fields. */
  fieldManager: string;
  clock?: Clock;
  random?: () => number;
  /** Of each attempt; default 30 s. */
  deadlineMillis?: number;
  retryBudget?: RetryBudget;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  deadlineMillis?: number | undefined;
  /** 1 = no retry. */
  maxAttempts?: number | undefined;
}

export interface ListOptions extends CallOptions {
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Items per page; default 250. */
  limit?: number | undefined;
  /** `0` = any state the server has at hand; undefined = the newest. */
  resourceVersion?: string | undefined;
}

export interface ListPage {
  items: KubeObject[];
  resourceVersion: string;
}

export interface RawRequest extends CallOptions {
  method: HttpMethod;
  path: string;
  query?: QueryParameters;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is a string. */
  body?: unknown;
}

export type PatchType = 'Apply' | 'Merge' | 'Json';

const PATCH_CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  // JSON is YAML, so apply bodies are sent as JSON under this name, which old servers know too.
  Apply: 'application/apply-patch+yaml',
  Merge: 'application/merge-patch+json',
  Json: 'application/json-patch+json',
};

const DEFAULT_DEADLINE_MILLIS = 30_000;
/** Pages of this size keep one JSON.parse below about 100 ms even for pods. */
export const DEFAULT_PAGE_SIZE = 250;

/**
 * Calls to the API server by kind and name, with deadline and retry. What comes back is `KubeObject`:
 * the caller's schema says what is in it. Errors: KubeError; see `errors.ts`.
 */
export class KubeClient {
  readonly transport: KubeTransport;
  readonly fieldManager: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** Does the server stream lists (WatchList)? Assumed until it refuses once; remembered for the process's life. */
  readonly watchList = { supported: true };
  readonly #deadlineMillis: number;
  readonly #retryBudget: RetryBudget;

  constructor(options: KubeClientOptions) {
    this.transport = options.transport;
    this.fieldManager = options.fieldManager;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.#deadlineMillis = options.deadlineMillis ?? DEFAULT_DEADLINE_MILLIS;
    this.#retryBudget = options.retryBudget ?? new RetryBudget(this.clock);
  }

  get(
    resource: ResourceDefinition,
    reference: ObjectReference,
    options: CallOptions = {},
  ): Promise<KubeObject> {
    return this.#object({ ...options, method: 'GET', path: resourcePath(resource, reference) });
  }

  /** All pages in one array. For large collections prefer `pages`. */
  async list(resource: ResourceDefinition, options: ListOptions = {}): Promise<ListPage> {
    const items: KubeObject[] = [];
    let resourceVersion = '';
    for await (const page of this.pages(resource, options)) {
      items.push(...page.items);
      resourceVersion = page.resourceVersion;
    }
    return { items, resourceVersion };
  }

  /** One page after the other; all pages show the same state. A 410 in between means: start again. */
  async *pages(resource: ResourceDefinition, options: ListOptions = {}): AsyncGenerator<ListPage> {
    const path = resourcePath(resource, { namespace: options.namespace });
    const selectors = { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector };
    let continueToken: string | undefined;
    do {
      const query = {
        ...selectors,
        limit: options.limit ?? DEFAULT_PAGE_SIZE,
        // A continued list is bound to its state by the token; naming a version beside it is an error.
        ...(continueToken === undefined
          ? { resourceVersion: options.resourceVersion }
          : { continue: continueToken }),
      };
      const answer = await this.raw({ ...options, method: 'GET', path, query });
      const page = listPage(answer, resource);
      continueToken = page.continueToken;
      yield { items: page.items, resourceVersion: page.resourceVersion };
    } while (continueToken !== undefined);
  }

  /** Not retried after a lost connection: the object may have been made. */
  create(
    resource: ResourceDefinition,
    object: KubeObject,
    options: CallOptions & { namespace?: string | undefined } = {},
  ): Promise<KubeObject> {
    const path = resourcePath(resource, { namespace: options.namespace ?? object.metadata.namespace });
    return this.#object({
      ...options,
      method: 'POST',
      path,
      query: this.#manager(),
      body: typed(resource, object),
    });
  }

  /** Replaces an object; with `metadata.resourceVersion` only if nobody else changed it (409 Conflict). */
  update(
    resource: ResourceDefinition,
    object: KubeObject,
    options: CallOptions & { subresource?: string | undefined } = {},
  ): Promise<KubeObject> {
    const path = resourcePath(resource, { ...object.metadata, subresource: options.subresource });
    return this.#object({
      ...options,
      method: 'PUT',
      path,
      query: this.#manager(),
      body: typed(resource, object),
    });
  }

  /**
   * Server-side apply: the body holds exactly the fields that this field manager wants to own.
   * `force` (default true) takes fields over from other managers instead of failing with 409.
   */
  apply(
    resource: ResourceDefinition,
    object: KubeObject,
    options: CallOptions & { subresource?: string | undefined; force?: boolean | undefined } = {},
  ): Promise<KubeObject> {
    return this.#object({
      ...options,
      method: 'PATCH',
      path: resourcePath(resource, { ...object.metadata, subresource: options.subresource }),
      query: { ...this.#manager(), force: options.force ?? true },
      headers: { 'content-type': PATCH_CONTENT_TYPES.Apply },
      body: typed(resource, object),
    });
  }

  patch(
    resource: ResourceDefinition,
    reference: ObjectReference,
    patch: { type: Exclude<PatchType, 'Apply'>; body: unknown; subresource?: string },
    options: CallOptions = {},
  ): Promise<KubeObject> {
    return this.#object({
      ...options,
      method: 'PATCH',
      path: resourcePath(resource, { ...reference, subresource: patch.subresource }),
      query: this.#manager(),
      headers: { 'content-type': PATCH_CONTENT_TYPES[patch.type] },
      body: patch.body,
    });
  }

  /** With `uid` only that very object is deleted, not a namesake made since (409 Conflict). */
  async delete(
    resource: ResourceDefinition,
    reference: ObjectReference & { uid?: string | undefined },
    options: CallOptions = {},
  ): Promise<void> {
    const body = reference.uid === undefined ? undefined : { preconditions: { uid: reference.uid } };
    await this.raw({ ...options, method: 'DELETE', path: resourcePath(resource, reference), body });
  }

  /** Any call with JSON in and out. Errors: KubeError. */
  raw(request: RawRequest): Promise<unknown> {
    const policy = {
      clock: this.clock,
      budget: this.#retryBudget,
      random: this.random,
      maxAttempts: request.maxAttempts,
      signal: request.signal,
      ...(request.method === 'POST' ? { retriable: isSafeToRepeatPost } : {}),
    };
    return withRetry(policy, () => this.#once(request));
  }

  async #once(request: RawRequest): Promise<unknown> {
    const answer = await this.transport.request({
      method: request.method,
      path: request.path,
      deadlineMillis: request.deadlineMillis ?? this.#deadlineMillis,
      headers: {
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.query === undefined ? {} : { query: request.query }),
      ...(request.body === undefined ? {} : { body: bodyText(request.body) }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    if (answer.status < 200 || answer.status >= 300)
      throw statusError(answer.status, answer.headers, answer.body);
    return parseJson(answer.body, `${request.method} ${request.path}`);
  }

  async #object(request: RawRequest): Promise<KubeObject> {
    const answer = await this.raw(request);
    if (isKubeObject(answer)) return answer;
    throw new KubeError(
      'MalformedBody',
      `${request.method} ${request.path}: the answer is not an object with a name`,
    );
  }

  #manager(): QueryParameters {
    return { fieldManager: this.fieldManager };
  }
}

/** Only answers that say "not done" allow a POST to be sent again. */
function isSafeToRepeatPost(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  return error.code === 'ConnectFailed' || error.status === 429 || error.status === 503;
}

function typed(resource: ResourceDefinition, object: KubeObject): KubeObject {
  return { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function bodyText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new KubeError('MalformedBody', `${what}: the answer is not JSON`, { cause: error });
  }
}

interface ListBody {
  metadata?: { resourceVersion?: string; continue?: string };
  items?: unknown;
}

function listPage(
  answer: unknown,
  resource: ResourceDefinition,
): { items: KubeObject[]; resourceVersion: string; continueToken: string | undefined } {
  const body = (typeof answer === 'object' && answer !== null ? answer : {}) as ListBody;
  // `items: null` is how an empty list of a Go server may look.
  if (body.items !== null && !Array.isArray(body.items)) {
    throw new KubeError('MalformedBody', `list ${resource.plural}: the answer has no items`);
  }
  const items = (body.items ?? []).filter(isKubeObject);
  // Items of a list carry no type of their own; a watch event does. Callers should not have to care.
  for (const item of items) {
    item.apiVersion ??= apiVersionOf(resource);
    item.kind ??= resource.kind;
  }
  const continueToken = body.metadata?.continue;
  return {
    items,
    resourceVersion: body.metadata?.resourceVersion ?? '',
    continueToken: continueToken === '' ? undefined : continueToken,
  };
}
