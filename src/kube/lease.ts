import type { Logger } from '../lib/log.ts';
import type { KubeClient } from './client.ts';
import { abortable } from './deadline.ts';
import { asKubeError, isAlreadyExists, isConflict, isNotFound } from './errors.ts';
import { microTimeNow } from './micro-time.ts';
import type { KubeObject, ResourceDefinition } from './objects.ts';
import { jittered } from './retry.ts';

export const LEASES: ResourceDefinition = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

export interface LeaseTimings {
  /** Others wait so long after the last renewal they saw before they take over. */
  leaseDurationSeconds: number;
  /** A leader that could not renew for so long stops acting: before others may start. */
  renewDeadlineSeconds: number;
  retryPeriodSeconds: number;
}

/** OpenShift's values: a leader survives an API server that is away for a minute, as in an upgrade. */
export const DEFAULT_LEASE_TIMINGS: LeaseTimings = {
  leaseDurationSeconds: 137,
  renewDeadlineSeconds: 107,
  retryPeriodSeconds: 26,
};

export interface LeaderElectorOptions {
  client: KubeClient;
  namespace: string;
  name: string;
  /** Unique per process, e.g. pod name and a random part: a restarted container is another candidate. */
  identity: string;
  timings?: LeaseTimings | undefined;
  /** The signal is aborted when leadership ends. */
  onStarted?: ((term: AbortSignal) => void) | undefined;
  onStopped?: ((reason: LeadershipEnd) => void) | undefined;
  log?: Logger | undefined;
}

/** `Lost`: another holds the lease, or it could not be renewed in time. `Released`: given up at the end of `run`. */
export type LeadershipEnd = 'Lost' | 'Released';

interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

const CALL_DEADLINE_MILLIS = 10_000;

