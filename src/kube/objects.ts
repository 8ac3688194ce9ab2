/** Parts of Kubernetes objects that the runtime itself needs. All else is `unknown` until a schema has looked at it. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  ownerReferences?: readonly OwnerReference[];
}

export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** Which resource a call is about. Adding a kind to the program means adding one of these. */
export interface ResourceDefinition {
  /** Empty for the core group. */
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
}

export interface ObjectReference {
  name: string;
  namespace?: string | undefined;
}

export function apiVersionOf(resource: ResourceDefinition): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `namespace/name`, or `name` for a cluster-scoped object. */
export function keyOf(reference: ObjectReference): string {
  const { namespace, name } = reference;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Path of a collection, an object or a subresource. A namespaced resource without namespace means all namespaces. */
export function resourcePath(
  resource: ResourceDefinition,
  target: {
    namespace?: string | undefined;
    name?: string | undefined;
    subresource?: string | undefined;
  } = {},
): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const namespace =
    resource.namespaced && target.namespace !== undefined
      ? `/namespaces/${encodeURIComponent(target.namespace)}`
      : '';
  const name = target.name === undefined ? '' : `/${encodeURIComponent(target.name)}`;
  const subresource = target.subresource === undefined ? '' : `/${target.subresource}`;
  return `${root}${namespace}/${resource.plural}${name}${subresource}`;
}

/** Checks what every object must have. Anything that lacks it is not an object we can keep. */
export function isKubeObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  const metadata = (value as { metadata?: unknown }).metadata;
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    typeof (metadata as { name?: unknown }).name === 'string'
  );
}
