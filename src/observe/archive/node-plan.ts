import type { Micros } from '../../ptp/time.ts';
import type { Inventory, LogFile, TextFile } from './inventory.ts';
import type { LogHead } from './log-head.ts';
import { NodeNames, type LogPlace, type NodePlace } from './node-names.ts';
import { ClusterObjects } from './objects.ts';

/** One node of the inputs: its logs in the order they must be read, and what describes it. */
export interface NodePlan {
  name: string;
  /** The name was given by an input that says it, not made from a file name. */
  isNamedByInput: boolean;
  series: LogSeries[];
  configs: PlannedText[];
  /** What people must know about how the logs were put together. */
  notes: string[];
}

/** The pieces of one log, oldest first: read one after the other. */
export interface LogSeries {
  name: string;
  pieces: PlannedLog[];
}

export interface PlannedLog {
  inventory: Inventory;
  log: LogFile;
  /** Added to every time of this log, so that all logs of the node are on one time line. */
  shiftMicros: Micros;
}

export interface PlannedText {
  inventory: Inventory;
  file: TextFile;
}

export interface Plan {
  /** By name. */
  nodes: NodePlan[];
  /** What the must-gathers among the inputs say about the cluster. */
  objects: ClusterObjects;
  /** Files of Kubernetes objects, with the reason where one could not be read. */
  objectFiles: { inventory: Inventory; file: TextFile; problem: string | undefined }[];
}

/** Sorts what the inventories found into nodes. */
export function planNodes(inventories: readonly Inventory[]): Plan {
  const planner = new Planner();
  for (const inventory of inventories) planner.add(inventory);
  return planner.finish();
}

class Planner {
  readonly #plans = new Map<string, NodePlan>();
  readonly #objects = new ClusterObjects();
  readonly #objectFiles: Plan['objectFiles'] = [];
  readonly #inventories: Inventory[] = [];

  add(inventory: Inventory): void {
    this.#inventories.push(inventory);
    for (const file of inventory.texts) {
      if (file.role.kind !== 'Objects') continue;
      this.#objectFiles.push({ inventory, file, problem: this.#objects.add(file.role.content, file.text) });
    }
  }

  finish(): Plan {
    // Files named one by one are what somebody has of one node: the first gives the name.
    const streamName = this.#inventories.find(({ input }) => input.form === 'Stream')?.input.nodeName ?? '';
    const taken = new Set<string>();
    for (const inventory of this.#inventories) {
      const names = new NodeNames(inventory, this.#objects, streamName, taken);
      this.#place(inventory, names);
    }
    const nodes = [...this.#plans.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const plan of nodes) {
      for (const series of plan.series) series.pieces.sort(byFirstTime);
      alignTimeLines(plan);
    }
    return { nodes, objects: this.#objects, objectFiles: this.#objectFiles };
  }

  #place(inventory: Inventory, names: NodeNames): void {
    for (const log of inventory.logs) {
      const place = names.ofLog(log.entry.path, log.role);
      if (place !== undefined) this.#addLog(place, { inventory, log });
    }
    for (const file of inventory.texts) {
      const place = names.ofConfig(file.role);
      if (place !== undefined) this.#plan(place).configs.push({ inventory, file });
    }
  }

  #addLog(place: LogPlace, log: Omit<PlannedLog, 'shiftMicros'>): void {
    const plan = this.#plan(place);
    let series = plan.series.find(({ name }) => name === place.series);
    if (series === undefined) {
      series = { name: place.series, pieces: [] };
      plan.series.push(series);
    }
    series.pieces.push({ ...log, shiftMicros: 0 });
  }

  #plan({ node, isNamed }: NodePlace): NodePlan {
    let plan = this.#plans.get(node);
    if (plan === undefined) {
      plan = { name: node, isNamedByInput: isNamed, series: [], configs: [], notes: [] };
      this.#plans.set(node, plan);
    }
    return plan;
  }
}

function byFirstTime(a: PlannedLog, b: PlannedLog): number {
  const difference = a.log.head.firstMicros - b.log.head.firstMicros;
  return difference !== 0 ? difference : a.log.entry.ordinal - b.log.entry.ordinal;
}

/**
 * Puts logs that have uptime only beside logs that have the wall clock: by a log that carries both. Where
 * no log does, they are left out, because an order between them would be invented.
 */
function alignTimeLines(plan: NodePlan): void {
  const heads = plan.series.flatMap(({ pieces }) => pieces.map(({ log }) => log.head));
  const isMixed = heads.some(({ axis }) => axis === 'Wall') && heads.some(({ axis }) => axis === 'Uptime');
  if (!isMixed) return;
  const boot = heads.find(({ bootMicros }) => bootMicros !== undefined)?.bootMicros;
  for (const series of plan.series) {
    for (const piece of series.pieces) if (piece.log.head.axis === 'Uptime') piece.shiftMicros = boot ?? 0;
  }
  if (boot !== undefined) {
    plan.notes.push('Logs with uptime only were placed on the wall clock by lines that carry both.');
    return;
  }
  const keepWall = countOf(heads, 'Wall') >= countOf(heads, 'Uptime');
  plan.series = plan.series.filter(({ pieces }) =>
    pieces.every(({ log }) => (log.head.axis === 'Uptime') !== keepWall),
  );
  plan.notes.push(
    `Some logs have the wall clock, others only uptime, and no line has both: only those with ${keepWall ? 'the wall clock' : 'uptime'} were judged.`,
  );
}

function countOf(heads: readonly LogHead[], axis: LogHead['axis']): number {
  return heads.filter((head) => head.axis === axis).reduce((sum, head) => sum + head.factCount, 0);
}
