import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformScript } from '../sim/script.ts';
import { readAuditLog, type AuditedCall } from './controlplane/audit.ts';
import type { ControlPlane, RestartOptions } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import {
  createNamespace,
  eventually,
  installOperator,
  mustKubectl,
  OPERATOR_NAMESPACE,
  OPERATOR_USER,
  PTP_NAMESPACE,
} from './support/install.ts';
import {
  answers,
  LEASE_DURATION_SECONDS,
  startOperator,
  type OperatorProcess,
} from './support/operator-process.ts';
import { callsOutsideTheList, rightsNeverUsed } from './support/permissions.ts';
import { countOf, leaderName, listReports, readFleet, readReport } from './support/reports.ts';
import { startSimulatedNodes, type SimulatedNodes } from './support/simulated-nodes.ts';

jest.setTimeout(180_000);

/**
 * worker-0 is a T-GM, worker-1 and worker-11 are T-BC, the others T-TSC. Each fault gets a node of
 * its own: faults that follow each other within seconds on one port are one episode.
 */
const SCRIPT = uniformScript(14);
const NODE_NAMES = SCRIPT.nodes.map((node) => node.name);
const NODE_TO_DELETE = 'worker-13';

const POLICY = {
  apiVersion: 'ptphealth.io/v1alpha1',
  kind: 'PtpHealthPolicy',
  metadata: { name: 'strict' },
  spec: { priority: 10, gracePeriodSeconds: 90 },
};

/**
 * The story of one installation, in order: each test starts from the state the one before left.
 * Two replicas run as the shipped ServiceAccount with the shipped roles of config/openshift.
 */
