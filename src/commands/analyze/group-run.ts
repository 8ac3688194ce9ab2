import type { PtpHealthPolicySpec } from '../../api/policy.ts';
import type { Engine } from '../../engine/engine.ts';
import type { EntryReader } from '../../observe/archive/entry-reader.ts';
import { SeriesStream, type FileResult } from '../../observe/archive/log-stream.ts';
import { mergeByTime } from '../../observe/archive/merge.ts';
import type { NodePlan } from '../../observe/archive/node-plan.ts';
import type { ClusterObjects } from '../../observe/archive/objects.ts';
import type { Observation } from '../../observe/observation.ts';
import type { NodeTimeline } from '../../publish/analysis/timeline.ts';
import type { FleetSnapshot, NodeReport } from '../../report/snapshot.ts';
import type { Micros } from '../../ptp/time.ts';
import type { NodeState } from '../../state/node-state.ts';
import { EpisodeCollector } from './episode-collector.ts';
import { LogClock, SET_BACK_MICROS } from './log-clock.ts';
import { factsOf } from './node-facts.ts';
import type { TimeWindow } from './time-window.ts';
import { TimelineRecorder } from './timeline-recorder.ts';

/** One node after all its logs were read. */
export interface NodeOutcome {
  plan: NodePlan;
  axis: 'Wall' | 'Uptime' | 'None';
  report: NodeReport;
  /** The node's memory, for looking at several nodes together. */
  state: Readonly<NodeState>;
  episodes: EpisodeCollector;
  files: FileResult[];
  timeline: NodeTimeline | undefined;
  /** Wall clock minus uptime, where the logs told it. */
  bootMicros: Micros | undefined;
  setBacks: number;
  /** Facts more than a second older than the one before. */
  disorder: number;
}

export interface GroupOptions {
  window: (axis: 'Wall' | 'Uptime') => TimeWindow;
  policy: PtpHealthPolicySpec | undefined;
  withTimelines: boolean;
  onBytes: (bytes: number) => void;
}

/** What is kept of a node while its logs are read. */
interface NodeRun {
  plan: NodePlan;
  axis: NodeOutcome['axis'];
  streams: SeriesStream[];
  episodes: EpisodeCollector;
  recorder: TimelineRecorder | undefined;
  lastMicros: Micros;
  setBacks: number;
  /** Facts more than a second older than the one before. */
  disorder: number;
  /** The report at the end of its own logs. */
  final?: NodeReport;
}

/**
 * Reads the logs of nodes that share a time line through one engine, in time order, as if they were
 * happening: so a node can be judged by what its peers do, as in a live cluster.
 */
export class GroupRun {
  readonly #engine: Engine;
  readonly #options: GroupOptions;
  readonly #reader: EntryReader;
  readonly #nodes: NodeRun[];
  readonly #byName: Map<string, NodeRun>;
  readonly #clock: LogClock;
  readonly #window: TimeWindow;
  readonly #objects: ClusterObjects;
  #lastNode: NodeRun | undefined;
  #hasNews = true;
  #evaluatedMicros = -Infinity;

