import { ALLOWED_CALLS, ALLOWED_PATHS, type AllowedCall } from '../../src/kube/rbac.ts';
import { rowsAllowing, type ApiCall } from '../../src/kube/recorded-calls.ts';
import type { AuditedCall } from '../controlplane/audit.ts';
import { OPERATOR_NAMESPACE, PTP_NAMESPACE } from './install.ts';

const NAMESPACES = { PtpNamespace: PTP_NAMESPACE, OwnNamespace: OPERATOR_NAMESPACE };

/** Paths every authenticated user may read: no rule of ours is needed. */
const PUBLIC_PATHS = /^\/(version|healthz|livez|readyz|api|apis|openapi)(\/|$)/;

/** Calls that the list of src/kube/rbac.ts does not allow, each once, in words. */
export function callsOutsideTheList(calls: readonly AuditedCall[]): string[] {
  return [...new Set(calls.filter((call) => !isAllowed(call)).map(describeCall))];
}

/** Rights of the list that no call made use of, in words. */
export function rightsNeverUsed(calls: readonly AuditedCall[]): string[] {
  const used = new Set<string>();
  for (const apiCall of calls.flatMap(rightsAskedFor)) {
    for (const row of rowsAllowing(apiCall, NAMESPACES)) used.add(describeRight(row, apiCall.verb));
  }
  return ALLOWED_CALLS.flatMap((row) => row.verbs.map((verb) => describeRight(row, verb))).filter(
    (right) => !used.has(right),
  );
}

function isAllowed(call: AuditedCall): boolean {
  if (call.nonResourcePath !== undefined) {
    return (
      PUBLIC_PATHS.test(call.nonResourcePath) ||
      ALLOWED_PATHS.some(({ path }) => path === call.nonResourcePath)
    );
  }
  const apiCall = apiCallOf(call);
  return apiCall !== undefined && rowsAllowing(apiCall, NAMESPACES).length > 0;
}

function apiCallOf(call: AuditedCall): ApiCall | undefined {
  const { group, resource, subresource, namespace, name } = call;
  const verb = ALLOWED_CALLS.flatMap((row) => row.verbs).find((known) => known === call.verb);
  return verb === undefined ? undefined : { verb, group, resource, subresource, namespace, name };
}

/** An apply that made the object (201) was checked for the right to create, too. */
function rightsAskedFor(call: AuditedCall): ApiCall[] {
  const apiCall = apiCallOf(call);
  if (apiCall === undefined) return [];
  return call.verb === 'patch' && call.code === 201 ? [apiCall, { ...apiCall, verb: 'create' }] : [apiCall];
}

function describeCall(call: AuditedCall): string {
  const { verb, nonResourcePath, group, resource, subresource, namespace, name } = call;
  if (nonResourcePath !== undefined) return `${verb} ${nonResourcePath}`;
  return `${verb} ${[group, resource, subresource].filter(Boolean).join('/')} in "${namespace}" name "${name}"`;
}

function describeRight(row: AllowedCall, verb: string): string {
  return `${verb} ${[row.group, row.resource, row.subresource].filter(Boolean).join('/')} (${row.scope})`;
}
