import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../test-client.ts';
import type { ApiServer } from './server.ts';
import { startApiServer } from './server.ts';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer({ tls: false, transportChaos: false, authorization: 'RBAC' });
  api.objects.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'reader' },
    rules: [
      { apiGroups: [''], resources: ['nodes', 'pods/log'], verbs: ['get', 'list'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ],
  });
  api.objects.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'reader' },
    roleRef: { kind: 'ClusterRole', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name: 'operator' }],
  });
});
afterAll(async () => {
  await api.stop();
});

const OPERATOR = 'system:serviceaccount:default:operator';

describe('authentication', () => {
  it('refuses missing and unknown tokens, but tells anyone its version', async () => {
    expect((await call(api, '/api/v1/nodes', { token: '' })).code).toBe(401);
    expect((await call(api, '/api/v1/nodes', { token: 'wrong' })).code).toBe(401);
    expect((await call(api, '/version', { token: '' })).code).toBe(200);
  });

  it('reviews tokens', async () => {
    const { token } = api.createUser('someone', ['team']);
    const review = (value: string) =>
      call(api, '/apis/authentication.k8s.io/v1/tokenreviews', {
        method: 'POST',
        body: { spec: { token: value } },
      });
    expect((await review(token)).body['status']).toEqual({
      authenticated: true,
      user: { username: 'someone', groups: ['team', 'system:authenticated'] },
    });
    expect((await review('x')).body['status']).toMatchObject({ authenticated: false });
  });
});

describe('authorization', () => {
  it('allows what a role allows and nothing else', async () => {
    const { token } = api.createUser(OPERATOR);
    expect((await call(api, '/api/v1/nodes', { token })).code).toBe(200);
    const refused = await call(api, '/api/v1/pods', { token });
    expect(refused.code).toBe(403);
    expect(refused.body['message']).toContain('cannot list resource "pods" in API group ""');
    expect((await call(api, '/api/v1/nodes/x', { token, method: 'DELETE' })).code).toBe(403);
  });

  it.each([
    [{ resourceAttributes: { verb: 'get', resource: 'pods', subresource: 'log' } }, true],
    [{ resourceAttributes: { verb: 'get', resource: 'pods' } }, false],
    [{ nonResourceAttributes: { verb: 'get', path: '/metrics' } }, true],
    [{ nonResourceAttributes: { verb: 'get', path: '/debug' } }, false],
  ])('reviews %j', async (attributes, allowed) => {
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const { body } = await call(api, path, {
      method: 'POST',
      body: { spec: { user: OPERATOR, ...attributes } },
    });
    expect(body['status']).toEqual({ allowed });
  });

  it('records the calls of each user', async () => {
    const { token } = api.createUser('auditor');
    await call(api, '/api/v1/namespaces/default/configmaps/x', { token });
    const made = api.calls.distinct().filter((entry) => entry.user === 'auditor');
    expect(made).toEqual([
      expect.objectContaining({
        verb: 'get',
        group: '',
        resource: 'configmaps',
        subresource: '',
        namespace: 'default',
        code: 403,
      }),
    ]);
  });
});

describe('failing answers', () => {
  it('throttles the next requests, with Retry-After', async () => {
    api.chaos.throttle(1, 3);
    const first = await call(api, '/api/v1/nodes');
    expect([first.code, first.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await call(api, '/api/v1/nodes')).code).toBe(200);
  });

  it('denies one resource until it is allowed again', async () => {
    api.chaos.deny('configmaps', 403);
    expect((await call(api, '/api/v1/configmaps')).code).toBe(403);
    expect((await call(api, '/api/v1/nodes')).code).toBe(200);
    api.chaos.allow('configmaps');
    expect((await call(api, '/api/v1/configmaps')).code).toBe(200);
  });
});
