import { invalid } from './api-error.ts';
import { AGE, ageText } from './columns.ts';
import type { JsonObject } from './json.ts';
import { arrayAt, isObject, objectAt, stringAt } from './json.ts';
import { evaluateJsonPath } from './json-path.ts';
import { METADATA_SCHEMA } from './built-in-types.ts';
import type { KubeObject } from './object.ts';
import { metaTime } from './object.ts';
import type { PrinterColumn, ResourceType } from './resource-type.ts';
import { ALL_VERBS, storageKey } from './resource-type.ts';

export const CRD_STORAGE = storageKey('apiextensions.k8s.io', 'customresourcedefinitions');

/** The resources a CustomResourceDefinition asks for, one per served version. @throws ApiError 422 */
export function typesOfCrd(crd: KubeObject): ResourceType[] {
  const spec = objectAt(crd, 'spec');
  const names = objectAt(spec, 'names');
  const group = stringAt(spec, 'group');
  const plural = stringAt(names, 'plural');
  const kind = stringAt(names, 'kind');
  if (group === undefined || plural === undefined || kind === undefined) {
    throw invalid('CustomResourceDefinition', crd.metadata.name, [
      'spec.group, names.plural and names.kind are required',
    ]);
  }
  if (crd.metadata.name !== `${plural}.${group}`) {
    throw invalid('CustomResourceDefinition', crd.metadata.name, [
      `metadata.name: must be ${plural}.${group}`,
    ]);
  }
  return arrayAt(spec, 'versions')
    .filter(isObject)
    .filter((version) => version['served'] === true)
    .map((version) => ({
      group,
      version: stringAt(version, 'name') ?? 'v1',
      kind,
      plural,
      singular: stringAt(names, 'singular') ?? kind.toLowerCase(),
      shortNames: arrayAt(names, 'shortNames').map(String),
      categories: arrayAt(names, 'categories').map(String),
      namespaced: spec['scope'] === 'Namespaced',
      verbs: ALL_VERBS,
      hasStatus: isObject(objectAt(version, 'subresources')['status']),
      schema: withMetadata(objectAt(objectAt(version, 'schema'), 'openAPIV3Schema')),
      prune: true,
      columns: columnsOf(version),
      storage: storageKey(group, plural),
    }));
}

/** Where the objects of a stored CRD are kept. */
export function storageOf(crd: KubeObject): string {
  const spec = objectAt(crd, 'spec');
  return storageKey(stringAt(spec, 'group') ?? '', stringAt(objectAt(spec, 'names'), 'plural') ?? '');
}

function withMetadata(schema: JsonObject): JsonObject {
  const properties = objectAt(schema, 'properties');
  return {
    ...schema,
    properties: {
      ...properties,
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: METADATA_SCHEMA,
    },
  };
}

function columnsOf(version: JsonObject): PrinterColumn[] {
  const columns = arrayAt(version, 'additionalPrinterColumns').filter(isObject).map(toColumn);
  return columns.length === 0 ? [AGE] : columns;
}

function toColumn(column: JsonObject): PrinterColumn {
  const path = stringAt(column, 'jsonPath') ?? '';
  const type = stringAt(column, 'type') ?? 'string';
  const read = (object: JsonObject) => evaluateJsonPath(object, path);
  return {
    name: stringAt(column, 'name') ?? '',
    type,
    ...(stringAt(column, 'format') === undefined ? {} : { format: stringAt(column, 'format') ?? '' }),
    description: stringAt(column, 'description') ?? '',
    priority: typeof column['priority'] === 'number' ? column['priority'] : 0,
    value:
      type === 'date' ? (object) => (read(object) === undefined ? undefined : ageText(read(object))) : read,
  };
}

/** The status the API server writes once it serves the resource; clients wait for it. */
export function establishedStatus(crd: KubeObject): JsonObject {
  const names = objectAt(objectAt(crd, 'spec'), 'names');
  const condition = (type: string, reason: string) => ({
    type,
    status: 'True',
    reason,
    message: type === 'Established' ? 'the initial names have been accepted' : 'no conflicts found',
    lastTransitionTime: metaTime(),
  });
  return {
    acceptedNames: names,
    conditions: [condition('NamesAccepted', 'NoConflicts'), condition('Established', 'InitialNamesAccepted')],
    storedVersions: arrayAt(objectAt(crd, 'spec'), 'versions').map(
      (version) => stringAt(version, 'name') ?? '',
    ),
  };
}
