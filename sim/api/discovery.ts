import type { JsonObject } from './json.ts';
import type { ResourceRegistry } from './registry.ts';
import type { ResourceType } from './resource-type.ts';
import { groupVersion } from './resource-type.ts';

export const VERSION_INFO: JsonObject = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.0-simulated',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'node',
};

export const AGGREGATED_CONTENT_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Does the client accept all resources in one answer (v2)? */
export function wantsAggregated(accept: string | undefined): boolean {
  return (accept ?? '')
    .split(',')
    .some((part) => part.includes('as=APIGroupDiscoveryList') && /v=v2(;|$)/.test(part));
}

/** Answer to `/api` or `/apis` with every resource in it. */
export function aggregatedDiscovery(registry: ResourceRegistry, isCore: boolean): JsonObject {
  const items = [...registry.groups()]
    .filter(([group]) => (group === '') === isCore)
    .map(([group, versions]) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => ({
        version,
        freshness: 'Current',
        resources: typesOf(registry, group, version).map(aggregatedResource),
      })),
    }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(type: ResourceType): JsonObject {
  const responseKind = { group: type.group, version: type.version, kind: type.kind };
  return {
    resource: type.plural,
    responseKind,
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: type.verbs,
    shortNames: type.shortNames,
    categories: type.categories,
    subresources: subresources(type).map(({ name, verbs }) => ({ subresource: name, responseKind, verbs })),
  };
}

/** `/api` */
export function coreVersions(): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** `/apis` */
export function groupList(registry: ResourceRegistry): JsonObject {
  const groups = [...registry.groups()]
    .filter(([group]) => group !== '')
    .map(([name, versions]) => groupInfo(name, versions));
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** `/apis/GROUP` */
export function groupInfo(name: string, versions: readonly string[]): JsonObject {
  const list = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { kind: 'APIGroup', apiVersion: 'v1', name, versions: list, preferredVersion: list[0] };
}

/** `/api/v1` and `/apis/GROUP/VERSION`; undefined when nothing is served there. */
export function resourceList(
  registry: ResourceRegistry,
  group: string,
  version: string,
): JsonObject | undefined {
  const types = typesOf(registry, group, version);
  const [first] = types;
  if (first === undefined) return undefined;
  const resources = types.flatMap((type) => [
    {
      name: type.plural,
      singularName: type.singular,
      namespaced: type.namespaced,
      kind: type.kind,
      verbs: type.verbs,
      shortNames: type.shortNames,
      categories: type.categories,
    },
    ...subresources(type).map(({ name, verbs }) => ({
      name: `${type.plural}/${name}`,
      singularName: '',
      namespaced: type.namespaced,
      kind: type.kind,
      verbs,
    })),
  ]);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: groupVersion(first), resources };
}

function typesOf(registry: ResourceRegistry, group: string, version: string): ResourceType[] {
  return registry.all().filter((type) => type.group === group && type.version === version);
}

function subresources(type: ResourceType): { name: string; verbs: string[] }[] {
  return [
    ...(type.hasStatus ? [{ name: 'status', verbs: ['get', 'patch', 'update'] }] : []),
    ...(type.plural === 'pods' && type.group === '' ? [{ name: 'log', verbs: ['get'] }] : []),
  ];
}
