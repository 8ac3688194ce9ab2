import type { ControlPlane } from './control-plane.ts';
import { startKindCluster } from './kind.ts';
import { startLocalControlPlane } from './local.ts';

/**
 * A real Kubernetes API, ready for use: a kind cluster when CLUSTER=kind, the programs in
 * KUBEBUILDER_ASSETS when that is set, else those that build.sh builds.
 */
export function startControlPlane(environment: NodeJS.ProcessEnv = process.env): Promise<ControlPlane> {
  return environment['CLUSTER'] === 'kind' ? startKindCluster() : startLocalControlPlane(environment);
}
