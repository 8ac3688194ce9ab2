import type { JsonObject } from './json.ts';
import { arrayAt, isObject, objectAt, stringAt, valueAtPath } from './json.ts';
import type { PrinterColumn } from './resource-type.ts';

/** Time since an RFC 3339 stamp in kubectl's short form: `35s`, `4m10s`, `3h`, `12d`. */
export function ageText(stamp: unknown, now: number = Date.now()): string {
  const from = typeof stamp === 'string' ? Date.parse(stamp) : Number.NaN;
  if (Number.isNaN(from)) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - from) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  return `${Math.floor(hours / 24)}d`;
}

export function column(name: string, value: (object: JsonObject) => unknown, priority = 0): PrinterColumn {
  return { name, type: 'string', priority, value };
}

const path = (name: string, fieldPath: string, priority = 0) =>
  column(name, (object) => valueAtPath(object, fieldPath), priority);

export const AGE = column('Age', (object) => ageText(valueAtPath(object, 'metadata.creationTimestamp')));

function readyCondition(object: JsonObject): string {
  const ready = arrayAt(object['status'], 'conditions').find((item) => stringAt(item, 'type') === 'Ready');
  if (ready === undefined) return 'Unknown';
  return stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
}

function nodeRoles(object: JsonObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(objectAt(object['metadata'], 'labels'))
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length));
  return roles.length === 0 ? '<none>' : roles.sort().join(',');
}

function nodeAddress(object: JsonObject): unknown {
  return arrayAt(object['status'], 'addresses')
    .filter((address) => stringAt(address, 'type') === 'InternalIP')
    .map((address) => stringAt(address, 'address'))[0];
}

const containerStatuses = (object: JsonObject) => arrayAt(object['status'], 'containerStatuses');

function podReady(object: JsonObject): string {
  const ready = containerStatuses(object).filter(
    (status) => isObject(status) && status['ready'] === true,
  ).length;
  return `${ready}/${arrayAt(object['spec'], 'containers').length}`;
}

function podStatus(object: JsonObject): unknown {
  if (stringAt(object['metadata'], 'deletionTimestamp') !== undefined) return 'Terminating';
  for (const status of containerStatuses(object)) {
    const reason = stringAt(objectAt(objectAt(status, 'state'), 'waiting'), 'reason');
    if (reason !== undefined) return reason;
  }
  return valueAtPath(object, 'status.phase');
}

function podRestarts(object: JsonObject): string {
  const counts = containerStatuses(object).map((status) =>
    isObject(status) ? Number(status['restartCount'] ?? 0) : 0,
  );
  return String(counts.reduce((sum, count) => sum + count, 0));
}

function eventObject(object: JsonObject): string {
  const involved = objectAt(object, 'involvedObject');
  return `${(stringAt(involved, 'kind') ?? '').toLowerCase()}/${stringAt(involved, 'name') ?? ''}`;
}

function eventLastSeen(object: JsonObject): string {
  const series = objectAt(object, 'series');
  return ageText(series['lastObservedTime'] ?? object['lastTimestamp'] ?? object['eventTime']);
}

/** Columns of the built-in kinds that are looked at with kubectl; the others show AGE. */
export const BUILT_IN_COLUMNS: Readonly<Record<string, readonly PrinterColumn[]>> = {
  Namespace: [column('Status', (object) => valueAtPath(object, 'status.phase') ?? 'Active'), AGE],
  Node: [
    column('Status', readyCondition),
    column('Roles', nodeRoles),
    AGE,
    path('Version', 'status.nodeInfo.kubeletVersion'),
    column('Internal-IP', nodeAddress, 1),
    path('OS-Image', 'status.nodeInfo.osImage', 1),
  ],
  Pod: [
    column('Ready', podReady),
    column('Status', podStatus),
    column('Restarts', podRestarts),
    AGE,
    path('IP', 'status.podIP', 1),
    path('Node', 'spec.nodeName', 1),
  ],
  Event: [
    column('Last Seen', eventLastSeen),
    path('Type', 'type'),
    path('Reason', 'reason'),
    column('Object', eventObject),
    path('Message', 'message'),
  ],
  ConfigMap: [column('Data', (object) => String(Object.keys(objectAt(object, 'data')).length)), AGE],
  Lease: [path('Holder', 'spec.holderIdentity'), AGE],
  CustomResourceDefinition: [
    column('Created At', (object) => valueAtPath(object, 'metadata.creationTimestamp')),
  ],
  DaemonSet: [path('Desired', 'status.desiredNumberScheduled'), path('Ready', 'status.numberReady'), AGE],
};
