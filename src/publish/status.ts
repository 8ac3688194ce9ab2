import { FLEET_REPORTS, REPORTS } from '../api/resources.ts';
import type { KubeClient } from '../kube/client.ts';
import { isConflict, isNotFound, isSchemaMismatch } from '../kube/errors.ts';
import type { KubeObject } from '../kube/objects.ts';
import { KeyedQueue } from '../kube/queue.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { TokenBucket } from '../lib/token-bucket.ts';
import type { FleetSnapshot, NodeReport } from '../report/snapshot.ts';
import { fleetBody, fleetStatusBody, reportBody, reportStatusBody } from './status/bodies.ts';
import { WriteMemory, type Current } from './status/memory.ts';
import { DEFAULT_WRITE_TIMINGS, type WriteTimings } from './status/pace.ts';
import type { WriteResult } from './statistics.ts';

/** What the publisher must know of the cluster; read from warm caches, never by a call. */
export interface ClusterView {
  /** uid of the Node, undefined when there is none. */
  nodeUid(name: string): string | undefined;
  report(name: string): { uid: string; generation: number; ownerUid?: string } | undefined;
  reportNames(): Iterable<string>;
  fleetReportExists(): boolean;
}

export interface StatusPublisherOptions {
  client: KubeClient;
  cluster: ClusterView;
  /** The fencing check: the lease is held at this very moment, and all inputs have been read. */
  mayWrite: () => boolean;
  clock: Clock;
  log: Logger;
  random?: () => number;
  timings?: Partial<WriteTimings>;
}

const FLEET_KEY = 'fleet';
const NODE_PREFIX = 'node/';
const CONCURRENCY = 8;
const CALL_DEADLINE_MILLIS = 10_000;
/** The first round of a large fleet takes seconds; a verdict waits behind it for less than that. */
const WRITE_LIMITS = { burst: 100, perSecond: 50 };
/** A node may lose its daemon for a while without its history being thrown away. */
const UNOBSERVED_GRACE_MILLIS = 30 * 60_000;
const SWEEP_MILLIS = 60 * 60_000;

/**
 * Writes the snapshot into the status of our objects: by the leader only, when something changed,
 * and never for a node that does not exist. Works by name on the present state, so nothing is
 * lost when changes come faster than they can be written.
 */
