import { complianceRules } from '../../assess/compliance/index.ts';
import { createEngine } from '../../engine/create-engine.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ReflectorTimings } from '../../kube/reflector.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { openPodLogs } from '../../observe/logs/pod-log.ts';
import { MetricsScraper } from '../../observe/metrics/scraper.ts';
import type { Observation } from '../../observe/observation.ts';
import type { DaemonPod } from '../../observe/resources/pod.ts';
import { policyUses, type PolicyUse } from '../../publish/status/policy-status.ts';
import { DaemonMetrics } from './daemon-metrics.ts';
import type { Kubernetes } from './kubernetes.ts';
import { LogSources } from './log-sources.ts';
import { NodeTracker } from './node-tracker.ts';
import type { OperatorOptions } from './options.ts';
import { createWatches, hasAnswered, watchList, type Watches } from './watches.ts';

export interface ObserverHooks {
  /** A fact arrived that may change a verdict. */
  onSignificant: () => void;
  onNodeDeleted: (name: string) => void;
  onReportDeleted: (name: string) => void;
  /** Where each policy is in force, whenever that may have changed. */
  onPolicyUses: (uses: readonly PolicyUse[]) => void;
  /** Pace of the watches, where it is not to be the usual one. */
  watchTimings?: Partial<ReflectorTimings>;
}

/** When some resource stays silent, the others are judged without it. */
const MAX_WAIT_FOR_WATCHES_MILLIS = 30_000;

/** All sources of facts, and the engine they fill. */
export class Observers {
  readonly engine: Engine;
  readonly watches: Watches;
  readonly logs: LogSources;
  readonly scraper: MetricsScraper;
  readonly #tracker: NodeTracker;
  readonly #daemonMetrics: DaemonMetrics;
  readonly #daemons = new Map<string, DaemonPod>();
  readonly #clock: Clock;
  readonly #hooks: ObserverHooks;
  readonly #startedMillis: number;
  #observations = 0;
  #ready = false;

  constructor(
    options: OperatorOptions,
    kubernetes: Kubernetes,
    clock: Clock,
    log: Logger,
    hooks: ObserverHooks,
  ) {
    this.#clock = clock;
    this.#hooks = hooks;
    this.#startedMillis = clock.monotonicMillis();
    this.engine = createEngine({ complianceRules });
    const ingest = (observation: Observation): void => {
      this.#ingest(observation);
    };
    this.watches = createWatches(kubernetes.client, options, log, this.#listener(), hooks.watchTimings);
    this.logs = new LogSources({
      open: openPodLogs(kubernetes.transport),
      clock,
      log,
      engine: this.engine,
      ingest,
    });
    this.#daemonMetrics = new DaemonMetrics(options, kubernetes.credentials);
    this.scraper = new MetricsScraper({
      clock,
      log,
      onObservation: ingest,
      prefix: options.daemonMetricsPrefix,
      intervalMillis: options.scrapeIntervalSeconds * 1000,
      endpointOf: (node) => this.#daemonMetrics.endpointOf(this.#daemons.get(node)),
    });
    this.#tracker = new NodeTracker({
      watches: this.watches,
      ptpNamespace: options.ptpNamespace,
      engine: this.engine,
      clock,
      ingest,
      onDaemon: (node, pod, policy) => {
        this.#setDaemon(node, pod, policy.logFollow !== 'Never');
      },
      onForgotten: (node) => {
        this.#forget(node);
      },
    });
  }

  get observationsTotal(): number {
    return this.#observations;
  }

  /** Every watch has delivered, or said that it will not. */
  get synced(): boolean {
    return watchList(this.watches).every(([, watch]) => hasAnswered(watch));
  }

  /**
   * Why the counts of an earlier life are not in what is evaluated now; empty = they are, there are none,
   * or we may not read them. The uid of its Node says whether a report is still about this node.
   */
  get notRestored(): string {
    const { reports, nodes } = this.watches;
    if (!hasAnswered(reports)) return 'the reports have not been read yet: counters would start at zero';
    if (!hasAnswered(nodes)) return 'the nodes have not been read yet: counters would start at zero';
    return '';
  }

  /** What is evaluated now may be written: it continues what the reports say. */
  get continuesReports(): boolean {
    return this.watches.nodes.hasSynced && this.watches.reports.hasSynced;
  }

  /** Takes in what the watches and logs have to say; false = too early to judge. */
  prepare(): boolean {
    this.#ready ||= this.synced || (hasAnswered(this.watches.reports) && this.#hasWaited);
    if (!this.#ready) return false;
    if (this.#tracker.refresh())
      this.#hooks.onPolicyUses(
        policyUses(this.watches.policies.store.values(), this.#tracker.policyChoices()),
      );
    this.logs.report(this.#tracker.nodeNames);
    return true;
  }

  get #hasWaited(): boolean {
    return this.#clock.monotonicMillis() - this.#startedMillis > MAX_WAIT_FOR_WATCHES_MILLIS;
  }

  /** Until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const sleep = (millis: number): Promise<void> => this.#clock.sleep(millis, signal);
    await Promise.all([
      ...watchList(this.watches).map(([, watch]) => watch.run(signal)),
      this.scraper.run(signal),
      this.#daemonMetrics.keepCredentialsCurrent(sleep, signal),
    ]);
    await this.logs.stop();
  }

  #listener(): Parameters<typeof createWatches>[3] {
    return {
      onNode: (name) => {
        this.#tracker.markNode(name);
        this.#hooks.onSignificant();
      },
      onNodeDeleted: (name) => {
        this.#tracker.nodeDeleted(name);
        this.#hooks.onNodeDeleted(name);
        this.#hooks.onSignificant();
      },
      onReportDeleted: this.#hooks.onReportDeleted,
      onEveryNode: () => {
        this.#tracker.markAll();
        this.#hooks.onSignificant();
      },
    };
  }

  #ingest(observation: Observation): void {
    if (!this.#tracker.isTracked(observation.node)) return;
    this.#observations += 1;
    if (this.engine.ingest(observation)) this.#hooks.onSignificant();
  }

  #setDaemon(node: string, pod: DaemonPod | undefined, followLog: boolean): void {
    if (pod === undefined) this.#daemons.delete(node);
    else this.#daemons.set(node, pod);
    this.scraper.add(node);
    this.logs.set(node, pod, followLog);
  }

  #forget(node: string): void {
    this.#daemons.delete(node);
    this.scraper.remove(node);
    this.logs.forget(node);
  }
}
