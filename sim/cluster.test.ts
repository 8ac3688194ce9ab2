import { afterEach, describe, expect, it } from '@jest/globals';
import { arrayAt, stringAt, valueAtPath } from './api/json.ts';
import type { SimulatedCluster, SimulatedClusterOptions } from './cluster.ts';
import { startSimulatedCluster } from './cluster.ts';
import type { ScriptInput } from './script.ts';
import { parseScript } from './script.ts';
import { call, httpsGet } from './test-client.ts';

const NAMESPACE = 'openshift-ptp';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const CONTAINER = 'container=linuxptp-daemon-container';

let cluster: SimulatedCluster;
afterEach(async () => {
  await cluster.stop();
});

const start = async (script: ScriptInput, options: SimulatedClusterOptions = {}): Promise<void> => {
  const api = { tls: false, transportChaos: false };
  cluster = await startSimulatedCluster({ script: parseScript(script), api, ...options });
};
const get = async (path: string, token?: string) => {
  const { api } = cluster;
  if (api === undefined) throw new Error('no API');
  return await call(api, path, token === undefined ? {} : { token });
};

/** Asks until the answer is there; the test's own time limit bounds it. */
async function until<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('a simulated cluster', () => {
  it('shows its nodes, pods and PTP resources in the API', async () => {
    await start({ nodes: [{ name: 'worker-0' }, { name: 'bc-0', clockType: 'T-BC' }] });
    const pods = arrayAt((await get(`${PODS}?labelSelector=app%3Dlinuxptp-daemon`)).body, 'items');
    expect(pods.map((pod) => valueAtPath(pod, 'spec.nodeName')).sort()).toEqual(['bc-0', 'worker-0']);
    const map = await get(`/api/v1/namespaces/${NAMESPACE}/configmaps/ptp-configmap`);
    const profiles = JSON.parse(stringAt(map.body['data'], 'bc-0') ?? '') as { name: string }[];
    expect(profiles.map(({ name }) => name)).toEqual(['00-tbc-tt', '01-tbc-tr']);
    const ptp = `/apis/ptp.openshift.io/v1/namespaces/${NAMESPACE}`;
    for (const plural of ['ptpconfigs', 'nodeptpdevices', 'ptpoperatorconfigs']) {
      expect(arrayAt((await get(`${ptp}/${plural}`)).body, 'items').length).toBeGreaterThan(0);
    }
    expect(valueAtPath((await get(`${ptp}/nodeptpdevices/bc-0`)).body, 'status.devices')).toHaveLength(3);
  });

  it('streams a fault into the log at once and clears it', async () => {
    await start({ nodes: [{ name: 'worker-0' }] });
    const pod = cluster.nodes[0]?.podName ?? '';
    const log = async () => (await get(`${PODS}/${pod}/log?${CONTAINER}&timestamps=true`)).text;
    await until(async () => ((await log()).includes('UNCALIBRATED to SLAVE') ? true : undefined));
    cluster.inject('worker-0', 'linkDown');
    expect(await log()).toMatch(/Z ptp4l\[.*SLAVE to FAULTY on FAULT_DETECTED/);
    cluster.clear('worker-0', 'linkDown');
    expect(await log()).toContain('link up');
  });

  it('serves the previous log and the restart count after a container restart', async () => {
    await start({ nodes: [{ name: 'worker-0' }] });
    const pod = cluster.nodes[0]?.podName ?? '';
    expect((await get(`${PODS}/${pod}/log?${CONTAINER}&previous=true`)).code).toBe(400);
    await until(() => (cluster.nodes[0]?.log.written ?? 0) > 20 || undefined);
    cluster.inject('worker-0', 'containerRestarted');
    const status = arrayAt((await get(`${PODS}/${pod}`)).body['status'], 'containerStatuses');
    expect(status.map((each) => valueAtPath(each, 'restartCount'))).toEqual([1, 0]);
    expect((await get(`${PODS}/${pod}/log?${CONTAINER}&previous=true`)).text).toContain('Git commit');
  });

  it('changes PtpConfig and ptp-configmap when a profile changes, and changes them back', async () => {
    await start({ nodes: [{ name: 'worker-0' }, { name: 'worker-1' }] });
    const names = async () =>
      arrayAt((await get(`/apis/ptp.openshift.io/v1/namespaces/${NAMESPACE}/ptpconfigs`)).body, 'items').map(
        (item) => valueAtPath(item, 'metadata.name'),
      );
    expect(await names()).toEqual(['ordinary-clock']);
    cluster.inject('worker-1', 'wrongDomain');
    expect(await names()).toEqual(['ordinary-clock', 'ordinary-clock-worker-1']);
    const map = await get(`/api/v1/namespaces/${NAMESPACE}/configmaps/ptp-configmap`);
    expect(stringAt(map.body['data'], 'worker-1')).toContain('domainNumber 25');
    cluster.clear('worker-1', 'wrongDomain');
    expect(await names()).toEqual(['ordinary-clock']);
  });

  it('serves each node’s metrics at its own address, to bearers of a known token', async () => {
    await start({ nodes: [{ name: 'worker-0' }, { name: 'worker-1' }] });
    const { api, metrics } = cluster;
    const token = api?.adminToken ?? '';
    const options = { ca: metrics.caCertificate, servername: `ptp-monitor-service.${NAMESPACE}.svc` };
    const pod = await get(`${PODS}/${cluster.nodes[1]?.podName ?? ''}`);
    const url = `https://${String(valueAtPath(pod.body, 'status.podIP'))}:${metrics.port}/metrics`;
    const text = await until(async () => {
      const answer = await httpsGet(url, { ...options, token });
      return answer.text.includes('clock_state') ? answer.text : undefined;
    });
    expect(text).toMatch(
      /^openshift_ptp_process_status\{config="ptp4l.0.config",node="worker-1",process="ptp4l"\} 1$/m,
    );
    expect((await httpsGet(url, options)).code).toBe(401);
  });

  it('serves logs over a kubelet endpoint for a real API server', async () => {
    await start({ nodes: [{ name: 'worker-0' }] }, { api: false });
    expect(cluster.kubeconfig).toBe('');
    const kinds = cluster.clusterObjects().map(({ kind }) => kind);
    expect(kinds.indexOf('CustomResourceDefinition')).toBeLessThan(kinds.indexOf('PtpConfig'));
    const node = cluster.clusterObjects().find(({ kind }) => kind === 'Node');
    expect(valueAtPath(node, 'status.daemonEndpoints.kubeletEndpoint.Port')).toBe(cluster.kubelet?.port);
    const url = `https://127.0.0.1:${cluster.kubelet?.port ?? 0}/containerLogs/${NAMESPACE}/${cluster.nodes[0]?.podName ?? ''}`;
    await until(() => (cluster.nodes[0]?.log.written ?? 0) > 0 || undefined);
    const ca = cluster.kubelet?.caCertificate ?? '';
    const answer = await httpsGet(`${url}/linuxptp-daemon-container?timestamps=true`, { ca });
    expect(answer.text).toMatch(/^\d{4}-\d\d-\d\dT.*Z Git commit/);
    expect((await httpsGet(`${url}/nothing`, { ca })).code).toBe(400);
  });

  it('plays the faults of its script', async () => {
    const seen: string[] = [];
    await start(
      {
        nodes: [{ name: 'worker-0' }],
        faults: [{ at: 0.05, for: 0.05, node: 'worker-0', fault: 'linkDown' }],
      },
      { onFault: ({ fault, active }) => seen.push(`${fault} ${active ? 'on' : 'off'}`) },
    );
    await until(() => seen.length === 2 || undefined);
    expect(seen).toEqual(['linkDown on', 'linkDown off']);
  });

  it('refuses unknown nodes', async () => {
    await start({ nodes: [{ name: 'worker-0' }] });
    expect(() => cluster.inject('worker-9', 'linkDown')).toThrow('no simulated node worker-9');
  });
});
