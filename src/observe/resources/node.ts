import type { KubeObject } from '../../kube/objects.ts';
import type { NodeLife } from '../observation.ts';
import { fieldsOf, itemsOf, textsOf } from './loose.ts';

/** What we keep of a Node: labels decide profiles and policies, the uid owns the report. */
export interface ClusterNode {
  name: string;
  uid: string;
  ready: NodeLife['ready'];
  labels: Readonly<Record<string, string>>;
}

export function projectNode(raw: KubeObject): ClusterNode {
  return {
    name: raw.metadata.name,
    uid: raw.metadata.uid ?? '',
    ready: readiness(raw),
    labels: textsOf(raw.metadata.labels),
  };
}

function readiness(raw: KubeObject): NodeLife['ready'] {
  const conditions = itemsOf(fieldsOf(raw['status'])['conditions']).map(fieldsOf);
  const status = conditions.find((condition) => condition['type'] === 'Ready')?.['status'];
  return status === 'True' || status === 'False' ? status : 'Unknown';
}