export class StatusPublisher {
  readonly #options: StatusPublisherOptions;
  readonly #queue: KeyedQueue;
  readonly #bucket: TokenBucket;
  readonly #memory: WriteMemory;
  /** Since when a node that has a report is not observed any more; entries go with the report. */
  readonly #unobservedSince = new Map<string, number>();
  readonly #results: Record<WriteResult, number> = {
    Applied: 0,
    Unchanged: 0,
    Failed: 0,
    SchemaMismatch: 0,
    NotLeader: 0,
    NodeGone: 0,
    Deleted: 0,
  };
  #largestStatusBytes = 0;
  #saidSchemaMismatch = false;
  #snapshot: FleetSnapshot | undefined;

  constructor(options: StatusPublisherOptions) {
    const { clock, random = Math.random, timings } = options;
    this.#options = options;
    this.#queue = new KeyedQueue({ clock, random });
    this.#bucket = new TokenBucket(clock, WRITE_LIMITS);
    this.#memory = new WriteMemory(clock, { ...DEFAULT_WRITE_TIMINGS, ...timings }, random);
  }

  get results(): Readonly<Record<WriteResult, number>> {
    return this.#results;
  }

  get largestStatusBytes(): number {
    return this.#largestStatusBytes;
  }

  get queueDepth(): number {
    const { ready, delayed, processing } = this.#queue.stats;
    return ready + delayed + processing;
  }

  /** Forgets what was written: another leader may have written since. */
  beginTerm(): void {
    this.#memory.clear();
    this.sweep();
  }

  /** Takes the newest snapshot and queues what is due. */
  update(snapshot: FleetSnapshot): void {
    this.#snapshot = snapshot;
    if (!this.#options.mayWrite()) return;
    const settled = [...snapshot.nodes.values()].filter((report) => report.settled);
    for (const report of settled) this.#schedule(NODE_PREFIX + report.nodeName, report);
    // Not before the first nodes have been judged: a fleet of unknown nodes would be a false alarm.
    if (settled.length > 0 || snapshot.nodes.size === 0) this.#schedule(FLEET_KEY, fleetOf(snapshot));
  }

  /** The Node is gone: its report goes too. The owner reference does the same; this does not wait for it. */
  nodeDeleted(name: string): void {
    this.#queue.add(NODE_PREFIX + name);
  }

  /** Somebody deleted a report: what was written is gone with it. */
  reportDeleted(name: string): void {
    this.#memory.forget(NODE_PREFIX + name);
    if (this.#snapshot?.nodes.has(name) === true) this.#queue.add(NODE_PREFIX + name);
  }

  /** Looks at every report, also those whose node vanished while nobody led. */
  sweep(): void {
    for (const name of this.#options.cluster.reportNames()) this.#queue.add(NODE_PREFIX + name);
  }

  /** Until the signal is aborted; then waits for the writes under way. */
  async run(signal: AbortSignal): Promise<void> {
    const work = this.#queue.run((key, term) => this.#reconcile(key, term), {
      concurrency: CONCURRENCY,
      signal,
    });
    await Promise.all([work, this.#sweepForEver(signal)]);
  }

  async #sweepForEver(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#options.clock.sleep(SWEEP_MILLIS, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (this.#options.mayWrite()) this.sweep();
    }
  }

  #schedule(key: string, current: Current): void {
    const pace = this.#memory.pace(key, current);
    if (pace.when === 'After') this.#queue.addAfter(key, pace.millis);
  }

  /** @throws what the call threw, so that the queue comes back to the key later. */
  async #reconcile(key: string, signal: AbortSignal): Promise<void> {
    if (!this.#options.mayWrite()) {
      this.#results.NotLeader += 1;
      return;
    }
    try {
      if (key === FLEET_KEY) await this.#writeFleet(signal);
      else await this.#reconcileNode(key.slice(NODE_PREFIX.length), signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#noteFailure(key, error);
      throw error;
    }
  }

  /** A CRD of another version refuses every report: that is one message, not one per report and attempt. */
  #noteFailure(key: string, error: unknown): void {
    const { log } = this.#options;
    const message = error instanceof Error ? error.message : String(error);
    if (!isSchemaMismatch(error)) {
      this.#results.Failed += 1;
      log.warn({ key, error: message }, 'status not written');
      return;
    }
    this.#results.SchemaMismatch += 1;
    if (this.#saidSchemaMismatch) return;
    this.#saidSchemaMismatch = true;
    log.error(
      { key, error: message },
      'the installed CRDs are not those of this version: install them again (ptp-health crds); until then reports are not written',
    );
  }

  async #reconcileNode(name: string, signal: AbortSignal): Promise<void> {
    const nodeUid = this.#options.cluster.nodeUid(name);
    if (nodeUid === undefined) {
      this.#results.NodeGone += 1;
      await this.#remove(name, signal);
      return;
    }
    const report = this.#snapshot?.nodes.get(name);
    if (report === undefined) {
      await this.#removeIfUnobserved(name, signal);
      return;
    }
    this.#unobservedSince.delete(name);
    // Not yet so for a node made again under the same name: its state follows with the next snapshot.
    if (report.settled && report.nodeUid === nodeUid) await this.#writeReport(report, nodeUid, signal);
  }

  async #writeReport(report: NodeReport, nodeUid: string, signal: AbortSignal): Promise<void> {
    const { nodeName } = report;
    const key = NODE_PREFIX + nodeName;
    const known = this.#options.cluster.report(nodeName);
    // A report that was deleted while it was written is remembered as written, but it is not there.
    if (known !== undefined && this.#memory.pace(key, report).when === 'Never') {
      this.#results.Unchanged += 1;
      return;
    }
    let generation = known?.generation ?? 1;
    if (known?.ownerUid !== nodeUid) {
      const made = await this.#apply(REPORTS, reportBody(nodeName, nodeUid), signal);
      if (made === undefined) return;
      generation = made.metadata.generation ?? 1;
    }
    await this.#writeStatus(
      key,
      REPORTS,
      reportStatusBody(nodeName, report.status, generation),
      report,
      signal,
    );
    // What changed while the call was under way must not wait for the next snapshot.
    const newest = this.#snapshot?.nodes.get(nodeName);
    if (newest !== undefined) this.#schedule(key, newest);
  }

  async #writeFleet(signal: AbortSignal): Promise<void> {
    if (this.#snapshot === undefined) return;
    const current = fleetOf(this.#snapshot);
    if (this.#memory.pace(FLEET_KEY, current).when === 'Never') return;
    if (!this.#options.cluster.fleetReportExists()) {
      const made = await this.#apply(FLEET_REPORTS, fleetBody(), signal);
      if (made === undefined) return;
    }
    await this.#writeStatus(FLEET_KEY, FLEET_REPORTS, fleetStatusBody(current.status), current, signal);
  }

  async #writeStatus(
    key: string,
    resource: typeof REPORTS,
    body: KubeObject,
    current: Current,
    signal: AbortSignal,
  ): Promise<void> {
    const startedMillis = this.#options.clock.monotonicMillis();
    const written = await this.#apply(resource, body, signal, 'status');
    if (written === undefined) return;
    this.#memory.note(key, current, startedMillis);
    this.#results.Applied += 1;
    this.#largestStatusBytes = Math.max(this.#largestStatusBytes, Buffer.byteLength(JSON.stringify(body)));
  }

  async #removeIfUnobserved(name: string, signal: AbortSignal): Promise<void> {
    const now = this.#options.clock.monotonicMillis();
    const since = this.#unobservedSince.get(name) ?? now;
    this.#unobservedSince.set(name, since);
    if (now - since >= UNOBSERVED_GRACE_MILLIS) await this.#remove(name, signal);
  }

  /** Deletes that very object, not a namesake that was made since. */
  async #remove(name: string, signal: AbortSignal): Promise<void> {
    this.#memory.forget(NODE_PREFIX + name);
    this.#unobservedSince.delete(name);
    const known = this.#options.cluster.report(name);
    if (known === undefined || !(await this.#mayCall(signal))) return;
    try {
      await this.#options.client.delete(
        REPORTS,
        { name, uid: known.uid },
        { signal, deadlineMillis: CALL_DEADLINE_MILLIS },
      );
      this.#results.Deleted += 1;
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** undefined when the lease was lost before the call. */
  async #apply(
    resource: typeof REPORTS,
    body: KubeObject,
    signal: AbortSignal,
    subresource?: 'status',
  ): Promise<KubeObject | undefined> {
    if (!(await this.#mayCall(signal))) return undefined;
    return this.#options.client.apply(resource, body, {
      subresource,
      signal,
      deadlineMillis: CALL_DEADLINE_MILLIS,
    });
  }

  /** Waits for a token, then asks once more whether we may: the wait may have outlasted the lease. */
  async #mayCall(signal: AbortSignal): Promise<boolean> {
    await this.#bucket.take(signal);
    if (this.#options.mayWrite()) return true;
    this.#results.NotLeader += 1;
    return false;
  }
}

function fleetOf({
  fleetHash,
  fleetVerdictHash,
  fleet,
}: FleetSnapshot): Current & { status: FleetSnapshot['fleet'] } {
  return { hash: fleetHash, verdictHash: fleetVerdictHash, status: fleet };
}