describe('operator on a real API server', () => {
  let controlPlane: ControlPlane;
  let nodes: SimulatedNodes;
  const replicas = new Map<string, OperatorProcess>();
  const outages: { fromMicros: number; toMicros: number }[] = [];

  const startReplica = async (name: string): Promise<void> => {
    replicas.set(name, await startOperator(controlPlane, { name, daemonMetrics: nodes.cluster.metrics }));
  };
  const currentLeader = async (): Promise<OperatorProcess | undefined> => {
    const holder = await leaderName(controlPlane.admin, OPERATOR_NAMESPACE);
    return [...replicas.values()].find((replica) => holder?.startsWith(replica.name));
  };
  const mustLead = (): Promise<OperatorProcess> => eventually('a leader', currentLeader);
  const newLeaderAfter = (former: OperatorProcess): Promise<OperatorProcess> =>
    eventually('another leader', async () => {
      const leader = await currentLeader();
      return leader === undefined || leader.name === former.name ? undefined : leader;
    });
  const linkFaults = async (node: string): Promise<number> =>
    countOf(await readReport(controlPlane.admin, node), 'LinkDown');
  /** Waits longer than any back-off: what matters is that a fault is not lost, nor counted twice. */
  const expectOneLinkFault = async (node: string): Promise<void> => {
    await eventually(
      `the fault of ${node}`,
      async () => ((await linkFaults(node)) > 0 ? true : undefined),
      60_000,
    );
    expect(await linkFaults(node)).toBe(1);
  };
  const restartApiServer = async (options: RestartOptions): Promise<void> => {
    const fromMicros = Date.now() * 1000;
    await controlPlane.restartApiServer(options);
    // It answers before it has read all roles, and refuses then what it allows a moment later.
    outages.push({ fromMicros, toMicros: (Date.now() + 2_000) * 1000 });
  };
  const breakAndMendLink = async (node: string): Promise<void> => {
    nodes.cluster.inject(node, 'linkDown');
    await sleep(1_500);
    nodes.cluster.clear(node, 'linkDown');
    await sleep(1_500);
  };

  beforeAll(async () => {
    controlPlane = await startControlPlane();
    await createNamespace(controlPlane, PTP_NAMESPACE);
    await installOperator(controlPlane, 'openshift');
    nodes = await startSimulatedNodes(controlPlane, { script: SCRIPT });
    await startReplica('replica-a');
    await startReplica('replica-b');
  });
  afterAll(async () => {
    await Promise.all([...replicas.values()].map((replica) => replica.program.stop()));
    await nodes.stop();
    await controlPlane.stop();
  });

  it('reports on every node, and on the fleet', async () => {
    await eventually(
      'a report with data for every node',
      async () => {
        const reports = await listReports(controlPlane.admin);
        const judged = reports.filter(
          (report) => report.status !== undefined && report.status.health !== 'Unknown',
        );
        return judged.length === NODE_NAMES.length ? true : undefined;
      },
      60_000,
    );
    const reports = await listReports(controlPlane.admin);
    expect(reports.map((report) => report.metadata.name).sort()).toEqual([...NODE_NAMES].sort());
    for (const report of reports) {
      const types = report.status!.conditions.map((condition) => condition.type);
      expect(types).toEqual(
        expect.arrayContaining(['Ready', 'DataFresh', 'Synchronized', 'Compliant', 'HardwareMapped']),
      );
      expect(report.metadata.ownerReferences).toEqual([
        expect.objectContaining({ kind: 'Node', name: report.metadata.name }),
      ]);
    }
    const fleet = await eventually('the fleet report', async () => {
      const status = await readFleet(controlPlane.admin);
      return status?.totalNodes === NODE_NAMES.length ? status : undefined;
    });
    expect(fleet.verdicts.healthy).toBeGreaterThan(0);
  });

  it('both replicas are ready: the standby answers reads with warm caches', async () => {
    for (const replica of replicas.values()) {
      await eventually(`${replica.name} ready`, async () =>
        (await answers(`${replica.healthUrl}/readyz`)) ? true : undefined,
      );
    }
    await mustLead();
  });

  it('kubectl, the metrics and MCP of both replicas say the same', async () => {
    const unhealthy = (await listReports(controlPlane.admin))
      .filter((report) => report.status?.health !== 'Healthy')
      .map((report) => report.metadata.name);
    for (const replica of replicas.values()) {
      const metrics = await (await fetch(replica.metricsUrl)).text();
      for (const node of NODE_NAMES) expect(metrics).toContain(`node="${node}"`);
      const client = new Client({ name: 'e2e', version: '0' });
      await client.connect(new StreamableHTTPClientTransport(new URL(replica.mcpUrl)));
      const { content } = await client.callTool({ name: 'ptp_health', arguments: {} });
      for (const node of unhealthy) expect(JSON.stringify(content)).toContain(node);
      await client.close();
    }
  });

  it('a fault that a kubelet serves shows in kubectl get -w, and its end too', async () => {
    const watching = controlPlane.kubectl(['get', 'phr', 'worker-2', '-w'], { deadlineMillis: 12_000 });
    await sleep(1_500);
    const injected = performance.now();
    nodes.cluster.inject('worker-2', 'linkDown');
    await eventually('worker-2 unhealthy', async () => {
      const health = (await readReport(controlPlane.admin, 'worker-2'))?.status?.health;
      return health === 'Healthy' ? undefined : health;
    });
    console.log(`link down to status: ${Math.round(performance.now() - injected)} ms`);
    nodes.cluster.clear('worker-2', 'linkDown');
    await expectOneLinkFault('worker-2');
    const rows = (await watching).stdout.split('\n').filter((row) => row.startsWith('worker-2'));
    const verdicts = rows.map((row) => row.split(/\s+/)[1]);
    expect(verdicts[0]).toBe('Healthy');
    expect(verdicts.some((verdict) => verdict !== 'Healthy')).toBe(true);
  });

  it('kubectl describe shows the episode with its evidence, and an Event tells of the change', async () => {
    const described = await mustKubectl(controlPlane, ['describe', 'phr', 'worker-2']);
    expect(described).toMatch(/Kind:\s+LinkDown/);
    expect(described).toMatch(/link down/);
    await eventually('an Event about worker-2', async () => {
      const events = await mustKubectl(controlPlane, ['get', 'events.events.k8s.io', '-A', '-o', 'json']);
      return events.includes('"worker-2"') ? true : undefined;
    });
  });

  it('a fault that comes again continues its Event as a series', async () => {
    await breakAndMendLink('worker-12');
    // Within the hold of the recovery it would be the same fault.
    await eventually('the end of the first fault', async () => {
      const report = await readReport(controlPlane.admin, 'worker-12');
      return report?.status?.faults.recent[0]?.endTime === undefined ? undefined : true;
    });
    await breakAndMendLink('worker-12');
    await eventually(
      'a series',
      async () => {
        const { body } = await controlPlane.admin.get('/apis/events.k8s.io/v1/events');
        const { items } = body as { items: { regarding?: { name?: string }; series?: { count: number } }[] };
        const series = items.filter(
          (event) => event.regarding?.name === 'worker-12' && event.series !== undefined,
        );
        return series.length > 0 ? true : undefined;
      },
      60_000,
    );
  });

  it('a policy is in force, and its status says on how many nodes', async () => {
    const policies = '/apis/ptphealth.io/v1alpha1/ptphealthpolicies';
    expect(await controlPlane.admin.apply(`${policies}/strict`, POLICY)).toMatchObject({ status: 201 });
    await eventually('the status of the policy', async () => {
      const answer = await controlPlane.kubectl([
        'get',
        'ptphealthpolicy',
        'strict',
        '-o',
        'jsonpath={.status.matchedNodes}',
      ]);
      return answer.stdout === String(NODE_NAMES.length) ? true : undefined;
    });
  });

  it('deleting a Node removes its report', async () => {
    await nodes.removeNode(NODE_TO_DELETE);
    await eventually('the deleted node’s report gone', async () =>
      (await readReport(controlPlane.admin, NODE_TO_DELETE)) === undefined ? true : undefined,
    );
    await eventually('the fleet without it', async () =>
      (await readFleet(controlPlane.admin))?.totalNodes === NODE_NAMES.length - 1 ? true : undefined,
    );
    expect(await readReport(controlPlane.admin, NODE_TO_DELETE)).toBeUndefined();
  });

  it('a leader that is killed is replaced, and the counts go on', async () => {
    await breakAndMendLink('worker-3');
    await expectOneLinkFault('worker-3');
    const killed = await mustLead();
    killed.program.kill('SIGKILL');
    await killed.program.exited;
    await breakAndMendLink('worker-4');
    await newLeaderAfter(killed);
    await expectOneLinkFault('worker-4');
    expect(await linkFaults('worker-3')).toBe(1);
    replicas.delete(killed.name);
    await startReplica('replica-c');
  });

  it('a leader that is asked to stop hands over at once', async () => {
    const stopping = await mustLead();
    const asked = performance.now();
    stopping.program.kill('SIGTERM');
    expect(await stopping.program.exited).toBe(0);
    await newLeaderAfter(stopping);
    console.log(`SIGTERM to the next leader: ${Math.round(performance.now() - asked)} ms`);
    replicas.delete(stopping.name);
    await startReplica('replica-d');
  });

  it('a leader that hung and wakes up after its term writes nothing', async () => {
    const frozen = await mustLead();
    frozen.program.kill('SIGSTOP');
    const leader = await newLeaderAfter(frozen);
    frozen.program.kill('SIGCONT');
    await breakAndMendLink('worker-5');
    await expectOneLinkFault('worker-5');
    expect((await mustLead()).name).toBe(leader.name);
  });

  it('the counts survive when all replicas stop and new ones start, and what happened between is read from the log', async () => {
    await Promise.all([...replicas.values()].map((replica) => replica.program.stop()));
    replicas.clear();
    await breakAndMendLink('worker-6');
    await startReplica('replica-e');
    await startReplica('replica-f');
    await expectOneLinkFault('worker-6');
    for (const node of ['worker-2', 'worker-3', 'worker-4', 'worker-5'])
      expect(await linkFaults(node)).toBe(1);
  });

  it.each([
    { signal: 'SIGTERM', during: 'worker-7', after: 'worker-8' },
    { signal: 'SIGKILL', during: 'worker-9', after: 'worker-10' },
  ] as const)(
    'a restart of the API server ($signal) loses no fault and doubles none',
    async ({ signal, during, after }) => {
      const restarting = restartApiServer({ signal, downMillis: 3_000 });
      await sleep(500);
      await breakAndMendLink(during);
      await restarting;
      await breakAndMendLink(after);
      await expectOneLinkFault(during);
      await expectOneLinkFault(after);
      for (const node of ['worker-2', 'worker-3', 'worker-4', 'worker-5', 'worker-6']) {
        expect(await linkFaults(node)).toBe(1);
      }
    },
  );

  it('a server that does not stream lists is read by pages', async () => {
    if (!controlPlane.canChangeFlags) {
      console.warn('skipped: the flags of this API server cannot be changed');
      return;
    }
    await restartApiServer({ flags: ['--feature-gates=WatchList=false'] });
    const leader = await mustLead();
    const [standby] = [...replicas.values()].filter((replica) => replica !== leader);
    await standby!.program.stop();
    replicas.delete(standby!.name);
    await startReplica('replica-g');
    await eventually('replica-g ready', async () =>
      (await answers(`${replicas.get('replica-g')!.healthUrl}/readyz`)) ? true : undefined,
    );
  });

  describe('what the API server recorded', () => {
    let calls: AuditedCall[];

    beforeAll(async () => {
      // A term that ended is over for others after the lease ran out: let the last one settle.
      await sleep(LEASE_DURATION_SECONDS * 1000);
      calls = readAuditLog(controlPlane.auditLogPath).filter((call) => call.user === OPERATOR_USER);
    });

    it('holds no call that src/kube/rbac.ts does not list, and none that was refused', () => {
      expect(callsOutsideTheList(calls)).toEqual([]);
      const refused = calls.filter(
        (call) => call.code === 403 && !outages.some((outage) => isWithin(call, outage)),
      );
      expect(refused).toEqual([]);
    });

    it('holds a call for every right the roles grant', () => {
      expect(rightsNeverUsed(calls)).toEqual([]);
    });

    it('shows one writer of reports at a time: the one that wrote the lease last', () => {
      const writes = calls
        .filter((call) => call.code < 300 && ['create', 'update', 'patch'].includes(call.verb))
        .sort((a, b) => a.receivedMicros - b.receivedMicros);
      let holder = '';
      const holders = new Set<string>();
      const intruders: AuditedCall[] = [];
      for (const call of writes) {
        if (call.resource === 'leases') holder = call.credential;
        if (call.subresource !== 'status') continue;
        holders.add(call.credential);
        if (call.credential !== holder) intruders.push(call);
      }
      expect(intruders).toEqual([]);
      expect(holders.size).toBeGreaterThanOrEqual(4);
    });
  });
});

function isWithin(call: AuditedCall, outage: { fromMicros: number; toMicros: number }): boolean {
  return call.receivedMicros >= outage.fromMicros && call.receivedMicros <= outage.toMicros;
}
