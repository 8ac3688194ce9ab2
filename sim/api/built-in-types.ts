import { AGE, BUILT_IN_COLUMNS } from './columns.ts';
import type { JsonObject } from './json.ts';
import type { ResourceType, Verb } from './resource-type.ts';
import { ALL_VERBS, storageKey } from './resource-type.ts';

interface Row {
  readonly group: string;
  readonly version?: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly cluster?: boolean;
  readonly status?: boolean;
  readonly verbs?: readonly Verb[];
  readonly storage?: string;
}

/** Lists that merge by key instead of being replaced, so that several writers can share them. */
const mapList = (key: string): JsonObject => ({
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
  items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
});

const open = (properties: JsonObject): JsonObject => ({
  type: 'object',
  'x-kubernetes-preserve-unknown-fields': true,
  properties,
});

export const METADATA_SCHEMA: JsonObject = open({
  name: { type: 'string', description: 'Name, unique within its namespace.' },
  namespace: { type: 'string', description: 'Namespace of the object.' },
  labels: { type: 'object', additionalProperties: { type: 'string' } },
  annotations: { type: 'object', additionalProperties: { type: 'string' } },
  finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
  ownerReferences: mapList('uid'),
});

const BUILT_IN_SCHEMA: JsonObject = open({
  apiVersion: { type: 'string' },
  kind: { type: 'string' },
  metadata: METADATA_SCHEMA,
  spec: open({ containers: mapList('name'), volumes: mapList('name') }),
  status: open({ conditions: mapList('type'), addresses: mapList('type') }),
});

const REVIEW: readonly Verb[] = ['create'];
const RBAC = 'rbac.authorization.k8s.io';

const ROWS: readonly Row[] = [
  { group: '', kind: 'Namespace', plural: 'namespaces', shortNames: ['ns'], cluster: true, status: true },
  { group: '', kind: 'Node', plural: 'nodes', shortNames: ['no'], cluster: true, status: true },
  { group: '', kind: 'Pod', plural: 'pods', shortNames: ['po'], categories: ['all'], status: true },
  { group: '', kind: 'Event', plural: 'events', shortNames: ['ev'] },
  { group: '', kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'] },
  { group: '', kind: 'Secret', plural: 'secrets' },
  { group: '', kind: 'Service', plural: 'services', shortNames: ['svc'], categories: ['all'], status: true },
  { group: '', kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'] },
  {
    group: 'apps',
    kind: 'DaemonSet',
    plural: 'daemonsets',
    shortNames: ['ds'],
    categories: ['all'],
    status: true,
  },
  {
    group: 'apps',
    kind: 'Deployment',
    plural: 'deployments',
    shortNames: ['deploy'],
    categories: ['all'],
    status: true,
  },
  { group: 'coordination.k8s.io', kind: 'Lease', plural: 'leases' },
  { group: 'events.k8s.io', kind: 'Event', plural: 'events', shortNames: ['ev'], storage: '/events' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy', plural: 'networkpolicies', shortNames: ['netpol'] },
  {
    group: 'policy',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
    shortNames: ['pdb'],
    status: true,
  },
  { group: RBAC, kind: 'ClusterRole', plural: 'clusterroles', cluster: true },
  { group: RBAC, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', cluster: true },
  { group: RBAC, kind: 'Role', plural: 'roles' },
  { group: RBAC, kind: 'RoleBinding', plural: 'rolebindings' },
  {
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    shortNames: ['crd', 'crds'],
    cluster: true,
    status: true,
  },
  {
    group: 'authentication.k8s.io',
    kind: 'TokenReview',
    plural: 'tokenreviews',
    cluster: true,
    verbs: REVIEW,
  },
  {
    group: 'authentication.k8s.io',
    kind: 'SelfSubjectReview',
    plural: 'selfsubjectreviews',
    cluster: true,
    verbs: REVIEW,
  },
  {
    group: 'authorization.k8s.io',
    kind: 'SubjectAccessReview',
    plural: 'subjectaccessreviews',
    cluster: true,
    verbs: REVIEW,
  },
  {
    group: 'authorization.k8s.io',
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
    cluster: true,
    verbs: REVIEW,
  },
];

function toType(row: Row): ResourceType {
  return {
    group: row.group,
    version: row.version ?? 'v1',
    kind: row.kind,
    plural: row.plural,
    singular: row.kind.toLowerCase(),
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    namespaced: row.cluster !== true,
    verbs: row.verbs ?? ALL_VERBS,
    hasStatus: row.status === true,
    schema: BUILT_IN_SCHEMA,
    prune: false,
    columns: BUILT_IN_COLUMNS[row.kind] ?? [AGE],
    storage: row.storage ?? storageKey(row.group, row.plural),
  };
}

/** The kinds served without a CRD: what the operator, its manifests and kubectl touch. */
export const BUILT_IN_TYPES: readonly ResourceType[] = ROWS.map(toType);
