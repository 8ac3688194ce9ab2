/** OpenAPI v3 documents, as much as `kubectl explain`, `apply` and `patch` read of them. */
import type { JsonObject } from './json.ts';
import type { ResourceRegistry } from './registry.ts';
import type { ResourceType } from './resource-type.ts';
import { groupVersion } from './resource-type.ts';

/** `/openapi/v3`: where each group version's document is. */
export function openApiIndex(registry: ResourceRegistry): JsonObject {
  const names = new Set(registry.all().map((type) => documentName(type.group, type.version)));
  const paths = [...names].map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}` }] as const);
  return { paths: Object.fromEntries(paths) };
}

function documentName(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

/** `/openapi/v3/apis/GROUP/VERSION`; undefined when nothing is served there. */
export function openApiDocument(registry: ResourceRegistry, name: string): JsonObject | undefined {
  const types = registry.all().filter((type) => documentName(type.group, type.version) === name);
  if (types.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Simulated Kubernetes', version: 'v1' },
    paths: Object.fromEntries(types.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(types.map((type) => [schemaName(type), schemaOf(type)])) },
  };
}

/** `/openapi/v2`: only names, for clients that look whether it is there. */
export const OPENAPI_V2: JsonObject = {
  swagger: '2.0',
  info: { title: 'Simulated Kubernetes', version: 'v1' },
  paths: {},
  definitions: {},
};

function schemaName(type: ResourceType): string {
  const group = type.group === '' ? 'io.k8s.api.core' : type.group.split('.').reverse().join('.');
  return `${group}.${type.version}.${type.kind}`;
}

function gvk(type: ResourceType): JsonObject {
  return { group: type.group, version: type.version, kind: type.kind };
}

function schemaOf(type: ResourceType): JsonObject {
  return { ...type.schema, 'x-kubernetes-group-version-kind': [gvk(type)] };
}

function pathsOf(type: ResourceType): [string, JsonObject][] {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${groupVersion(type)}`;
  const collection = type.namespaced
    ? `${root}/namespaces/{namespace}/${type.plural}`
    : `${root}/${type.plural}`;
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName(type)}` } } };
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk(type),
    responses: { 200: { description: 'OK', content } },
  });
  // kubectl asks for server-side validation and dry runs only where these parameters are declared.
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }));
  return [
    [collection, { get: operation('list'), post: { ...operation('post'), parameters } }],
    [
      `${collection}/{name}`,
      {
        get: operation('get'),
        put: { ...operation('put'), parameters },
        patch: { ...operation('patch'), parameters },
        delete: operation('delete'),
      },
    ],
  ];
}
