import { complianceRules } from '../../assess/compliance/index.ts';
import { createEngine } from '../../engine/engine.ts';
import { EntryReaders } from '../../observe/archive/entry-reader.ts';
import { InputError, reasonOf } from '../../observe/archive/file-set.ts';
import { takeInventory, type Inventory } from '../../observe/archive/inventory.ts';
import { planNodes, type NodePlan, type Plan } from '../../observe/archive/node-plan.ts';
import { openInput } from '../../observe/archive/open-input.ts';
import type { PtpAnalysis } from '../../api/analysis.ts';
import type { NodeTimeline } from '../../publish/analysis/timeline.ts';
import { buildAnalysis, type InputResult } from './build-analysis.ts';
import { GroupRun, type NodeOutcome } from './group-run.ts';
import { incidentsOver } from './incidents.ts';
import { policyOf, type AnalyzeOptions } from './options.ts';
import { windowFor } from './time-window.ts';

export interface AnalyzeIo {
  stdin: AsyncIterable<Buffer>;
  /** Bytes of logs read, and how many there are where that is known. */
  onProgress: (bytesRead: number, bytesTotal: number) => void;
}

export interface AnalyzeResult {
  analysis: PtpAnalysis;
  timelines: ReadonlyMap<string, NodeTimeline>;
}

/** Reads the inputs through the engine. Bad input is told in the result; nothing here throws for it. */
export async function analyze(
  paths: readonly string[],
  options: AnalyzeOptions,
  io: AnalyzeIo,
): Promise<AnalyzeResult> {
  const inputs: InputResult[] = [];
  const inventories: Inventory[] = [];
  for (const path of paths) {
    const result: InputResult = { name: path, problems: [] };
    inputs.push(result);
    const inventory = await inventoryOf(path, io, result);
    if (inventory !== undefined) inventories.push(inventory);
  }
  const plan = planNodes(inventories);
  const nodes = chooseNodes(plan, options.node, inputs);
  const outcomes = await runNodes(nodes, plan, inventories, options, io);
  for (const inventory of inventories) addProblems(inventory, inputs);
  const analysis = buildAnalysis({
    outcomes,
    incidents: incidentsOver(outcomes),
    inputs,
    plan,
    inventories,
    options,
  });
  const timelines = new Map<string, NodeTimeline>();
  for (const { plan: node, timeline } of outcomes)
    if (timeline !== undefined) timelines.set(node.name, timeline);
  return { analysis, timelines };
}

async function inventoryOf(path: string, io: AnalyzeIo, result: InputResult): Promise<Inventory | undefined> {
  try {
    return await takeInventory(await openInput(path, io.stdin));
  } catch (error) {
    if (!(error instanceof InputError) && !(error as NodeJS.ErrnoException).code) throw error;
    result.problems.push(reasonOf(error));
    return undefined;
  }
}

function addProblems(inventory: Inventory, inputs: readonly InputResult[]): void {
  const { files } = inventory.input;
  const result = inputs.find(({ name }) => name === files.name);
  result?.problems.push(...files.problems.filter((problem) => !result.problems.includes(problem)));
}

/** The nodes asked for. A single node that only has its file's name takes the name asked for. */
function chooseNodes(plan: Plan, name: string | undefined, inputs: readonly InputResult[]): NodePlan[] {
  if (name === undefined) return plan.nodes;
  const [only] = plan.nodes;
  if (plan.nodes.length === 1 && only !== undefined && !only.isNamedByInput) {
    only.name = name;
    return [only];
  }
  const chosen = plan.nodes.filter((node) => node.name === name);
  if (chosen.length === 0) {
    inputs[0]?.problems.push(
      `no node ${name}; there are: ${plan.nodes.map((node) => node.name).join(', ') || 'none'}`,
    );
  }
  return chosen;
}

async function runNodes(
  nodes: readonly NodePlan[],
  plan: Plan,
  inventories: readonly Inventory[],
  options: AnalyzeOptions,
  io: AnalyzeIo,
): Promise<NodeOutcome[]> {
  const bytesTotal = inventories.reduce((sum, { logBytes }) => sum + logBytes, 0);
  let bytesRead = 0;
  const readers = new EntryReaders();
  const runs = groupsOf(nodes).map(
    (group) =>
      new GroupRun(group, plan.objects, createEngine({ complianceRules }), readers.addReader(), {
        window: (axis) => windowFor(axis, options.since, options.until),
        policy: policyOf(options),
        withTimelines: options.output === 'html',
        onBytes: (bytes) => io.onProgress((bytesRead += bytes), bytesTotal),
      }),
  );
  const [, ...outcomes] = await Promise.all([readers.run(), ...runs.map((run) => run.run())]);
  return outcomes.flat();
}

/** Logs beyond this in packed archives are read node by node: together, each would need a pass of its own. */
const MAX_TOGETHER_BYTES = 256 * 2 ** 20;

/** Nodes that are read through one engine. */
function groupsOf(nodes: readonly NodePlan[]): NodePlan[][] {
  const pieces = nodes.flatMap(({ series }) => series.flatMap((one) => one.pieces));
  const packedBytes = pieces
    .filter(({ inventory, log }) => inventory.input.files.isPacked && log.kept === undefined)
    .reduce((sum, { log }) => sum + (log.entry.sizeBytes ?? 0), 0);
  if (nodes.length === 0) return [];
  if (nodes.length === 1 || packedBytes <= MAX_TOGETHER_BYTES) return [[...nodes]];
  for (const node of nodes) {
    node.notes.push(
      'Judged by its own log alone, because the archive is large: causes that only another node’s log tells are not named.',
    );
  }
  return nodes.map((node) => [node]);
}
