import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../controlplane/control-plane.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Where the shipped manifests put the operator, and where the PTP operator's daemon runs. */
export const OPERATOR_NAMESPACE = 'ptp-health';
export const OPERATOR_SERVICE_ACCOUNT = 'ptp-health-operator';
export const PTP_NAMESPACE = 'openshift-ptp';
export const OPERATOR_USER = `system:serviceaccount:${OPERATOR_NAMESPACE}:${OPERATOR_SERVICE_ACCOUNT}`;

const OUR_KINDS = ['ptphealthreports', 'ptpfleetreports', 'ptphealthpolicies'];

/** A folder under config/ that can be applied. */
export type Overlay = 'default' | 'openshift' | 'single-node';

/** Applies shipped manifests as a user would; gives what kubectl printed. */
export async function installOperator(controlPlane: ControlPlane, overlay: Overlay): Promise<string> {
  const output = await mustKubectl(controlPlane, ['apply', '--server-side', '-k', overlayPath(overlay)]);
  await mustKubectl(controlPlane, [
    ...['wait', '--for=condition=Established', '--timeout=30s'],
    ...OUR_KINDS.map((plural) => `crd/${plural}.ptphealth.io`),
  ]);
  return output;
}

export function overlayPath(overlay: Overlay): string {
  return join(ROOT, 'config', overlay);
}

/** Makes a namespace and waits for its default ServiceAccount, without which no pod can be posted. */
export async function createNamespace(controlPlane: ControlPlane, name: string): Promise<void> {
  const created = await controlPlane.admin.post('/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  });
  if (created.status !== 201 && created.status !== 409) {
    throw new Error(`cannot make namespace ${name}: ${JSON.stringify(created.body)}`);
  }
  if (!controlPlane.hasControllers) {
    await controlPlane.admin.post(`/api/v1/namespaces/${name}/serviceaccounts`, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default' },
    });
  }
  await eventually(`the default ServiceAccount of ${name}`, async () => {
    const answer = await controlPlane.admin.get(`/api/v1/namespaces/${name}/serviceaccounts/default`);
    return answer.status === 200 ? true : undefined;
  });
}

/** kubectl as administrator; throws what it printed when it fails. */
export async function mustKubectl(controlPlane: ControlPlane, args: readonly string[]): Promise<string> {
  const result = await controlPlane.kubectl(args);
  if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')} failed:\n${result.stderr}`);
  return result.stdout;
}

/** Asks until there is an answer; fails with the name of what never came and the last error. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  deadlineMillis = 20_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMillis;
  let lastError: unknown;
  while (performance.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      lastError = error;
    }
    await sleep(50);
  }
  throw new Error(`${what}: not seen in ${deadlineMillis} ms`, { cause: lastError });
}
