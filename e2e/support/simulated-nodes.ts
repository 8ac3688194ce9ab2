import type { ObjectInput } from '../../sim/api/object-access.ts';
import {
  startSimulatedCluster,
  type SimulatedCluster,
  type SimulatedClusterOptions,
} from '../../sim/cluster.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';
import { createNamespace, eventually } from './install.ts';

/** Simulated nodes whose objects live in a real API server. */
export interface SimulatedNodes {
  readonly cluster: SimulatedCluster;
  /** Deletes the Node and its daemon pod, as when a machine leaves the cluster. */
  removeNode(name: string): Promise<void>;
  /** Writes the objects again as the nodes are now, for example after a container restart. */
  publish(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts simulated nodes and posts their Nodes, daemon pods, profiles and devices. The API
 * server fetches pod logs from the simulated kubelet, which answers for all of them.
 */
export async function startSimulatedNodes(
  controlPlane: ControlPlane,
  options: Omit<SimulatedClusterOptions, 'api'>,
): Promise<SimulatedNodes> {
  const kubelet = { host: controlPlane.nodeAddress };
  const cluster = await startSimulatedCluster({ ...options, api: false, kubelet });
  const publisher = new Publisher(controlPlane);
  await publisher.publish(cluster.clusterObjects());
  return {
    cluster,
    publish: () => publisher.publish(cluster.clusterObjects()),
    removeNode: (name) => removeNode(controlPlane, cluster, name),
    stop: () => cluster.stop(),
  };
}

/** Plurals of the built-in kinds; those of custom kinds come from their CRDs. */
const BUILT_IN_PLURALS: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  Node: 'nodes',
  Pod: 'pods',
  ConfigMap: 'configmaps',
  CustomResourceDefinition: 'customresourcedefinitions',
};

class Publisher {
  readonly #controlPlane: ControlPlane;
  readonly #plurals = new Map(Object.entries(BUILT_IN_PLURALS));

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
  }

  async publish(objects: readonly ObjectInput[]): Promise<void> {
    for (const object of objects) await this.#apply(object);
  }

  async #apply(object: ObjectInput): Promise<void> {
    if (object.kind === 'Namespace') {
      await createNamespace(this.#controlPlane, object.metadata.name);
      return;
    }
    const { status, ...rest } = object.kind === 'Node' ? this.#reachable(object) : object;
    const path = this.#path(object);
    await this.#mustApply(path, rest);
    // The server drops `status` from a write of the object itself.
    if (status !== undefined) await this.#mustApply(`${path}/status`, { ...identity(object), status });
    if (object.kind === 'CustomResourceDefinition') await this.#learnKind(object, path);
  }

  async #mustApply(path: string, body: object): Promise<void> {
    const answer = await this.#controlPlane.admin.apply(path, body);
    if (answer.status >= 300)
      throw new Error(`apply ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** Where the API server finds the kubelet; the simulated exporters have addresses of their own. */
  #reachable(node: ObjectInput): ObjectInput & { status: object } {
    const addresses = [{ type: 'InternalIP', address: this.#controlPlane.nodeAddress }];
    return { ...node, status: { ...(node['status'] as object), addresses } };
  }

  async #learnKind(object: ObjectInput, path: string): Promise<void> {
    const { names, group, versions, scope } = object['spec'] as {
      names: { kind: string; plural: string };
      group: string;
      scope: string;
      versions: { name: string }[];
    };
    this.#plurals.set(names.kind, names.plural);
    const collection = `/apis/${group}/${versions[0]!.name}/${names.plural}`;
    await eventually(`the kind ${names.kind} (${scope}) of ${path}`, async () =>
      (await this.#controlPlane.admin.get(collection)).status === 200 ? true : undefined,
    );
  }

  #path({ apiVersion, kind, metadata }: ObjectInput): string {
    const plural = this.#plurals.get(kind);
    if (plural === undefined) throw new Error(`no plural known for ${kind}`);
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
    return `${root}${namespace}/${plural}/${metadata.name}`;
  }
}

function identity({ apiVersion, kind, metadata }: ObjectInput): object {
  return { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } };
}

async function removeNode(
  controlPlane: ControlPlane,
  cluster: SimulatedCluster,
  name: string,
): Promise<void> {
  const pod = cluster.nodes.find((node) => node.spec.name === name)!.podName;
  await controlPlane.admin.delete(`/api/v1/nodes/${name}`);
  // No kubelet confirms the end of the pod, so it is deleted without grace.
  await controlPlane.admin.delete(`/api/v1/namespaces/openshift-ptp/pods/${pod}?gracePeriodSeconds=0`);
}
