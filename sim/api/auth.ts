import { randomBytes } from 'node:crypto';
import type { JsonObject } from './json.ts';
import { arrayAt, objectAt, stringAt } from './json.ts';
import type { KubeObject } from './object.ts';
import type { ObjectStore } from './store.ts';

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

export const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
const MASTERS = 'system:masters';
const RBAC = 'rbac.authorization.k8s.io';

/** What a request wants, in RBAC's terms. */
export interface AccessRequest {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** Set instead of a resource: `/metrics`, `/healthz`. */
  readonly path?: string;
}

/** Bearer tokens and whom they stand for. */
export class TokenStore {
  readonly #users = new Map<string, User>();

  issue(user: User): string {
    const token = randomBytes(24).toString('base64url');
    this.#users.set(token, user);
    return token;
  }

  find(token: string): User | undefined {
    return this.#users.get(token);
  }

  revoke(token: string): void {
    this.#users.delete(token);
  }
}

/** May this user do this, by the (Cluster)Roles and bindings in the store? */
export function isAllowed(store: ObjectStore, user: User, request: AccessRequest): boolean {
  if (user.groups.includes(MASTERS)) return true;
  const rules = [
    ...boundRules(store, user, store.list(`${RBAC}/clusterrolebindings`)),
    ...(request.namespace === undefined
      ? []
      : boundRules(store, user, store.list(`${RBAC}/rolebindings`, request.namespace))),
  ];
  return rules.some((rule) => ruleAllows(rule, request));
}

function boundRules(store: ObjectStore, user: User, bindings: readonly KubeObject[]): JsonObject[] {
  return bindings
    .filter((binding) => arrayAt(binding, 'subjects').some((subject) => isSubject(subject, user, binding)))
    .flatMap((binding) => {
      const reference = objectAt(binding, 'roleRef');
      const isClusterRole = reference['kind'] === 'ClusterRole';
      const storage = `${RBAC}/${isClusterRole ? 'clusterroles' : 'roles'}`;
      const namespace = isClusterRole ? undefined : binding.metadata.namespace;
      return arrayAt(
        store.get(storage, namespace, stringAt(reference, 'name') ?? ''),
        'rules',
      ) as JsonObject[];
    });
}

function isSubject(subject: unknown, user: User, binding: KubeObject): boolean {
  const name = stringAt(subject, 'name') ?? '';
  switch (stringAt(subject, 'kind')) {
    case 'User':
      return name === user.name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const namespace = stringAt(subject, 'namespace') ?? binding.metadata.namespace ?? '';
      return user.name === `system:serviceaccount:${namespace}:${name}`;
    }
    default:
      return false;
  }
}

function ruleAllows(rule: JsonObject, request: AccessRequest): boolean {
  const has = (key: string, value: string) =>
    arrayAt(rule, key).some((item) => item === value || item === '*');
  if (!has('verbs', request.verb)) return false;
  if (request.path !== undefined) return has('nonResourceURLs', request.path);
  const resource =
    request.subresource === undefined ? request.resource : `${request.resource ?? ''}/${request.subresource}`;
  const names = arrayAt(rule, 'resourceNames');
  return (
    has('apiGroups', request.group ?? '') &&
    has('resources', resource ?? '') &&
    (names.length === 0 || names.includes(request.name))
  );
}

/** Answers TokenReview, SubjectAccessReview, SelfSubjectAccessReview and SelfSubjectReview. */
export function answerReview(
  kind: string,
  body: JsonObject,
  user: User,
  auth: { tokens: TokenStore; allows: (user: User, request: AccessRequest) => boolean },
): JsonObject {
  const spec = objectAt(body, 'spec');
  if (kind === 'SelfSubjectReview')
    return { ...body, status: { userInfo: { username: user.name, groups: user.groups } } };
  if (kind === 'TokenReview') {
    const found = auth.tokens.find(stringAt(spec, 'token') ?? '');
    if (found === undefined)
      return { ...body, status: { authenticated: false, error: 'invalid bearer token' } };
    return { ...body, status: { authenticated: true, user: { username: found.name, groups: found.groups } } };
  }
  const subject: User =
    kind === 'SelfSubjectAccessReview'
      ? user
      : { name: stringAt(spec, 'user') ?? '', groups: arrayAt(spec, 'groups').map(String) };
  return { ...body, status: { allowed: auth.allows(subject, accessRequestOf(spec)) } };
}

function accessRequestOf(spec: JsonObject): AccessRequest {
  const nonResource = objectAt(spec, 'nonResourceAttributes');
  const path = stringAt(nonResource, 'path');
  if (path !== undefined) return { verb: stringAt(nonResource, 'verb') ?? '', path };
  const attributes = objectAt(spec, 'resourceAttributes');
  const optional = (key: 'group' | 'resource' | 'subresource' | 'namespace' | 'name') => {
    const value = stringAt(attributes, key);
    return value === undefined || value === '' ? {} : { [key]: value };
  };
  return {
    verb: stringAt(attributes, 'verb') ?? '',
    ...optional('group'),
    ...optional('resource'),
    ...optional('subresource'),
    ...optional('namespace'),
    ...optional('name'),
  };
}
