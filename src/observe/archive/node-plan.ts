import type { Micros } from '../../ptp/time.ts';
import { baseName } from './file-set.ts';
import type { Inventory, LogFile, TextFile } from './inventory.ts';
import type { LogHead } from './log-head.ts';
import type { Input } from './open-input.ts';
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
    const streams = this.#inventories
      .filter(({ input }) => input.form === 'Stream')
      .map(({ input }) => input);
    for (const inventory of this.#inventories) this.#place(inventory, streams);
    const nodes = [...this.#plans.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const plan of nodes) {
      for (const series of plan.series) series.pieces.sort(byFirstTime);
      alignTimeLines(plan);
    }
    return { nodes, objects: this.#objects, objectFiles: this.#objectFiles };
  }

  #place(inventory: Inventory, streams: readonly Input[]): void {
    const isCluster = [...inventory.logs, ...inventory.texts].some(
      ({ role }) => role.kind === 'ContainerLog' || role.kind === 'Objects',
    );
    const folders = folderNames(inventory, streams);
    const hosts = hostNames(inventory);
    for (const log of inventory.logs) {
      const { role } = log;
      if (role.kind === 'ContainerLog') {
        const key = `${role.namespace}/${role.pod}`;
        const node = this.#objects.nodeOfPod(key) ?? hostOf(log.entry.path, hosts);
        this.#addLog(node ?? role.pod, node !== undefined, key, { inventory, log });
      } else if (role.kind === 'HostLog') {
        this.#addLog(hosts.get(role.root) ?? inventory.input.nodeName, hosts.has(role.root), role.series, {
          inventory,
          log,
        });
      } else if ((role.kind === 'PlainLog' || role.kind === 'MaybeLog') && !isCluster) {
        const named = folders.get(role.folder);
        this.#addLog(
          named?.name ?? inventory.input.nodeName,
          named?.isNamed ?? false,
          `${role.folder}/${role.series}`,
          { inventory, log },
        );
      }
    }
    for (const file of inventory.texts) this.#placeConfig(inventory, file, folders, hosts, isCluster);
  }

  #placeConfig(
    inventory: Inventory,
    file: TextFile,
    folders: ReadonlyMap<string, FolderName>,
    hosts: ReadonlyMap<string, string>,
    isCluster: boolean,
  ): void {
    const { role } = file;
    if (role.kind === 'HostConfig') {
      this.#plan(hosts.get(role.root) ?? inventory.input.nodeName, hosts.has(role.root)).configs.push({
        inventory,
        file,
      });
    } else if (role.kind === 'LinuxptpConfig' && !isCluster) {
      const named = folders.get(role.folder);
      this.#plan(named?.name ?? inventory.input.nodeName, named?.isNamed ?? false).configs.push({
        inventory,
        file,
      });
    }
  }

  #addLog(node: string, isNamed: boolean, seriesName: string, log: Omit<PlannedLog, 'shiftMicros'>): void {
    const plan = this.#plan(node, isNamed);
    let series = plan.series.find(({ name }) => name === seriesName);
    if (series === undefined) {
      series = { name: seriesName, pieces: [] };
      plan.series.push(series);
    }
    series.pieces.push({ ...log, shiftMicros: 0 });
  }

  #plan(name: string, isNamedByInput: boolean): NodePlan {
    let plan = this.#plans.get(name);
    if (plan === undefined) {
      plan = { name, isNamedByInput, series: [], configs: [], notes: [] };
      this.#plans.set(name, plan);
    }
    return plan;
  }
}

interface FolderName {
  name: string;
  isNamed: boolean;
}

/**
 * The node each folder of a plain input stands for: the input's own name for its top, a sub-folder's name
 * for a sub-folder, its whole path where two have the same name.
 */
function folderNames(inventory: Inventory, streams: readonly Input[]): Map<string, FolderName> {
  const folders = new Set<string>();
  for (const { role } of [...inventory.logs, ...inventory.texts]) {
    if (role.kind === 'PlainLog' || role.kind === 'MaybeLog' || role.kind === 'LinuxptpConfig')
      folders.add(role.folder);
  }
  const names = new Map<string, FolderName>();
  if (inventory.input.form === 'Stream') {
    // Files named one by one are what somebody has of one node.
    for (const folder of folders) names.set(folder, { name: streams[0]?.nodeName ?? '', isNamed: false });
    return names;
  }
  const counts = new Map<string, number>();
  for (const folder of folders) counts.set(baseName(folder), (counts.get(baseName(folder)) ?? 0) + 1);
  for (const folder of folders) {
    const isOnlyFolder = folders.size === 1 && inventory.input.form === 'Archive';
    if (folder === '') names.set(folder, { name: inventory.input.nodeName, isNamed: false });
    else
      names.set(folder, {
        name: counts.get(baseName(folder)) === 1 ? baseName(folder) : folder,
        isNamed: !isOnlyFolder,
      });
  }
  return names;
}

/** Host name by root folder, from the files in which a sosreport keeps it. */
function hostNames(inventory: Inventory): Map<string, string> {
  const names = new Map<string, string>();
  for (const { role, text } of inventory.texts) {
    const name = text.trim();
    if (role.kind === 'HostName' && /^[\w.-]{1,253}$/.test(name)) names.set(role.root, name);
  }
  return names;
}

function hostOf(path: string, hosts: ReadonlyMap<string, string>): string | undefined {
  for (const [root, name] of hosts) if (path.startsWith(`${root}var/log/`)) return name;
  return undefined;
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
  return heads.filter((head) => head.axis === axis).reduce((sum, head) => sum + head.programLines, 0);
}
