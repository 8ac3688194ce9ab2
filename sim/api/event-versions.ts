import type { JsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import type { ResourceType } from './resource-type.ts';
import { groupVersion } from './resource-type.ts';

/** v1 Event field → events.k8s.io/v1 field. Both versions show the same stored objects. */
const FIELDS: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];
const TO_EVENTS = new Map(FIELDS);
const TO_CORE = new Map(FIELDS.map(([core, events]) => [events, core]));
const EVENT_STORAGE = '/events';

/** The object in the version the resource is served in. */
export function inServedVersion(object: KubeObject, type: ResourceType): KubeObject {
  const apiVersion = groupVersion(type);
  if (object.apiVersion === apiVersion) return object;
  const renames = type.group === '' ? TO_CORE : TO_EVENTS;
  const fields: JsonObject = type.storage === EVENT_STORAGE ? rename(object, renames) : object;
  return { ...fields, apiVersion, kind: object.kind, metadata: object.metadata };
}

function rename(object: KubeObject, renames: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [renames.get(key) ?? key, value]));
}
