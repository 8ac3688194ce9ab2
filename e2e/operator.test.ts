import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformScript } from '../sim/script.ts';
import { readAuditLog, type AuditedCall } from './controlplane/audit.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
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

/** worker-0 is a T-GM, worker-1 a T-BC, the others T-TSC. Each test breaks a node of its own. */
const SCRIPT = uniformScript(7);
const NODE_NAMES = SCRIPT.nodes.map((node) => node.name);

/**
 * The story of one installation, in order: each test starts from the state the one before left.
 * Two replicas run as the shipped ServiceAccount with the shipped roles of config/openshift.
 */
describe('operator on a real API server', () => {
  let controlPlane: ControlPlane;
  let nodes: SimulatedNodes;
  const replicas = new Map<string, OperatorProcess>();

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
  const faultOn = (node: string, kind: string, count = 1): Promise<number> =>
    eventually(`${count} ${kind} on ${node}`, async () => {
      const seen = countOf(await readReport(controlPlane.admin, node), kind);
      return seen >= count ? seen : undefined;
    });
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
    await faultOn('worker-2', 'LinkDown');
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

  it('deleting a Node removes its report', async () => {
    if (!controlPlane.hasControllers) {
      console.warn('skipped: no garbage collector runs in this control plane');
      return;
    }
    await nodes.removeNode('worker-6');
    await eventually('the report of worker-6 gone', async () =>
      (await readReport(controlPlane.admin, 'worker-6')) === undefined ? true : undefined,
    );
    await eventually('the fleet without worker-6', async () =>
      (await readFleet(controlPlane.admin))?.totalNodes === NODE_NAMES.length - 1 ? true : undefined,
    );
    expect(await readReport(controlPlane.admin, 'worker-6')).toBeUndefined();
  });

  it('a leader that is killed is replaced, and the counts go on', async () => {
    await breakAndMendLink('worker-3');
    const before = await faultOn('worker-3', 'LinkDown');
    const killed = await mustLead();
    killed.program.kill('SIGKILL');
    await killed.program.exited;
    await newLeaderAfter(killed);
    await breakAndMendLink('worker-3');
    expect(await faultOn('worker-3', 'LinkDown', before + 1)).toBe(before + 1);
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
    await breakAndMendLink('worker-4');
    await faultOn('worker-4', 'LinkDown');
    expect((await mustLead()).name).toBe(leader.name);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'a restart of the API server (%s) loses no fault and doubles none',
    async (signal) => {
      const before = countOf(await readReport(controlPlane.admin, 'worker-5'), 'LinkDown');
      const restarting = controlPlane.restartApiServer({ signal, downMillis: 3_000 });
      await sleep(500);
      await breakAndMendLink('worker-5');
      await restarting;
      await breakAndMendLink('worker-5');
      expect(await faultOn('worker-5', 'LinkDown', before + 2)).toBe(before + 2);
      // A fault counted twice would show with the replay of the log after the reconnect.
      await sleep(3_000);
      expect(countOf(await readReport(controlPlane.admin, 'worker-5'), 'LinkDown')).toBe(before + 2);
    },
  );

  describe('what the API server recorded', () => {
    let calls: AuditedCall[];

    beforeAll(async () => {
      // A term that ended is over for others after the lease ran out: let the last one settle.
      await sleep(LEASE_DURATION_SECONDS * 1000);
      calls = readAuditLog(controlPlane.auditLogPath).filter((call) => call.user === OPERATOR_USER);
    });

    it('holds no call that src/kube/rbac.ts does not list, and none that was refused', () => {
      expect(callsOutsideTheList(calls)).toEqual([]);
      expect(calls.filter((call) => call.code === 403)).toEqual([]);
    });

    it('holds a call for every right the roles grant', () => {
      expect(rightsNeverUsed(calls)).toEqual([]);
    });

    it('shows one writer of reports at a time', () => {
      const writers = calls
        .filter((call) => call.verb === 'patch' && call.subresource === 'status' && call.code < 300)
        .sort((a, b) => a.receivedMicros - b.receivedMicros)
        .map((call) => call.credential);
      const terms = writers.filter((writer, index) => writer !== writers[index - 1]);
      // Every leader wrote in one piece: nobody came back after another had begun.
      expect(terms).toEqual([...new Set(terms)]);
      expect(terms.length).toBeGreaterThanOrEqual(4);
    });
  });
});
