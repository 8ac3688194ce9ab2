import { describe, expect, it } from '@jest/globals';
import { FakeTransport } from '../../test/kube/fake-transport.ts';
import { ALLOWED_CALLS, CALL_SCOPES, LEASE_NAME, policyRules } from './rbac.ts';
import { apiCallOf, RecordingTransport, rowsAllowing } from './recorded-calls.ts';

const NAMESPACES = { PtpNamespace: 'openshift-ptp', OwnNamespace: 'ptp-health' };

describe('list of allowed calls', () => {
  it('gives no wildcard, no secret, and no way to act as somebody else', () => {
    for (const call of ALLOWED_CALLS) {
      expect([call.group, call.resource, ...call.verbs]).not.toContain('*');
      expect(['secrets', 'serviceaccounts', 'tokenrequests', 'exec', 'proxy']).not.toContain(call.resource);
      expect(['exec', 'attach', 'proxy', 'portforward', 'token']).not.toContain(call.subresource);
    }
  });

  it('names no call twice', () => {
    const cells = ALLOWED_CALLS.flatMap(({ scope, group, resource, subresource = '', verbs }) =>
      verbs.map((verb) => [scope, group, resource, subresource, verb].join(' ')),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('does not restrict create by name, which the API server cannot check', () => {
    for (const call of ALLOWED_CALLS)
      if (call.verbs.includes('create')) expect(call.resourceNames).toBeUndefined();
  });

  it('renders every row once, paths in the cluster scope', () => {
    const rules = CALL_SCOPES.flatMap((scope) => policyRules(scope));
    expect(rules).toHaveLength(ALLOWED_CALLS.length + 1);
    expect(policyRules('Cluster')).toContainEqual({ nonResourceURLs: ['/metrics'], verbs: ['get'] });
    expect(policyRules('PtpNamespace')).toContainEqual({
      apiGroups: [''],
      resources: ['pods/log'],
      verbs: ['get'],
    });
    expect(policyRules('OwnNamespace')).toContainEqual({
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      resourceNames: [LEASE_NAME],
      verbs: ['get', 'update'],
    });
  });
});

describe('apiCallOf', () => {
  const call = (verb: string, resource: string, rest: object = {}) => ({
    verb,
    group: '',
    resource,
    subresource: '',
    namespace: '',
    name: '',
    ...rest,
  });

  it.each([
    ['GET', '/api/v1/nodes', {}, call('list', 'nodes')],
    ['GET', '/api/v1/nodes', { watch: true }, call('watch', 'nodes')],
    ['GET', '/api/v1/nodes/n1', {}, call('get', 'nodes', { name: 'n1' })],
    ['GET', '/api/v1/namespaces', {}, call('list', 'namespaces')],
    ['GET', '/api/v1/namespaces/here', {}, call('get', 'namespaces', { name: 'here' })],
    ['GET', '/api/v1/namespaces/here/pods', {}, call('list', 'pods', { namespace: 'here' })],
    [
      'GET',
      '/api/v1/namespaces/here/pods/p/log',
      { follow: true },
      call('get', 'pods', { namespace: 'here', name: 'p', subresource: 'log' }),
    ],
    [
      'GET',
      '/api/v1/namespaces/here/configmaps',
      { watch: true, fieldSelector: 'metadata.name=ptp-configmap' },
      call('watch', 'configmaps', { namespace: 'here', name: 'ptp-configmap' }),
    ],
    [
      'PATCH',
      '/apis/ptphealth.io/v1alpha1/ptphealthreports/n1/status',
      {},
      call('patch', 'ptphealthreports', { group: 'ptphealth.io', name: 'n1', subresource: 'status' }),
    ],
    [
      'PUT',
      '/apis/coordination.k8s.io/v1/namespaces/here/leases/l',
      {},
      call('update', 'leases', { group: 'coordination.k8s.io', namespace: 'here', name: 'l' }),
    ],
  ] as const)('%s %s %j', (method, path, query, expected) => {
    expect(apiCallOf(method, path, query)).toEqual(expected);
  });

  it.each(['/version', '/metrics', '/apis', '/api/v1'])('finds no resource in %s', (path) => {
    expect(apiCallOf('GET', path)).toBeUndefined();
  });
});

describe('RecordingTransport and rowsAllowing', () => {
  it('notes each kind of call once, and finds the row that allows it', async () => {
    const inner = new FakeTransport();
    inner.onRequest = () => ({ body: {} });
    const transport = new RecordingTransport(inner);
    for (let times = 0; times < 3; times++) {
      await transport.request({ method: 'GET', path: '/api/v1/nodes', deadlineMillis: 1 });
      await transport.stream({ path: '/api/v1/namespaces/openshift-ptp/pods/p/log', deadlineMillis: 1 });
    }
    await transport.request({ method: 'DELETE', path: '/api/v1/nodes/n1', deadlineMillis: 1 });
    await transport.stream({ path: '/api/v1/namespaces/elsewhere/pods/p/log', deadlineMillis: 1 });
    expect(transport.calls.map((call) => rowsAllowing(call, NAMESPACES).map((row) => row.resource))).toEqual([
      ['nodes'],
      ['pods'],
      [],
      [],
    ]);
  });

  it('allows the lease by its name only', () => {
    const lease = (name: string) =>
      rowsAllowing(
        apiCallOf('PUT', `/apis/coordination.k8s.io/v1/namespaces/ptp-health/leases/${name}`)!,
        NAMESPACES,
      );
    expect([lease(LEASE_NAME).length, lease('other').length]).toEqual([1, 0]);
  });
});
