import type { KubeClient } from '../../../src/kube/client.ts';
import { isNotFound } from '../../../src/kube/errors.ts';
import type { KubeObject, ResourceDefinition } from '../../../src/kube/objects.ts';
import { ContainerLog } from '../../../sim/nodes/container-log.ts';
import { LogError, type LogBackend } from '../../../sim/kubelet/log-backend.ts';

export const NAMESPACE = 'behaviour';
export const NODE_NAME = 'behaviour-node';
export const CONTAINER = 'main';

const core = (plural: string, kind: string, namespaced: boolean): ResourceDefinition => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});

export const CONFIG_MAPS = core('configmaps', 'ConfigMap', true);
export const NAMESPACES = core('namespaces', 'Namespace', false);
export const NODES = core('nodes', 'Node', false);
export const PODS = core('pods', 'Pod', true);
export const SERVICE_ACCOUNTS = core('serviceaccounts', 'ServiceAccount', true);
export const CRDS: ResourceDefinition = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
export const WIDGETS: ResourceDefinition = {
  group: 'behaviour.example.com',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
  namespaced: false,
};
/** Served only once a test has installed it. */
export const LATECOMERS: ResourceDefinition = { ...WIDGETS, plural: 'latecomers', kind: 'Latecomer' };

const SCHEMA = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { colour: { type: 'string', enum: ['Red', 'Green'] } } },
    status: {
      type: 'object',
      properties: {
        state: { type: 'string', maxLength: 10 },
        count: { type: 'integer', minimum: 0 },
        items: { type: 'array', 'x-kubernetes-list-type': 'atomic', items: { type: 'string' } },
      },
    },
  },
};

export function crdOf(resource: ResourceDefinition): KubeObject {
  return {
    metadata: { name: `${resource.plural}.${resource.group}` },
    spec: {
      group: resource.group,
      scope: 'Cluster',
      names: { plural: resource.plural, singular: resource.kind.toLowerCase(), kind: resource.kind },
      versions: [
        {
          name: resource.version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: SCHEMA },
          subresources: { status: {} },
          additionalPrinterColumns: [{ name: 'State', type: 'string', jsonPath: '.status.state' }],
        },
      ],
    },
  };
}

/** A little less than the time limit of a test, so that the message says what was waited for. */
const PATIENCE_MILLIS = 50_000;

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MILLIS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function installCrd(client: KubeClient, resource: ResourceDefinition): Promise<void> {
  await client.create(CRDS, crdOf(resource));
  await until(() =>
    client.list(resource).then(
      () => true,
      (error: unknown) => {
        if (isNotFound(error)) return false;
        throw error;
      },
    ),
  );
}

/** Logs of containers that the test writes, by pod. */
export class PodLogs implements LogBackend {
  readonly #logs = new Map<string, ContainerLog>();

  of(pod: string): ContainerLog {
    const log = this.#logs.get(pod) ?? new ContainerLog(1_000_000);
    this.#logs.set(pod, log);
    return log;
  }

  openLog: LogBackend['openLog'] = ({ pod, container }, query, sink) => {
    if (container !== CONTAINER) throw new LogError(400, `container ${container} is not valid`);
    return this.of(pod).read(query, sink);
  };
}

/** A pod on the behaviour node, running, restarted once. */
export async function createPod(client: KubeClient, name: string): Promise<void> {
  await client.create(PODS, {
    metadata: { name, namespace: NAMESPACE },
    spec: {
      nodeName: NODE_NAME,
      serviceAccountName: NAMESPACE,
      automountServiceAccountToken: false,
      containers: [{ name: CONTAINER, image: 'none' }],
    },
  });
  const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
  const container = {
    name: CONTAINER,
    image: 'none',
    imageID: '',
    ready: true,
    restartCount: 1,
    state: running,
  };
  const status = { phase: 'Running', containerStatuses: [container] };
  await client.patch(
    PODS,
    { namespace: NAMESPACE, name },
    { type: 'Merge', body: { status }, subresource: 'status' },
  );
}

/** Namespace, service account, node and kind that the suite uses. */
export async function prepareCluster(
  client: KubeClient,
  kubelet: { address: string; port: number },
): Promise<void> {
  await client.create(NAMESPACES, { metadata: { name: NAMESPACE } });
  await client.create(SERVICE_ACCOUNTS, { metadata: { name: NAMESPACE, namespace: NAMESPACE } });
  await client.create(NODES, { metadata: { name: NODE_NAME } });
  const status = {
    addresses: [{ type: 'InternalIP', address: kubelet.address }],
    daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
  };
  await client.patch(NODES, { name: NODE_NAME }, { type: 'Merge', body: { status }, subresource: 'status' });
  await installCrd(client, WIDGETS);
}
