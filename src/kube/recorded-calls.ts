import { ALLOWED_CALLS, type AllowedCall, type CallScope, type Verb } from './rbac.ts';
import type {
  HttpMethod,
  KubeRequest,
  KubeResponse,
  KubeStream,
  KubeStreamRequest,
  KubeTransport,
  QueryParameters,
} from './transport.ts';

/** A call as the API server's authoriser sees it. */
export interface ApiCall {
  verb: Verb;
  group: string;
  resource: string;
  subresource: string;
  /** Empty for cluster-scoped objects and for all namespaces. */
  namespace: string;
  /** Empty for a collection, unless a field selector names one object (which authorises by name, too). */
  name: string;
}

/** Passes calls on and remembers each kind of call once: few, because names of objects are few in a test. */
export class RecordingTransport implements KubeTransport {
  readonly #inner: KubeTransport;
  readonly #calls = new Map<string, ApiCall>();

  constructor(inner: KubeTransport) {
    this.#inner = inner;
  }

  get calls(): ApiCall[] {
    return [...this.#calls.values()];
  }

  request(request: KubeRequest): Promise<KubeResponse> {
    this.#note(apiCallOf(request.method, request.path, request.query));
    return this.#inner.request(request);
  }

  stream(request: KubeStreamRequest): Promise<KubeStream> {
    this.#note(apiCallOf('GET', request.path, request.query));
    return this.#inner.stream(request);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #note(call: ApiCall | undefined): void {
    if (call !== undefined) this.#calls.set(JSON.stringify(call), call);
  }
}

const RESOURCE_PATH =
  /^\/(?:api\/[^/]+|apis\/([^/]+)\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/[^/]))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

const VERBS: Readonly<Record<Exclude<HttpMethod, 'GET'>, Verb>> = {
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Takes a request apart as the API server does; undefined for a path that names no resource (e.g. `/version`). */
export function apiCallOf(
  method: HttpMethod,
  path: string,
  query: QueryParameters = {},
): ApiCall | undefined {
  const match = RESOURCE_PATH.exec(path);
  if (match === null) return undefined;
  const [, group = '', namespace = '', resource = '', pathName = '', subresource = ''] = match;
  const selected = /(?:^|,)metadata\.name=([^,]+)/.exec(String(query['fieldSelector'] ?? ''))?.[1] ?? '';
  const name = pathName === '' ? selected : pathName;
  const verb = method === 'GET' ? readVerb(pathName, query) : VERBS[method];
  return { verb, group, resource, subresource, namespace, name };
}

function readVerb(name: string, query: QueryParameters): Verb {
  const watch = query['watch'];
  if (watch === true || watch === 'true' || watch === 1 || watch === '1') return 'watch';
  return name === '' ? 'list' : 'get';
}

/** Which namespaces the scopes stand for in one installation. */
export type ScopeNamespaces = Readonly<Record<Exclude<CallScope, 'Cluster'>, string>>;

/** The rows of the list that allow the call; none = the API server would refuse it. */
export function rowsAllowing(
  call: ApiCall,
  namespaces: ScopeNamespaces,
  rows: readonly AllowedCall[] = ALLOWED_CALLS,
): AllowedCall[] {
  return rows.filter(
    (row) =>
      row.group === call.group &&
      row.resource === call.resource &&
      (row.subresource ?? '') === call.subresource &&
      row.verbs.includes(call.verb) &&
      (row.scope === 'Cluster' || namespaces[row.scope] === call.namespace) &&
      (row.resourceNames?.includes(call.name) ?? true),
  );
}
