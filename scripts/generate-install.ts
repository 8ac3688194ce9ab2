import { dump } from 'js-yaml';
import { policyRules, type CallScope } from '../src/kube/rbac.ts';

/**
 * The generated part of config/: roles rendered from the one list of calls in src/kube/rbac.ts.
 * Who is bound to them, and where, is written by hand beside them.
 */

export interface GeneratedFile {
  path: string;
  content: string;
}

const OPERATOR_NAME = 'ptp-health-operator';
const OPERATOR_NAMESPACE = 'ptp-health';
const LABELS = { 'app.kubernetes.io/name': OPERATOR_NAME, 'app.kubernetes.io/component': 'rbac' };

/** One role for each scope of the list. */
const ROLES: readonly { file: string; name: string; scope: CallScope; namespace?: string }[] = [
  { file: 'cluster-role.yaml', name: OPERATOR_NAME, scope: 'Cluster' },
  // A ClusterRole too, so that it can be bound in any namespace, or in all of them.
  { file: 'ptp-namespace-role.yaml', name: 'ptp-health-ptp-reader', scope: 'PtpNamespace' },
  {
    file: 'own-namespace-role.yaml',
    name: OPERATOR_NAME,
    scope: 'OwnNamespace',
    namespace: OPERATOR_NAMESPACE,
  },
];

/** The role files, to be written by scripts/generate.ts. */
export function roleFiles(header: string): GeneratedFile[] {
  return ROLES.map(({ file, name, scope, namespace }) => ({
    path: `config/rbac/${file}`,
    content: header + dump(role(name, scope, namespace), { noRefs: true, lineWidth: 120 }),
  }));
}

function role(name: string, scope: CallScope, namespace: string | undefined): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: LABELS },
    rules: policyRules(scope),
  };
}
