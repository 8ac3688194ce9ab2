import { systemClock, type Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { ReflectorTimings } from '../../kube/reflector.ts';
import type { KubeTransport } from '../../kube/transport.ts';
import type { OperatorStatistics } from '../../publish/statistics.ts';
import type { FleetSnapshot } from '../../report/snapshot.ts';
import { version } from '../version.ts';
import { EvaluationLoop } from './evaluation-loop.ts';
import { connectKubernetes, type Kubernetes } from './kubernetes.ts';
import { Observers } from './observers.ts';
import type { OperatorOptions } from './options.ts';
import { startServers, Writers, type Servers } from './outputs.ts';
import { ProcessHealth } from './process-health.ts';
import { watchStatistics } from './watches.ts';

export interface OperatorHooks {
  clock?: Clock;
  log: Logger;
  /** For tests: looks at every call to the API server. */
  wrapTransport?: (transport: KubeTransport) => KubeTransport;
  /** For tests: how long to wait before a missing resource is asked for again, and the like. */
  watchTimings?: Partial<ReflectorTimings>;
}

export interface RunningOperator {
  /** Where readers are served; ports are the real ones when 0 was asked for. */
  readonly servers: Servers;
  readonly isLeader: () => boolean;
  readonly isReady: () => boolean;
  /** The newest snapshot. */
  readonly snapshot: () => FleetSnapshot;
  readonly statistics: () => OperatorStatistics;
  /** Ordered end: readers, writers, watches, lease. */
  stop(): Promise<void>;
}

/** An end that takes longer is cut short, well before the kubelet would kill the pod. */
const WRITE_DRAIN_MILLIS = 3_000;
/** Even a shutdown that hangs must come to its end. */
const OPEN_STREAMS_MILLIS = 2_000;

/** Starts the operator: watches, judges, writes (as leader) and answers, until it is stopped. */
export async function startOperator(
  options: OperatorOptions,
  hooks: OperatorHooks,
): Promise<RunningOperator> {
  const operator = new Operator(options, hooks);
  await operator.start();
  return operator;
}

class Operator implements RunningOperator {
  readonly #options: OperatorOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #kubernetes: Kubernetes;
  readonly #observers: Observers;
  readonly #writers: Writers;
  readonly #loop: EvaluationLoop;
  readonly #process: ProcessHealth;
  /** One signal per step of the end, in its order. */
  readonly #writing = new AbortController();
  readonly #watching = new AbortController();
  readonly #leading = new AbortController();
  #running: Record<'writing' | 'watching' | 'leading', Promise<unknown>> | undefined;
  #servers: Servers | undefined;
  #snapshot: FleetSnapshot;
  /** Why the snapshot lacks the counts of an earlier life; empty = it has them. */
  #notRestored = 'nothing has been evaluated yet';
  /** The snapshot goes on from what the reports say. */
  #continuesReports = false;
  #draining = false;

  constructor(options: OperatorOptions, hooks: OperatorHooks) {
    const { clock = systemClock, log, wrapTransport, watchTimings = {} } = hooks;
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#process = new ProcessHealth(clock);
    this.#kubernetes = connectKubernetes(options, clock, log, {
      ...(wrapTransport === undefined ? {} : { wrap: wrapTransport }),
      onLeading: () => {
        this.#beginTerm();
      },
    });
    this.#observers = new Observers(options, this.#kubernetes, clock, log, {
      onSignificant: () => {
        this.#loop.wake();
      },
      onNodeDeleted: (name) => {
        this.#writers.status.nodeDeleted(name);
      },
      onReportDeleted: (name) => {
        this.#writers.status.reportDeleted(name);
      },
      onPolicyUses: (uses) => {
        this.#writers.policies.update(uses);
      },
      watchTimings,
    });
    const { engine, watches } = this.#observers;
    this.#snapshot = engine.evaluate(clock.wallMicros());
    this.#writers = new Writers({
      kubernetes: this.#kubernetes,
      watches,
      mayWrite: () => this.#mayWrite(),
      clock,
      log,
    });
    this.#loop = new EvaluationLoop({
      engine,
      clock,
      log,
      prepare: () => this.#prepare(),
      publish: (snapshot) => {
        this.#publish(snapshot);
      },
    });
  }

  get servers(): Servers {
    if (this.#servers === undefined) throw new Error('the operator has not been started');
    return this.#servers;
  }

  isLeader = (): boolean => this.#kubernetes.elector?.isLeader() ?? true;
  isReady = (): boolean => this.#notReady().length === 0;
  snapshot = (): FleetSnapshot => this.#snapshot;

  async start(): Promise<void> {
    const { elector } = this.#kubernetes;
    const writing = Promise.all([
      this.#loop.run(this.#writing.signal),
      this.#writers.run(this.#writing.signal),
    ]);
    const watching = this.#observers.run(this.#watching.signal);
    const leading = elector?.run(this.#leading.signal) ?? Promise.resolve();
    this.#running = { writing, watching, leading };
    if (elector === undefined) this.#beginTerm();
    try {
      this.#servers = await this.#startServers();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    const { metrics, health, mcp } = this.#servers ?? {};
    await Promise.all([metrics?.close(), mcp?.close()]);
    this.#writing.abort(new Error('stopping'));
    await this.#atMost(WRITE_DRAIN_MILLIS, this.#running?.writing);
    await this.#atMost(WRITE_DRAIN_MILLIS, this.#kubernetes.recorder.flush());
    this.#watching.abort(new Error('stopping'));
    await this.#atMost(OPEN_STREAMS_MILLIS, this.#running?.watching);
    this.#leading.abort(new Error('stopping'));
    await this.#atMost(WRITE_DRAIN_MILLIS, this.#running?.leading);
    await this.#kubernetes.transport.close();
    await health?.close();
    this.#process.stop();
  }

  statistics = (): OperatorStatistics => {
    const { status } = this.#writers;
    return {
      version: version(),
      leader: this.isLeader(),
      synced: this.#observers.synced,
      watches: watchStatistics(this.#observers.watches),
      statusWrites: status.results,
      statusQueueDepth: status.queueDepth,
      largestStatusBytes: status.largestStatusBytes,
      logFollowers: this.#observers.logs.stats,
      scrapes: this.#observers.scraper.stats,
      evaluations: this.#loop.stats,
      observationsTotal: this.#observers.observationsTotal,
      eventLoopLagSeconds: this.#process.takeEventLoopLagSeconds(),
      wallClockJumpsTotal: this.#process.wallClockJumpsTotal,
    };
  };

  #startServers(): Promise<Servers> {
    return startServers(this.#options, {
      snapshot: this.snapshot,
      statistics: this.statistics,
      sinceProgressMillis: () => this.#loop.sinceProgressMillis,
      notReady: () => this.#notReady(),
      notRestored: () => this.#notRestored,
      synced: () => this.#observers.synced,
      clock: this.#clock,
      log: this.#log,
    });
  }

  /** What was written is another leader's; and every report may wait for us. */
  #beginTerm(): void {
    this.#writers.beginTerm();
    this.#loop.wake();
  }

  #prepare(): boolean {
    this.#process.look();
    return this.#observers.prepare();
  }

  #publish(snapshot: FleetSnapshot): void {
    this.#snapshot = snapshot;
    this.#notRestored = this.#observers.notRestored;
    this.#continuesReports = this.#observers.continuesReports;
    this.#writers.publish(snapshot);
  }

  /** The reports must be in the snapshot, not only read, before any is written: they hold the counts that go on. */
  #mayWrite(): boolean {
    return !this.#writing.signal.aborted && this.isLeader() && this.#continuesReports;
  }

  #notReady(): string[] {
    const problems: string[] = [];
    if (this.#draining) problems.push('stopping');
    if (!this.#observers.synced) problems.push('not every watch has delivered yet');
    if (this.#loop.stats.count === 0) problems.push('nothing has been evaluated yet');
    return problems;
  }

  /** Waits for an end, but not for ever. */
  async #atMost(millis: number, ended: Promise<unknown> | undefined): Promise<void> {
    const timer = new AbortController();
    const late = this.#clock.sleep(millis, timer.signal).catch(() => undefined);
    await Promise.race([
      ended?.catch((error: unknown) => {
        this.#log.warn({ error: String(error) }, 'stopped with an error');
      }),
      late,
    ]);
    timer.abort();
  }
}
