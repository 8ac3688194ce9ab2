import type { PolicyStatus } from '../api/policy.ts';
import { POLICIES } from '../api/resources.ts';
import type { KubeClient } from '../kube/client.ts';
import { isNotFound } from '../kube/errors.ts';
import { KeyedQueue } from '../kube/queue.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { policyStatus, type PolicyUse } from './status/policy-status.ts';

export interface PolicyPublisherOptions {
  client: KubeClient;
  /** What the policy's status says now, from a warm cache; undefined = there is no such policy. */
  statusOf: (name: string) => PolicyStatus | undefined;
  /** The fencing check: the lease is held at this very moment. */
  mayWrite: () => boolean;
  clock: Clock;
  log: Logger;
}

const CALL_DEADLINE_MILLIS = 10_000;

/** Tells each PtpHealthPolicy where it is in force and what is wrong with it. By the leader, on change only. */
export class PolicyPublisher {
  readonly #options: PolicyPublisherOptions;
  readonly #queue: KeyedQueue;
  /** By name; replaced as a whole. */
  #uses: ReadonlyMap<string, PolicyUse> = new Map();
  /** What this leader wrote last: the cache follows a moment later. Pruned with the policies. */
  readonly #written = new Map<string, string>();

  constructor(options: PolicyPublisherOptions) {
    this.#options = options;
    this.#queue = new KeyedQueue({ clock: options.clock });
  }

  /** Takes the newest uses and queues those that their status does not say yet. */
  update(uses: readonly PolicyUse[]): void {
    this.#uses = new Map(uses.map((use) => [use.name, use]));
    for (const name of this.#written.keys()) if (!this.#uses.has(name)) this.#written.delete(name);
    this.#queueAll();
  }

  /** Another leader may have written since. */
  beginTerm(): void {
    this.#written.clear();
    this.#queueAll();
  }

  /** Until the signal is aborted; then waits for the write under way. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#queue.run((name, term) => this.#write(name, term), { concurrency: 1, signal });
  }

  #queueAll(): void {
    for (const name of this.#uses.keys()) this.#queue.add(name);
  }

  /** @throws what the call threw, so that the queue comes back to the policy later. */
  async #write(name: string, signal: AbortSignal): Promise<void> {
    const { client, statusOf, mayWrite, clock, log } = this.#options;
    const use = this.#uses.get(name);
    const before = statusOf(name);
    if (use === undefined || before === undefined || !mayWrite()) return;
    const status = policyStatus(use, before, clock.wallMicros());
    const text = withoutTimes(status);
    if ((this.#written.get(name) ?? withoutTimes(before)) === text) return;
    try {
      const options = { subresource: 'status', signal, deadlineMillis: CALL_DEADLINE_MILLIS };
      await client.apply(POLICIES, { metadata: { name }, status }, options);
      this.#written.set(name, text);
    } catch (error) {
      if (signal.aborted || isNotFound(error)) return;
      log.warn({ policy: name, error: String(error) }, 'status of the policy not written');
      throw error;
    }
  }
}

function withoutTimes({ matchedNodes, conditions = [] }: PolicyStatus): string {
  return JSON.stringify([
    matchedNodes,
    conditions.map(({ type, status, reason, message, observedGeneration }) => [
      type,
      status,
      reason,
      message,
      observedGeneration,
    ]),
  ]);
}
