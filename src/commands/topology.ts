import { Option, type Command } from 'commander';
import { buildTopology } from '../assess/topology/build.ts';
import type { ClockTopology } from '../assess/topology/topology.ts';
import { withCluster, type ClusterChoice } from './cluster-client.ts';
import { renderDot, renderMermaid } from './topology/output-graph.ts';
import { renderText } from './topology/output-text.ts';
import { rowsOfCluster, rowsOfFiles } from './topology/rows.ts';
import { writeOut } from './write-out.ts';

const EXIT_NOTHING = 2;

const RENDERERS = {
  text: renderText,
  json: (topology: ClockTopology) =>
    `${JSON.stringify({ kind: 'PtpTopology', ...topology }, undefined, 2)}\n`,
  mermaid: renderMermaid,
  dot: renderDot,
} as const;

interface TopologyOptions extends ClusterChoice {
  from?: string[];
  maxSteps?: number;
  output: keyof typeof RENDERERS;
}

const HELP = `
Without --from the reports of the operator are read through the kubeconfig. With it, PATH is what
"ptp-health analyze" takes: must-gathers, folders of logs, archives.

Exit code: 0 a topology was made, 2 no clock is known.

Examples:
  ptp-health topology
  ptp-health topology --from must-gather.tar.gz --output dot | dot -Tsvg > clocks.svg`;

export function registerTopology(program: Command): void {
  program
    .command('topology')
    .description('how the clocks of the fleet hang together: grandmasters, trees, unseen hops')
    .option('--from <path...>', 'logs or must-gathers instead of a cluster; - for standard input')
    .addOption(
      new Option('-o, --output <form>', 'form of the result').choices(Object.keys(RENDERERS)).default('text'),
    )
    .addOption(new Option('--max-steps <count>', 'longest chain of clocks that is meant').argParser(Number))
    .option('--kubeconfig <file>', 'kubeconfig of the cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .addHelpText('after', HELP)
    .action(async (options: TopologyOptions) => {
      process.exitCode = await runTopology(options);
    });
}

async function runTopology(options: TopologyOptions): Promise<number> {
  const { from, maxSteps, output } = options;
  const { rows, problems } =
    from === undefined
      ? { rows: await withCluster(options, rowsOfCluster), problems: [] }
      : await rowsOfFiles(from, process.stdin);
  for (const problem of problems) process.stderr.write(`ptp-health: ${problem}\n`);
  const limits = maxSteps === undefined || !Number.isInteger(maxSteps) ? {} : { stepsRemoved: maxSteps };
  const topology = buildTopology(rows, limits);
  await writeOut(RENDERERS[output](topology));
  return topology.clocks.length === 0 ? EXIT_NOTHING : 0;
}
