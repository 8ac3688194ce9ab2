import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import type { KubeObject, ResourceDefinition } from '../../kube/objects.ts';
import { projectAppliedConfig } from '../../observe/resources/applied-config.ts';
import { projectNode } from '../../observe/resources/node.ts';
import { projectPtpConfig } from '../../observe/resources/ptp-config.ts';
import { APPLIED_CONFIG_MAP, CONFIG_MAPS, NODES, PTP_CONFIGS } from '../../observe/resources/upstream.ts';
import type { ClusterView } from './sources.ts';

/** The same view as of files, read from the API server. @throws KubeError */
export async function readCluster(
  client: KubeClient,
  namespace: string,
  node: string | undefined,
): Promise<ClusterView> {
  const [configs, applied, object] = await Promise.all([
    client.list(PTP_CONFIGS, { namespace }),
    getIfThere(client, CONFIG_MAPS, { name: APPLIED_CONFIG_MAP, namespace }),
    node === undefined ? undefined : getIfThere(client, NODES, { name: node }),
  ]);
  return {
    configs: configs.items.map(projectPtpConfig),
    nodes: object === undefined ? [] : [projectNode(object)],
    ...(applied === undefined ? {} : { applied: projectAppliedConfig(applied) }),
  };
}

async function getIfThere(
  client: KubeClient,
  resource: ResourceDefinition,
  reference: { name: string; namespace?: string },
): Promise<KubeObject | undefined> {
  try {
    return await client.get(resource, reference);
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}
