import { existsSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { DEFAULT_PTP_NAMESPACE } from '../observe/resources/upstream.ts';
import type { OperatorGeneration } from '../assess/recommend.ts';
import type { Expected } from '../assess/expected.ts';
import { withCluster, type ClusterChoice } from './cluster-client.ts';
import { assignment, renderAssignment } from './config/assign.ts';
import { renderExplanation } from './config/explain-text.ts';
import { explain } from './config/explain.ts';
import { readCluster } from './config/live.ts';
import { expectedOfAll, expectedOfNode } from './config/node-model.ts';
import { parseGeneration, readClusterFiles, type ClusterView } from './config/sources.ts';
import { readInputs } from './manifests/input.ts';
import { expectedOfText, isLinuxptpText } from './manifests/linuxptp-text.ts';
import { SettingsError } from './settings.ts';
import { writeOut } from './write-out.ts';

const EXIT_FAILED = 1;
/** What cannot be the name of a PtpConfig, or is very unlikely to be meant as one. */
const FILE_NAME = /\/|\.(?:ya?ml|json|conf|cfg|config)$/i;

interface AssignOptions {
  nodes: string;
  generation: OperatorGeneration;
  output: 'text' | 'json';
}

interface ExplainOptions extends ClusterChoice {
  profile?: string;
  node?: string;
  nodes?: string;
  linuxptpVersion?: string;
  namespace: string;
  output: 'text' | 'json';
}

const ASSIGN_HELP = `
Files may hold several documents and lists; - is standard input.
Exit code: 0 all nodes get their profiles, 1 the operator would fail.

Example:
  kubectl get nodes -o yaml > nodes.yaml
  kubectl get ptpconfig -A -o yaml | ptp-health config assign --nodes nodes.yaml -`;

const EXPLAIN_HELP = `
SOURCE is a linuxptp configuration, a file of PtpConfig manifests (nodes and ptp-configmap may be in it
too), or - for standard input. Without a file it is read from the cluster: SOURCE then names a PtpConfig.

Examples:
  ptp-health config explain ptp4l.conf
  ptp-health config explain --profile boundary ptpconfig.yaml
  ptp-health config explain --node worker-0`;

export function registerConfig(program: Command): void {
  const config = program.command('config').description('what PtpConfigs mean for nodes and programs');
  const output = (): Option =>
    new Option('-o, --output <form>', 'form of the result').choices(['text', 'json']).default('text');
  config
    .command('assign')
    .description('which node gets which profiles, and why each other one lost')
    .argument('<ptpconfig...>', 'files with PtpConfig resources')
    .requiredOption('--nodes <file>', 'file with the nodes, as kubectl get nodes -o yaml prints them')
    .addOption(
      new Option(
        '--generation <release>',
        'release of the PTP Operator: profile names are qualified since 4.22',
      )
        .argParser(parseGeneration)
        .default('4.21'),
    )
    .addOption(output())
    .addHelpText('after', ASSIGN_HELP)
    .action(async (paths: string[], options: AssignOptions) => {
      process.exitCode = await runAssign(paths, options);
    });
  config
    .command('explain')
    .description('each value a program uses, where it comes from and which rules look at it')
    .argument('[source]', 'file, - for standard input, or the name of a PtpConfig of the cluster')
    .option('--profile <name>', 'this profile only')
    .option('--node <name>', 'the profiles of this node')
    .option('--nodes <file>', 'file with nodes, for their labels')
    .option('--linuxptp-version <version>', 'version of linuxptp whose defaults hold, for example 4.2')
    .option('--namespace <name>', 'namespace of the PtpConfigs in the cluster', DEFAULT_PTP_NAMESPACE)
    .option('--kubeconfig <file>', 'kubeconfig of the cluster')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(output())
    .addHelpText('after', EXPLAIN_HELP)
    .action(async (source: string | undefined, options: ExplainOptions) => {
      process.exitCode = await runExplain(source, options);
    });
}

async function runAssign(paths: readonly string[], options: AssignOptions): Promise<number> {
  const view = readClusterFiles(await readInputs([options.nodes, ...paths], process.stdin));
  if (view.nodes.length === 0) throw new SettingsError(`${options.nodes}: there is no Node in it`);
  const result = assignment(view, options.generation);
  await writeOut(
    options.output === 'json' ? `${JSON.stringify(result, undefined, 2)}\n` : renderAssignment(result),
  );
  return result.error === null ? 0 : EXIT_FAILED;
}

async function runExplain(source: string | undefined, options: ExplainOptions): Promise<number> {
  const { node, profile, linuxptpVersion, output } = options;
  const expected = await expectedOf(source, options);
  const result = explain(expected, { node, profile, linuxptpVersion });
  await writeOut(output === 'json' ? `${JSON.stringify(result, undefined, 2)}\n` : renderExplanation(result));
  return result.profiles.length > 0 ? 0 : EXIT_FAILED;
}

async function expectedOf(source: string | undefined, options: ExplainOptions): Promise<Expected> {
  const { node, linuxptpVersion, namespace } = options;
  const modelOf = (view: ClusterView): Expected =>
    node === undefined ? expectedOfAll(view, linuxptpVersion) : expectedOfNode(view, node, linuxptpVersion);
  const isFile = source === '-' || (source !== undefined && existsSync(source));
  if (!isFile) {
    if (source !== undefined && FILE_NAME.test(source)) throw new SettingsError(`${source}: no such file`);
    const view = await withCluster(options, (client) => readCluster(client, namespace, node));
    return modelOf(onlyResource(view, source));
  }
  const inputs = await readInputs(
    [source, ...(options.nodes === undefined ? [] : [options.nodes])],
    process.stdin,
  );
  const [first] = inputs;
  if (first?.text !== undefined && isLinuxptpText(first.text))
    return expectedOfText(first.path, first.text, linuxptpVersion);
  return modelOf(readClusterFiles(inputs));
}

function onlyResource(view: ClusterView, name: string | undefined): ClusterView {
  if (name === undefined) return view;
  const configs = view.configs.filter((config) => config.name === name);
  if (configs.length > 0) return { configs, nodes: view.nodes };
  throw new SettingsError(`${name}: neither a file nor a PtpConfig of the cluster`);
}