/**
 * Leader election on a Lease. Whether another's lease has run out is judged only by how long we ourselves have
 * seen it unchanged, on the monotonic clock: the clocks of other nodes, and steps of ours, do not matter.
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #timings: LeaseTimings;
  /** The lease as last read or written; the next write is conditional on it. */
  #lease: KubeObject | undefined;
  /** When we first saw the present record. */
  #observed = { record: '', atMillis: 0 };
  /** Start of the last call that renewed the lease; undefined while not leading. */
  #renewedMillis: number | undefined;
  #term: AbortController | undefined;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#timings = options.timings ?? DEFAULT_LEASE_TIMINGS;
    assertOrder(this.#timings);
  }

  /**
   * The fencing check, to be made before each write. It reads the clock and nothing else, so it turns
   * false in time even when the renewing loop is blocked or its call hangs.
   */
  isLeader(): boolean {
    return this.#renewedMillis !== undefined && this.#leftMillis() > 0;
  }

  /** Who holds the lease, as last seen; undefined when nobody does or none was read yet. */
  get holder(): string | undefined {
    const holder = specOf(this.#lease).holderIdentity;
    return holder === '' ? undefined : holder;
  }

  /** Runs for leadership until the signal is aborted, then releases the lease if it is ours. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#step(signal);
      if (this.#renewedMillis !== undefined && !this.isLeader()) this.#stop('Lost');
      const pause = this.#pauseMillis();
      await abortable(this.#options.client.clock.sleep(pause, signal), signal).catch(() => undefined);
    }
    await this.#release();
  }

  async #step(signal: AbortSignal): Promise<void> {
    const startedMillis = this.#now();
    try {
      const held = await this.#tryToHold(signal);
      if (held) this.#renewed(startedMillis);
      else this.#stop('Lost');
    } catch (error) {
      if (signal.aborted) return;
      // Whatever is in the lease now, we have to read it again before we write.
      this.#lease = undefined;
      this.#options.log?.warn(
        { lease: this.#options.name, error: asKubeError(error).message },
        'lease not reached',
      );
    }
  }

  /** One attempt to get or keep the lease; true = it is ours from the attempt's start on. */
  async #tryToHold(signal: AbortSignal): Promise<boolean> {
    // A leader writes without reading first: its copy is current as long as nobody else wrote.
    const lease = this.isLeader() && this.#lease !== undefined ? this.#lease : await this.#read(signal);
    if (lease === undefined) return this.#write(this.#newLease(), signal);
    this.#observe(lease);
    if (!this.#mayTake(lease)) return false;
    return this.#write({ ...lease, spec: { ...this.#ownSpec(specOf(lease)) } }, signal);
  }

  async #read(signal: AbortSignal | undefined): Promise<KubeObject | undefined> {
    const { client, namespace, name } = this.#options;
    try {
      return await client.get(LEASES, { namespace, name }, this.#call(signal));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** False when another was faster. */
  async #write(lease: KubeObject, signal: AbortSignal | undefined): Promise<boolean> {
    const { client } = this.#options;
    const isNew = lease.metadata.resourceVersion === undefined;
    try {
      const call = isNew
        ? client.create(LEASES, lease, this.#call(signal))
        : client.update(LEASES, lease, this.#call(signal));
      this.#lease = await call;
      this.#observe(this.#lease);
      return true;
    } catch (error) {
      this.#lease = undefined;
      if (isAlreadyExists(error)) return false;
      // As leader, a conflict may be our own write whose answer was lost: the next read decides.
      if (isConflict(error) && !this.isLeader()) return false;
      throw error;
    }
  }

  #call(signal: AbortSignal | undefined): {
    signal: AbortSignal | undefined;
    deadlineMillis: number;
    maxAttempts: number;
  } {
    const left = this.isLeader() ? this.#leftMillis() : CALL_DEADLINE_MILLIS;
    return { signal, deadlineMillis: Math.min(CALL_DEADLINE_MILLIS, left), maxAttempts: 1 };
  }

  #observe(lease: KubeObject): void {
    const record = JSON.stringify([lease.metadata.resourceVersion, specOf(lease)]);
    this.#lease = lease;
    if (record !== this.#observed.record) this.#observed = { record, atMillis: this.#now() };
  }

  #mayTake(lease: KubeObject): boolean {
    const { holderIdentity = '', leaseDurationSeconds = this.#timings.leaseDurationSeconds } = specOf(lease);
    if (holderIdentity === '' || holderIdentity === this.#options.identity) return true;
    return this.#now() - this.#observed.atMillis >= leaseDurationSeconds * 1000;
  }

  #newLease(): KubeObject {
    const { namespace, name } = this.#options;
    return { metadata: { namespace, name }, spec: { ...this.#ownSpec({}) } };
  }

  #ownSpec(before: LeaseSpec): LeaseSpec {
    const now = microTimeNow(this.#options.client.clock);
    const sameHolder = before.holderIdentity === this.#options.identity;
    const transitions = before.leaseTransitions ?? 0;
    return {
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: this.#timings.leaseDurationSeconds,
      acquireTime: sameHolder ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: sameHolder || before.holderIdentity === undefined ? transitions : transitions + 1,
    };
  }

  #renewed(startedMillis: number): void {
    const wasLeading = this.#renewedMillis !== undefined;
    this.#renewedMillis = startedMillis;
    if (wasLeading || !this.isLeader()) return;
    this.#options.log?.info({ lease: this.#options.name, identity: this.#options.identity }, 'leading');
    this.#term = new AbortController();
    this.#options.onStarted?.(this.#term.signal);
  }

  #stop(reason: LeadershipEnd): void {
    if (this.#renewedMillis === undefined) return;
    this.#renewedMillis = undefined;
    this.#term?.abort();
    this.#term = undefined;
    this.#options.log?.warn({ lease: this.#options.name, reason, holder: this.holder }, 'no longer leading');
    this.#options.onStopped?.(reason);
  }

  /** Lets another take over at its next look instead of after the lease's duration. */
  async #release(): Promise<void> {
    const wasLeading = this.isLeader();
    // First stop acting, then tell: in the other order two could lead for a moment.
    this.#stop('Released');
    if (!wasLeading) return;
    try {
      const lease = this.#lease ?? (await this.#read(undefined));
      if (lease === undefined || specOf(lease).holderIdentity !== this.#options.identity) return;
      const renewTime = microTimeNow(this.#options.client.clock);
      const spec = { ...specOf(lease), holderIdentity: '', leaseDurationSeconds: 1, renewTime };
      await this.#write({ ...lease, spec }, undefined);
    } catch (error) {
      this.#options.log?.warn(
        { lease: this.#options.name, error: asKubeError(error).message },
        'lease not released',
      );
    }
  }

  #pauseMillis(): number {
    const period = jittered(this.#timings.retryPeriodSeconds * 1000, 0.1, this.#options.client.random);
    return this.#renewedMillis === undefined ? period : Math.min(period, Math.max(0, this.#leftMillis()));
  }

  /** Until a leader must stop acting. */
  #leftMillis(): number {
    return (this.#renewedMillis ?? 0) + this.#timings.renewDeadlineSeconds * 1000 - this.#now();
  }

  #now(): number {
    return this.#options.client.clock.monotonicMillis();
  }
}

function specOf(lease: KubeObject | undefined): LeaseSpec {
  const spec = lease?.['spec'];
  return typeof spec === 'object' && spec !== null ? spec : {};
}

function assertOrder(timings: LeaseTimings): void {
  const { leaseDurationSeconds, renewDeadlineSeconds, retryPeriodSeconds } = timings;
  if (
    leaseDurationSeconds > renewDeadlineSeconds &&
    renewDeadlineSeconds > retryPeriodSeconds &&
    retryPeriodSeconds > 0
  )
    return;
  throw new RangeError('lease timings must be: leaseDuration > renewDeadline > retryPeriod > 0');
}
