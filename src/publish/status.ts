import { FLEET_REPORTS, REPORTS } from '../api/resources.ts';
import type { KubeClient } from '../kube/client.ts';
import { isConflict, isNotFound } from '../kube/errors.ts';
import { KeyedQueue } from '../kube/queue.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { TokenBucket } from '../lib/token-bucket.ts';
import type { FleetSnapshot, NodeReport } from '../report/snapshot.ts';
import type { KubeObject } from '../kube/objects.ts';
import { fleetBody, fleetStatusBody, reportBody, reportStatusBody } from './status/bodies.ts';
import { DEFAULT_WRITE_TIMINGS, paceOf, writtenNow, type Written, type WriteTimings } from './status/pace.ts';
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
  readonly #timings: WriteTimings;
  readonly #random: () => number;
  readonly #queue: KeyedQueue;
  readonly #bucket: TokenBucket;
  /** By queue key; entries go with their node. */
  readonly #written = new Map<string, Written>();
  /** Since when a node that has a report is not observed any more. */
  readonly #unobservedSince = new Map<string, number>();
  readonly #results: Record<WriteResult, number> = {
    Applied: 0,
    Unchanged: 0,
    Failed: 0,
    NotLeader: 0,
    NodeGone: 0,
    Deleted: 0,
  };
  #largestStatusBytes = 0;
  #snapshot: FleetSnapshot | undefined;

  constructor(options: StatusPublisherOptions) {
    this.#options = options;
    this.#timings = { ...DEFAULT_WRITE_TIMINGS, ...options.timings };
    this.#random = options.random ?? Math.random;
    this.#queue = new KeyedQueue({ clock: options.clock, random: this.#random });
    this.#bucket = new TokenBucket(options.clock, WRITE_LIMITS);
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
    this.#written.clear();
    this.sweep();
  }

  /** Takes the newest snapshot and queues what is due. */
  update(snapshot: FleetSnapshot): void {
    this.#snapshot = snapshot;
    if (!this.#options.mayWrite()) return;
    let settled = false;
    for (const report of snapshot.nodes.values()) {
      if (!report.settled) continue;
      settled = true;
      this.#schedule(NODE_PREFIX + report.nodeName, report);
    }
    const { fleetHash: hash, fleetVerdictHash: verdictHash } = snapshot;
    if (settled || snapshot.nodes.size === 0) this.#schedule(FLEET_KEY, { hash, verdictHash });
  }

  /** The Node is gone: its report goes too. The owner reference does the same; this does not wait for it. */
  nodeDeleted(name: string): void {
    this.#queue.add(NODE_PREFIX + name);
  }

  /** Looks at every report, also those whose node vanished while nobody led. */
  sweep(): void {
    for (const name of this.#options.cluster.reportNames()) this.#queue.add(NODE_PREFIX + name);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#queue.run((key, term) => this.#reconcile(key, term), { concurrency: CONCURRENCY, signal }),
      this.#sweepForEver(signal),
    ]);
  }

  async #sweepForEver(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#options.clock.sleep(SWEEP_MILLIS, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (this.#options.mayWrite()) this.sweep();
    }
  }

  #schedule(key: string, current: { hash: string; verdictHash: string }): void {
    const pace = paceOf(
      this.#written.get(key),
      current,
      this.#options.clock.monotonicMillis(),
      this.#timings,
    );
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
      else await this.#reconcileNode(key.slice(NODE_PREFIX.length), key, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#results.Failed += 1;
      this.#options.log.warn(
        { key, error: error instanceof Error ? error.message : String(error) },
        'status not written',
      );
      throw error;
    }
  }

  async #reconcileNode(name: string, key: string, signal: AbortSignal): Promise<void> {
    const nodeUid = this.#options.cluster.nodeUid(name);
    if (nodeUid === undefined) {
      await this.#remove(name, key, signal);
      return;
    }
    const report = this.#snapshot?.nodes.get(name);
    if (report === undefined) {
      await this.#removeIfUnobserved(name, key, signal);
      return;
    }
    this.#unobservedSince.delete(name);
    // A node made again under the same name: its state follows with the next snapshot.
    if (!report.settled || report.nodeUid !== nodeUid) return;
    await this.#writeReport(report, nodeUid, key, signal);
  }

  async #writeReport(report: NodeReport, nodeUid: string, key: string, signal: AbortSignal): Promise<void> {
    const now = this.#options.clock.monotonicMillis();
    const pace = paceOf(this.#written.get(key), report, now, this.#timings);
    if (pace.when === 'Never') {
      this.#results.Unchanged += 1;
      return;
    }
    const known = this.#options.cluster.report(report.nodeName);
    let generation = known?.generation ?? 1;
    if (known === undefined || known.ownerUid !== nodeUid) {
      const made = await this.#call(signal, () =>
        this.#apply(REPORTS, reportBody(report.nodeName, nodeUid), undefined, signal),
      );
      if (made === undefined) return;
      generation = made.metadata.generation ?? 1;
    }
    const body = reportStatusBody(report.nodeName, report.status, generation);
    await this.#writeStatus({ key, resource: REPORTS, body, current: report }, signal);
  }

  async #writeFleet(signal: AbortSignal): Promise<void> {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) return;
    const current = { hash: snapshot.fleetHash, verdictHash: snapshot.fleetVerdictHash };
    const pace = paceOf(
      this.#written.get(FLEET_KEY),
      current,
      this.#options.clock.monotonicMillis(),
      this.#timings,
    );
    if (pace.when === 'Never') return;
    if (!this.#options.cluster.fleetReportExists()) {
      const made = await this.#call(signal, () => this.#apply(FLEET_REPORTS, fleetBody(), undefined, signal));
      if (made === undefined) return;
    }
    await this.#writeStatus(
      { key: FLEET_KEY, resource: FLEET_REPORTS, body: fleetStatusBody(snapshot.fleet), current },
      signal,
    );
  }

  async #writeStatus(
    write: {
      key: string;
      resource: typeof REPORTS;
      body: KubeObject;
      current: { hash: string; verdictHash: string };
    },
    signal: AbortSignal,
  ): Promise<void> {
    const startedMillis = this.#options.clock.monotonicMillis();
    const done = await this.#call(signal, () => this.#apply(write.resource, write.body, 'status', signal));
    if (done === undefined) return;
    this.#written.set(write.key, writtenNow(write.current, startedMillis, this.#timings, this.#random()));
    this.#largestStatusBytes = Math.max(this.#largestStatusBytes, JSON.stringify(write.body).length);
    this.#results.Applied += 1;
    // What changed while the call was under way must not wait for the next snapshot.
    if (this.#snapshot !== undefined && write.key !== FLEET_KEY) {
      const newest = this.#snapshot.nodes.get(write.key.slice(NODE_PREFIX.length));
      if (newest !== undefined) this.#schedule(write.key, newest);
    }
  }

  async #removeIfUnobserved(name: string, key: string, signal: AbortSignal): Promise<void> {
    const now = this.#options.clock.monotonicMillis();
    const since = this.#unobservedSince.get(name) ?? now;
    this.#unobservedSince.set(name, since);
    if (now - since >= UNOBSERVED_GRACE_MILLIS) await this.#remove(name, key, signal);
  }

  /** Deletes that very object, not a namesake that was made since. */
  async #remove(name: string, key: string, signal: AbortSignal): Promise<void> {
    this.#written.delete(key);
    this.#unobservedSince.delete(name);
    const known = this.#options.cluster.report(name);
    if (known === undefined) return;
    this.#results.NodeGone += 1;
    const done = await this.#call(signal, async () => {
      await this.#options.client
        .delete(REPORTS, { name, uid: known.uid }, { signal, deadlineMillis: CALL_DEADLINE_MILLIS })
        .catch((error: unknown) => {
          if (!isNotFound(error) && !isConflict(error)) throw error;
        });
      return true;
    });
    if (done === true) this.#results.Deleted += 1;
  }

  /** Waits for a token, then asks once more whether we may: the wait may have outlasted the lease. */
  async #call<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T | undefined> {
    await this.#bucket.take(signal);
    if (!this.#options.mayWrite()) {
      this.#results.NotLeader += 1;
      return undefined;
    }
    return call();
  }

  #apply(
    resource: typeof REPORTS,
    body: KubeObject,
    subresource: string | undefined,
    signal: AbortSignal,
  ): Promise<KubeObject> {
    return this.#options.client.apply(resource, body, {
      subresource,
      signal,
      deadlineMillis: CALL_DEADLINE_MILLIS,
    });
  }
}
