import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { PodLogFollower, type FollowStats, type OpenLogStream } from '../../observe/logs/follow.ts';
import { createLogParser, type LogParser } from '../../observe/logs/parser.ts';
import type { ObservationSink } from '../../observe/observation.ts';
import type { DaemonPod } from '../../observe/resources/pod.ts';
import type { SourceState } from './node-facts.ts';

export interface LogSourcesOptions {
  open: OpenLogStream;
  clock: Clock;
  log: Logger;
  engine: Engine;
  ingest: ObservationSink;
}

interface Source {
  podUid: string;
  /** Container identities and states, so that a restart wakes the follower. */
  containers: string;
  follower: PodLogFollower;
  parser: LogParser;
  done: Promise<void>;
}

interface LineTotals {
  total: number;
  recognised: number;
  unrecognised: number;
}

/** Time in which a stream gives its history: a verdict before would rest on half of it. */
const HISTORY_MILLIS = 1_000;
/** A stream that has been open for so long without a byte is a quiet log, not a missing one. */
const QUIET_AFTER_MILLIS = 3_000;

/** One log follower per daemon pod, opened and closed as pods come and go. */
export class LogSources {
  readonly #options: LogSourcesOptions;
  /** By node; `set` with undefined and `forget` evict. */
  readonly #sources = new Map<string, Source>();
  /** Nodes whose policy says that the log is not to be followed. */
  readonly #unwanted = new Set<string>();
  readonly #openedMillis = new Map<string, number>();
  /** What was last said of each node's log. */
  readonly #said = new Map<string, string>();
  /** Lines of earlier pods of the node, so that totals never go back. */
  readonly #earlier = new Map<string, LineTotals>();
  #reopenedByEarlier = 0;

  constructor(options: LogSourcesOptions) {
    this.#options = options;
  }

  get stats(): { open: number; waiting: number; reopenedTotal: number } {
    const all = [...this.#sources.values()].map(({ follower }) => follower.stats);
    const open = all.filter(({ phase }) => phase === 'Streaming').length;
    const reopened = all.reduce((sum, stats) => sum + reopens(stats), 0);
    return { open, waiting: all.length - open, reopenedTotal: reopened + this.#reopenedByEarlier };
  }

  /** Follows the pod that speaks for the node now, unless the policy wants no log. */
  set(node: string, daemon: DaemonPod | undefined, isWanted: boolean): void {
    const pod = isWanted ? daemon : undefined;
    if (isWanted) this.#unwanted.delete(node);
    else this.#unwanted.add(node);
    const known = this.#sources.get(node);
    if (known !== undefined && known.podUid !== pod?.uid) this.#close(node, known);
    if (pod === undefined) return;
    const containers = JSON.stringify(pod.containers);
    const same = this.#sources.get(node);
    if (same === undefined) this.#sources.set(node, this.#open(node, pod, containers));
    else if (same.containers !== containers) {
      same.containers = containers;
      same.follower.wake();
    }
  }

  forget(node: string): void {
    const known = this.#sources.get(node);
    if (known !== undefined) this.#close(node, known);
    this.#unwanted.delete(node);
    this.#said.delete(node);
    this.#earlier.delete(node);
  }

  /** Tells the engine how each log is doing; called at every tick of the main loop. */
  report(nodes: Iterable<string>): void {
    for (const node of nodes) {
      const source = this.#sources.get(node);
      this.#say(node, source === undefined ? this.#whyNone(node) : this.#stateOf(node, source));
      if (source !== undefined) this.#options.engine.setLineCounts(node, this.#totals(node, source));
    }
  }

  async stop(): Promise<void> {
    const sources = [...this.#sources.values()];
    for (const { follower } of sources) follower.stop();
    await Promise.all(sources.map(({ done }) => done));
    this.#sources.clear();
  }

  #open(node: string, pod: DaemonPod, containers: string): Source {
    const { open, clock, log, ingest } = this.#options;
    const parser = createLogParser({ node, source: 'Log', onObservation: ingest });
    const follower = new PodLogFollower({
      target: { node, namespace: pod.namespace, pod: pod.name, podUid: pod.uid },
      open,
      clock,
      random: Math.random,
      logger: log,
      onLines: (bytes) => {
        parser.push(bytes);
      },
      onObservation: ingest,
    });
    this.#openedMillis.set(node, clock.monotonicMillis());
    return { podUid: pod.uid, containers, follower, parser, done: follower.run() };
  }

  #close(node: string, source: Source): void {
    source.follower.stop();
    this.#earlier.set(node, this.#totals(node, source));
    this.#reopenedByEarlier += reopens(source.follower.stats);
    this.#sources.delete(node);
    this.#openedMillis.delete(node);
  }

  #totals(node: string, { parser }: Source): LineTotals {
    const { total, recognised, unrecognised } = parser.counts;
    const before = this.#earlier.get(node) ?? { total: 0, recognised: 0, unrecognised: 0 };
    return {
      total: before.total + total,
      recognised: before.recognised + recognised,
      unrecognised: before.unrecognised + unrecognised,
    };
  }

  #whyNone(node: string): SourceState {
    return this.#unwanted.has(node) ? NOT_WANTED : NO_POD;
  }

  /** undefined while it is too early to say anything. */
  #stateOf(node: string, { follower }: Source): SourceState | undefined {
    const { phase, lines, lastError } = follower.stats;
    if (phase === 'Streaming') {
      const openForMillis = this.#options.clock.monotonicMillis() - (this.#openedMillis.get(node) ?? 0);
      return openForMillis > (lines > 0 ? HISTORY_MILLIS : QUIET_AFTER_MILLIS) ? FOLLOWED : undefined;
    }
    if (lastError === undefined) return undefined;
    const condition = lines > 0 ? 'Stale' : 'Absent';
    return { condition, reason: 'LogNotReadable', message: `the daemon's log cannot be read: ${lastError}` };
  }

  #say(node: string, state: SourceState | undefined): void {
    if (state === undefined || this.#said.get(node) === state.condition + state.reason) return;
    this.#said.set(node, state.condition + state.reason);
    const atMicros = this.#options.clock.wallMicros();
    this.#options.ingest({
      kind: 'sourceCondition',
      node,
      source: 'Resource',
      atMicros,
      name: 'Logs',
      ...state,
    });
  }
}

const FOLLOWED: SourceState = {
  condition: 'Fresh',
  reason: 'Followed',
  message: "the daemon's log is followed",
};
const NOT_WANTED: SourceState = {
  condition: 'Absent',
  reason: 'PolicySaysNever',
  message: 'the policy of the node says that logs are not followed',
};
const NO_POD: SourceState = {
  condition: 'Absent',
  reason: 'NoDaemon',
  message: 'the node has no PTP daemon pod',
};

function reopens({ reopens: byReason }: Readonly<FollowStats>): number {
  return Object.values(byReason).reduce((sum, count) => sum + count, 0);
}
