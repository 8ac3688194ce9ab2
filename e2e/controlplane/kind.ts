import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ApiClient } from './api-client.ts';
import { AUDIT_POLICY } from './audit.ts';
import type { ControlPlane, RestartOptions } from './control-plane.ts';
import { kubeconfig } from './kubeconfig.ts';
import { runKubectl } from './kubectl.ts';

/**
 * CLUSTER=kind: a cluster of the machine's own `kind` and `docker`, made for the run and
 * deleted after it. The API server runs in a container, so simulated kubelets are reached at
 * the gateway address of the network named `kind`.
 */

const run = promisify(execFile);
const CLUSTER_NAME = 'ptp-health-e2e';
const NODE_CONTAINER = `${CLUSTER_NAME}-control-plane`;

export async function startKindCluster(): Promise<ControlPlane> {
  const directory = mkdtempSync(join(tmpdir(), 'ptp-health-kind-'));
  const kubeconfigPath = join(directory, 'admin.kubeconfig');
  mkdirSync(join(directory, 'audit'));
  writeFileSync(join(directory, 'audit', 'policy.yaml'), JSON.stringify(AUDIT_POLICY));
  writeFileSync(join(directory, 'kind.json'), JSON.stringify(clusterConfiguration(join(directory, 'audit'))));
  await run('kind', [
    ...['create', 'cluster', '--name', CLUSTER_NAME, '--kubeconfig', kubeconfigPath],
    ...['--config', join(directory, 'kind.json'), '--wait', '120s'],
  ]);

  const kubectl: ControlPlane['kubectl'] = (args, options = {}) =>
    runKubectl({ file: 'kubectl', args }, options.kubeconfigPath ?? kubeconfigPath, options);
  const { url, caData } = await endpointOf(kubectl);
  const adminToken = await makeAdministrator(kubectl);
  const admin = new ApiClient(url, caData, adminToken);

  return {
    source: 'kind',
    url,
    caData,
    adminToken,
    kubeconfigPath,
    admin,
    auditLogPath: join(directory, 'audit', 'audit.log'),
    nodeAddress: await gatewayOf('kind'),
    hasControllers: true,
    canChangeFlags: false,
    kubectl,
    tokenFor: (namespace, serviceAccount) => createToken(kubectl, namespace, serviceAccount),
    writeKubeconfig(name, token) {
      const path = join(directory, `${name}.kubeconfig`);
      writeFileSync(path, kubeconfig(url, caData, token), { mode: 0o600 });
      return path;
    },
    restartApiServer: (options) => restartApiServer(admin, options),
    async stop() {
      admin.close();
      await run('kind', ['delete', 'cluster', '--name', CLUSTER_NAME]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function clusterConfiguration(auditFolder: string): object {
  const mount = {
    name: 'audit',
    hostPath: '/audit',
    mountPath: '/audit',
    readOnly: false,
    pathType: 'Directory',
  };
  const patch = {
    kind: 'ClusterConfiguration',
    apiServer: {
      extraArgs: { 'audit-policy-file': '/audit/policy.yaml', 'audit-log-path': '/audit/audit.log' },
      extraVolumes: [mount],
    },
  };
  return {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [
      {
        role: 'control-plane',
        extraMounts: [{ hostPath: auditFolder, containerPath: '/audit' }],
        kubeadmConfigPatches: [JSON.stringify(patch)],
      },
    ],
  };
}

async function endpointOf(kubectl: ControlPlane['kubectl']): Promise<{ url: string; caData: string }> {
  const view = await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json']);
  const cluster = (
    JSON.parse(view.stdout) as {
      clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
    }
  ).clusters[0]!.cluster;
  return {
    url: cluster.server,
    caData: Buffer.from(cluster['certificate-authority-data'], 'base64').toString('utf8'),
  };
}

/** kind's administrator has a client certificate; the tests' client wants a token. */
async function makeAdministrator(kubectl: ControlPlane['kubectl']): Promise<string> {
  await kubectl(['create', 'serviceaccount', 'e2e-admin', '-n', 'kube-system']);
  await kubectl([
    ...['create', 'clusterrolebinding', 'e2e-admin'],
    ...['--clusterrole=cluster-admin', '--serviceaccount=kube-system:e2e-admin'],
  ]);
  return createToken(kubectl, 'kube-system', 'e2e-admin');
}

async function createToken(
  kubectl: ControlPlane['kubectl'],
  namespace: string,
  serviceAccount: string,
): Promise<string> {
  const result = await kubectl(['create', 'token', serviceAccount, '-n', namespace, '--duration=1h']);
  if (result.code !== 0) throw new Error(`no token for ${namespace}/${serviceAccount}: ${result.stderr}`);
  return result.stdout.trim();
}

async function gatewayOf(network: string): Promise<string> {
  const { stdout } = await run('docker', ['network', 'inspect', network, '-f', '{{json .IPAM.Config}}']);
  const gateways = (JSON.parse(stdout) as { Gateway?: string }[]).map((config) => config.Gateway ?? '');
  const ipv4 = gateways.find((gateway) => gateway.includes('.'));
  if (ipv4 === undefined) throw new Error(`the docker network ${network} has no IPv4 gateway: ${stdout}`);
  return ipv4;
}

/** The kubelet of the kind node starts the API server again by itself. */
async function restartApiServer(admin: ApiClient, options: RestartOptions = {}): Promise<void> {
  const signal = (options.signal ?? 'SIGTERM').replace('SIG', '');
  await run('docker', ['exec', NODE_CONTAINER, 'pkill', `-${signal}`, 'kube-apiserver']);
  await sleep(1_000);
  const deadline = performance.now() + 120_000;
  while (!(await isReady(admin))) {
    if (performance.now() > deadline) throw new Error('the API server of the kind cluster did not come back');
    await sleep(500);
  }
}

function isReady(admin: ApiClient): Promise<boolean> {
  return admin.get('/readyz').then(
    (answer) => answer.status === 200,
    () => false,
  );
}