  constructor(
    plans: readonly NodePlan[],
    objects: ClusterObjects,
    engine: Engine,
    reader: EntryReader,
    options: GroupOptions,
  ) {
    this.#engine = engine;
    this.#options = options;
    this.#reader = reader;
    this.#objects = objects;
    this.#nodes = plans.map((plan) => ({
      plan,
      axis: axisOf(plan),
      streams: plan.series.map((series) => new SeriesStream(plan.name, series, reader)),
      episodes: new EpisodeCollector(),
      recorder: options.withTimelines ? new TimelineRecorder() : undefined,
      lastMicros: -Infinity,
      setBacks: 0,
      disorder: 0,
    }));
    this.#byName = new Map(this.#nodes.map((node) => [node.plan.name, node]));
    this.#clock = new LogClock((now) => this.#evaluateWhenDue(now));
    this.#window = options.window(this.#nodes.some(({ axis }) => axis === 'Wall') ? 'Wall' : 'Uptime');
  }

  async run(): Promise<NodeOutcome[]> {
    try {
      this.#begin();
      await this.#feed();
    } finally {
      this.#reader.close();
    }
    return this.#finish();
  }

  /** Configuration and devices come before the first line, as they do for the live operator. */
  #begin(): void {
    for (const node of this.#nodes) {
      const firstMicros = Math.min(...node.streams.map((stream) => stream.firstMicros));
      const atMicros = Number.isFinite(firstMicros) ? firstMicros : 0;
      for (const fact of factsOf(node.plan, this.#objects, atMicros)) this.#engine.ingest(fact);
      if (this.#options.policy !== undefined) this.#engine.setPolicy(node.plan.name, this.#options.policy);
    }
  }

  async #feed(): Promise<void> {
    const streams = this.#nodes.flatMap((node) => node.streams);
    let bytesBefore = 0;
    for await (const batch of mergeByTime(streams)) {
      this.#finishEndedNodes();
      for (const observation of batch) {
        if (observation.atMicros > this.#window.untilMicros) continue;
        this.#take(observation);
      }
      const bytes = streams.reduce((sum, stream) => sum + stream.bytesRead, 0);
      this.#options.onBytes(bytes - bytesBefore);
      bytesBefore = bytes;
    }
  }

  #take(observation: Observation): void {
    const { atMicros } = observation;
    this.#clock.moveTo(atMicros);
    const node = this.#nodeOf(observation.node);
    if (node !== undefined) {
      if (atMicros < node.lastMicros - SET_BACK_MICROS) node.setBacks++;
      else if (atMicros < node.lastMicros - DISORDER_MICROS) node.disorder++;
      node.lastMicros = atMicros;
      node.recorder?.record(observation);
    }
    if (this.#engine.ingest(observation)) this.#hasNews = true;
  }

  /** Most facts are of the node of the fact before them. */
  #nodeOf(name: string): NodeRun | undefined {
    if (this.#lastNode?.plan.name !== name) this.#lastNode = this.#byName.get(name);
    return this.#lastNode;
  }

  /** An evaluation costs as much as a hundred lines: while nothing happens one in a while will do. */
  #evaluateWhenDue(now: Micros): void {
    if (this.#hasNews || now < this.#evaluatedMicros || now - this.#evaluatedMicros >= QUIET_MICROS)
      this.#evaluate(now);
  }

  /** A node is judged at the end of its own logs; what others log later says nothing about it. */
  #finishEndedNodes(): void {
    for (const node of this.#nodes) {
      if (node.final !== undefined || !node.streams.every((stream) => stream.hasEnded)) continue;
      this.#finishNode(node);
    }
  }

  #finishNode(node: NodeRun): void {
    const { name } = node.plan;
    const lines = lineTotals(node.streams.flatMap((stream) => stream.results));
    const now = Math.max(this.#clock.nowMicros ?? 0, 0);
    if (lines.recognised === 0) this.#engine.ingest(nothingRead(name, now));
    this.#engine.setLineCounts(name, lines);
    this.#engine.endOfInput(name);
    const report = this.#evaluate(now).nodes.get(name);
    if (report !== undefined) node.final = report;
  }

  #evaluate(now: Micros): FleetSnapshot {
    this.#hasNews = false;
    this.#evaluatedMicros = now;
    const snapshot = this.#engine.evaluate(now);
    for (const node of this.#nodes) {
      const report = node.final === undefined ? snapshot.nodes.get(node.plan.name) : undefined;
      if (report !== undefined) node.episodes.collect(report);
    }
    return snapshot;
  }

  #finish(): NodeOutcome[] {
    this.#finishEndedNodes();
    return this.#nodes.flatMap((node): NodeOutcome[] => {
      const state = this.#engine.stateOf(node.plan.name);
      if (node.final === undefined || state === undefined) return [];
      const heads = node.plan.series.flatMap(({ pieces }) => pieces.map(({ log }) => log.head));
      return [
        {
          plan: node.plan,
          axis: node.axis,
          report: node.final,
          state,
          episodes: node.episodes,
          files: node.streams.flatMap((stream) => stream.results),
          timeline: node.recorder?.finish(),
          bootMicros: heads.find(({ bootMicros }) => bootMicros !== undefined)?.bootMicros,
          setBacks: node.setBacks,
          disorder: node.disorder,
        },
      ];
    });
  }
}

const DISORDER_MICROS = 1_000_000;
/** Nodes that say nothing meanwhile are looked at this often. */
const QUIET_MICROS = 300_000_000;

/** The clock all logs of a node are on, after alignment. */
export function axisOf(plan: NodePlan): NodeOutcome['axis'] {
  const axes = plan.series.flatMap(({ pieces }) =>
    pieces.map(({ log, shiftMicros }) => (shiftMicros === 0 ? log.head.axis : 'Wall')),
  );
  if (axes.includes('Wall')) return 'Wall';
  return axes.includes('Uptime') ? 'Uptime' : 'None';
}

function lineTotals(files: readonly FileResult[]): FileResult['lines'] {
  const totals = { total: 0, recognised: 0, unrecognised: 0 };
  for (const { lines } of files) {
    totals.total += lines.total;
    totals.recognised += lines.recognised;
    totals.unrecognised += lines.unrecognised;
  }
  return totals;
}

/** Makes a node of which nothing could be read appear, as one that cannot be judged. */
function nothingRead(node: string, atMicros: Micros): Observation {
  return {
    kind: 'sourceCondition',
    node,
    source: 'Archive',
    atMicros,
    name: 'Logs',
    condition: 'Absent',
    reason: 'NothingRead',
    message: 'no line of linuxptp or its daemon in the logs given',
  };
}
