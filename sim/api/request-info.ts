/** What a request asks for, in the API's terms. */
export interface ResourceRequest {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** RBAC verb: list, watch, get, create, update, patch, delete, deletecollection. */
  readonly verb: string;
}

const METHOD_VERBS: Readonly<Record<string, { one: string; many: string }>> = {
  GET: { one: 'get', many: 'list' },
  POST: { one: 'create', many: 'create' },
  PUT: { one: 'update', many: 'update' },
  PATCH: { one: 'patch', many: 'patch' },
  DELETE: { one: 'delete', many: 'deletecollection' },
};

/** Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`. Undefined for every other path. */
export function parseResourceRequest(
  method: string,
  path: string,
  query: URLSearchParams,
): ResourceRequest | undefined {
  const place = parsePath(path);
  const verbs = METHOD_VERBS[method];
  if (place === undefined || verbs === undefined) return undefined;
  const plain = place.name === undefined ? verbs.many : verbs.one;
  const isWatch = plain === 'list' && /^(true|1)$/.test(query.get('watch') ?? '');
  return { ...place, verb: isWatch ? 'watch' : plain };
}

function parsePath(path: string): Omit<ResourceRequest, 'verb'> | undefined {
  const [root, ...parts] = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : parts.shift();
  const version = parts.shift();
  if (group === undefined || version === undefined) return undefined;
  // `/namespaces/NAME` alone is a namespace; with more after it, it is where the resource lives.
  const isNamespaced = parts[0] === 'namespaces' && parts.length > 2 && !isNamespaceSubresource(group, parts);
  const namespace = isNamespaced ? parts[1] : undefined;
  const [plural, name, subresource, ...rest] = isNamespaced ? parts.slice(2) : parts;
  if (plural === undefined || rest.length > 0) return undefined;
  return { group, version, plural, namespace, name, subresource };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function isNamespaceSubresource(group: string, parts: readonly string[]): boolean {
  return group === '' && parts.length === 3 && (parts[2] === 'status' || parts[2] === 'finalize');
}
