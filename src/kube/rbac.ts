/**
 * The one list of what the operator calls. Roles in the chart, the kustomization and the OLM bundle are rendered
 * from it, and tests compare it with recorded calls and with the API server's audit log: a call that is not here is
 * refused, a row that is never called is a permission too many.
 */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/**
 * - `Cluster`: cluster-scoped objects, and namespaced ones in every namespace.
 * - `PtpNamespace`: where the PTP operator and its daemons run.
 * - `OwnNamespace`: where this operator runs.
 */
export const CALL_SCOPES = ['Cluster', 'PtpNamespace', 'OwnNamespace'] as const;
export type CallScope = (typeof CALL_SCOPES)[number];

export interface AllowedCall {
  scope: CallScope;
  /** Empty for the core group. */
  group: string;
  resource: string;
  subresource?: string;
  verbs: readonly Verb[];
  /** Only these objects. Not possible for `create`: the name is not known when it is authorised. */
  resourceNames?: readonly string[];
  why: string;
}

export interface AllowedPath {
  path: string;
  verbs: readonly Verb[];
  why: string;
}

export const LEASE_NAME = 'ptp-health-operator';

export const ALLOWED_CALLS: readonly AllowedCall[] = [
  {
    scope: 'PtpNamespace',
    group: '',
    resource: 'pods',
    verbs: ['list', 'watch'],
    why: 'which daemon pod runs on which node, and whether its containers run',
  },
  {
    scope: 'PtpNamespace',
    group: '',
    resource: 'pods',
    subresource: 'log',
    verbs: ['get'],
    why: 'log of linuxptp-daemon-container: the main source of facts',
  },
  {
    scope: 'PtpNamespace',
    group: '',
    resource: 'configmaps',
    verbs: ['list', 'watch'],
    resourceNames: ['ptp-configmap'],
    why: 'the configuration that the daemons have been given',
  },
  {
    scope: 'PtpNamespace',
    group: 'ptp.openshift.io',
    resource: 'ptpconfigs',
    verbs: ['list', 'watch'],
    why: 'profiles and which nodes they are meant for',
  },
  {
    scope: 'PtpNamespace',
    group: 'ptp.openshift.io',
    resource: 'nodeptpdevices',
    verbs: ['list', 'watch'],
    why: 'network cards and hardware clocks of each node',
  },
  {
    scope: 'PtpNamespace',
    group: 'ptp.openshift.io',
    resource: 'ptpoperatorconfigs',
    verbs: ['list', 'watch'],
    why: 'which nodes run a daemon, and whether events are on (it moves the metrics port)',
  },
  {
    scope: 'Cluster',
    group: '',
    resource: 'nodes',
    verbs: ['list', 'watch'],
    why: 'labels that profiles match on, readiness, and the uid that owns a report',
  },
  {
    scope: 'Cluster',
    group: 'ptphealth.io',
    resource: 'ptphealthreports',
    // Server-side apply is a patch; where it makes the object, the right to create is asked for as well.
    verbs: ['list', 'watch', 'create', 'delete', 'patch'],
    why: 'one report per node; deleted when its node is gone',
  },
  {
    scope: 'Cluster',
    group: 'ptphealth.io',
    resource: 'ptphealthreports',
    subresource: 'status',
    verbs: ['patch'],
    why: 'server-side apply of the result',
  },
  {
    scope: 'Cluster',
    group: 'ptphealth.io',
    resource: 'ptpfleetreports',
    verbs: ['list', 'watch', 'create', 'patch'],
    why: 'the one summary of the cluster',
  },
  {
    scope: 'Cluster',
    group: 'ptphealth.io',
    resource: 'ptpfleetreports',
    subresource: 'status',
    verbs: ['patch'],
    why: 'server-side apply of the summary',
  },
  {
    scope: 'Cluster',
    group: 'ptphealth.io',
    resource: 'ptphealthpolicies',
    verbs: ['list', 'watch'],
    why: 'limits and windows set by the user',
  },
  {
    scope: 'Cluster',
    group: 'ptphealth.io',
    resource: 'ptphealthpolicies',
    subresource: 'status',
    verbs: ['patch'],
    why: 'server-side apply of where a policy is in force and what is wrong with it',
  },
  {
    scope: 'Cluster',
    group: 'events.k8s.io',
    resource: 'events',
    verbs: ['create', 'patch'],
    why: 'one event per change of verdict; about nodes and reports, so in the namespace default',
  },
  {
    scope: 'OwnNamespace',
    group: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['create'],
    why: 'leader election: the first replica makes the lease',
  },
  {
    scope: 'OwnNamespace',
    group: 'coordination.k8s.io',
    resource: 'leases',
    verbs: ['get', 'update'],
    resourceNames: [LEASE_NAME],
    why: 'leader election: see who leads, renew, release',
  },
];

export const ALLOWED_PATHS: readonly AllowedPath[] = [
  {
    path: '/metrics',
    verbs: ['get'],
    why: 'the daemons’ metrics stand behind kube-rbac-proxy, which asks for this',
  },
];

/** A rule as it stands in a Role or ClusterRole of rbac.authorization.k8s.io/v1. */
export type PolicyRule =
  | { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }
  | { nonResourceURLs: string[]; verbs: string[] };

/** The rules of one scope, one per row, in the order of the list. Paths belong to the cluster scope. */
export function policyRules(
  scope: CallScope,
  calls: readonly AllowedCall[] = ALLOWED_CALLS,
  paths: readonly AllowedPath[] = ALLOWED_PATHS,
): PolicyRule[] {
  const rules: PolicyRule[] = calls.filter((call) => call.scope === scope).map(ruleOf);
  if (scope === 'Cluster')
    for (const { path, verbs } of paths) rules.push({ nonResourceURLs: [path], verbs: [...verbs] });
  return rules;
}

function ruleOf(call: AllowedCall): PolicyRule {
  return {
    apiGroups: [call.group],
    resources: [call.subresource === undefined ? call.resource : `${call.resource}/${call.subresource}`],
    ...(call.resourceNames === undefined ? {} : { resourceNames: [...call.resourceNames] }),
    verbs: [...call.verbs],
  };
}
