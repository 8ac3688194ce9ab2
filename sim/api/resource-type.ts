import type { JsonObject } from './json.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';
export const ALL_VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** A column of `kubectl get`: a JSON path of a CRD or a function of a built-in kind. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** 0 = always shown, higher = `-o wide` only. */
  readonly priority: number;
  readonly value: (object: JsonObject) => unknown;
}

/** What the API serves: one row per resource, built in or from a CRD. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly hasStatus: boolean;
  /** Structural schema of the whole object. */
  readonly schema: JsonObject;
  /** CRDs prune what their schema does not name; built-in kinds keep everything. */
  readonly prune: boolean;
  /** Columns after NAME; a CRD without its own gets AGE. */
  readonly columns: readonly PrinterColumn[];
  /** Where the objects are kept; core and events.k8s.io Events share one place. */
  readonly storage: string;
}

export function groupVersion(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

export function storageKey(group: string, plural: string): string {
  return `${group}/${plural}`;
}
