import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectInput } from '../../sim/api/object-access.ts';
import {
  startSimulatedCluster,
  type SimulatedCluster,
  type SimulatedClusterOptions,
} from '../../sim/cluster.ts';
import { uniformScript, type ScriptInput } from '../../sim/script.ts';
import { customResourceDefinition, KINDS } from '../../src/api/crd.ts';
import type { PtpFleetReportStatus } from '../../src/api/fleet.ts';
import type { PtpHealthReportStatus } from '../../src/api/report.ts';
import { operatorOptionsSchema, type OperatorOptions } from '../../src/commands/operator/options.ts';
import { startOperator, type RunningOperator } from '../../src/commands/operator/start.ts';
import { RecordingTransport } from '../../src/kube/recorded-calls.ts';
import { silentLogger } from '../../src/lib/log.ts';

const API_VERSION = 'ptphealth.io/v1alpha1';
export const PTP_NAMESPACE = 'openshift-ptp';

export const OWN_CRDS = KINDS.map((kind) => customResourceDefinition(kind) as unknown as ObjectInput);

export interface TestOperator extends RunningOperator {
  readonly calls: () => RecordingTransport['calls'];
}

/** A simulated cluster and any number of operators on it; `stop` ends all. */
export class TestBed {
  readonly cluster: SimulatedCluster;
  readonly #folder = mkdtempSync(join(tmpdir(), 'ptp-health-test-'));
  readonly #operators: TestOperator[] = [];

  constructor(cluster: SimulatedCluster) {
    this.cluster = cluster;
    writeFileSync(this.#path('kubeconfig'), cluster.kubeconfig);
    writeFileSync(this.#path('ca.pem'), cluster.metrics.caCertificate);
  }

  async startOperator(changes: Partial<OperatorOptions> = {}): Promise<TestOperator> {
    const options = operatorOptionsSchema.parse({
      kubeconfig: this.#path('kubeconfig'),
      leaseNamespace: 'default',
      metricsAddress: '127.0.0.1:0',
      healthAddress: '127.0.0.1:0',
      mcpAddress: '127.0.0.1:0',
      daemonMetricsPort: this.cluster.metrics.port,
      daemonMetricsCa: this.#path('ca.pem'),
      scrapeIntervalSeconds: 1,
      leaseDurationSeconds: 3,
      leaseRenewDeadlineSeconds: 2,
      leaseRetryPeriodSeconds: 1,
      ...changes,
    });
    let recording: RecordingTransport | undefined;
    const running = await startOperator(options, {
      log: silentLogger,
      watchTimings: { slowRetryMillis: 1_000 },
      wrapTransport: (transport) => (recording = new RecordingTransport(transport)),
    });
    const operator = Object.assign(running, { calls: () => recording!.calls });
    this.#operators.push(operator);
    return operator;
  }

  get api() {
    return this.cluster.api!;
  }

  report(node: string): PtpHealthReportStatus | undefined {
    return this.api.objects.get(API_VERSION, 'PtpHealthReport', node)?.['status'] as
      PtpHealthReportStatus | undefined;
  }

  /** An operator that has found the last node in step. */
  async startLocked(): Promise<TestOperator> {
    const operator = await this.startOperator();
    await eventually('locked', () => this.report('worker-2')?.summary.syncState === 'Locked');
    return operator;
  }

  /** Kinds of the faults that go on. */
  activeKinds(node: string): string[] {
    const recent = this.report(node)?.faults.recent ?? [];
    return recent.filter(({ endTime }) => endTime === undefined).map(({ kind }) => kind);
  }

  source(node: string, name: string) {
    return this.report(node)?.sources.find((candidate) => candidate.name === name);
  }

  /** The proof that all goes on: a new fault is found. */
  async seesAFault(node: string): Promise<void> {
    this.cluster.inject(node, 'linkDown');
    await eventually('the fault', () => this.activeKinds(node).includes('LinkDown'));
  }

  reports(): unknown[] {
    return this.api.objects.list(API_VERSION, 'PtpHealthReport').map((report) => report['status']);
  }

  fleet(): PtpFleetReportStatus | undefined {
    return this.api.objects.get(API_VERSION, 'PtpFleetReport', 'cluster')?.['status'] as
      PtpFleetReportStatus | undefined;
  }

  /** Calls of the operator that wrote a status. */
  statusWrites(): number {
    return this.api.calls
      .calls()
      .filter(({ verb, subresource }) => verb === 'patch' && subresource === 'status').length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#operators.map((operator) => operator.stop()));
    await this.cluster.stop();
    rmSync(this.#folder, { recursive: true });
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** @param script changes to a uniform cluster: its first node is a T-GM, the second a T-BC, then T-TSC. */
export async function createTestBed(
  nodes: number,
  script: Partial<ScriptInput> = {},
  options: Partial<SimulatedClusterOptions> = {},
): Promise<TestBed> {
  return new TestBed(
    await startSimulatedCluster({ script: uniformScript(nodes, script), objects: OWN_CRDS, ...options }),
  );
}

/** Polls until the condition gives a value; fails with the description after the time. */
export async function eventually<T>(
  what: string,
  condition: () => T | undefined | false,
  timeoutMillis = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMillis;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMillis} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));
