import { dump } from 'js-yaml';
import { customResourceDefinition, KINDS } from '../api/crd.ts';

/** The CustomResourceDefinitions of our kinds as one YAML stream, for `kubectl apply --server-side -f -`. */
export function crdYaml(): string {
  return KINDS.map(
    (kind) => `---\n${dump(customResourceDefinition(kind), { noRefs: true, lineWidth: 120 })}`,
  ).join('');
}
