import { Command, Option } from 'commander';
import type * as demo from './commands/demo.ts';
import { SettingsError } from './commands/settings.ts';
import { version } from './commands/version.ts';
import { KubeError } from './kube/errors.ts';

/**
 * One subcommand per job, each in its own file under commands/. Only the one that is asked for is loaded:
 * the operator must not hold what reads archives in memory.
 */
const COMMANDS: Readonly<Record<string, (root: Command) => Promise<void>>> = {
  operator: async (root) => void root.addCommand((await import('./commands/operator.ts')).operatorCommand()),
  analyze: async (root) => (await import('./commands/analyze.ts')).registerAnalyze(root),
  lint: async (root) => (await import('./commands/lint.ts')).registerLint(root),
  config: async (root) => (await import('./commands/config.ts')).registerConfig(root),
  topology: async (root) => (await import('./commands/topology.ts')).registerTopology(root),
  demo: (root) => Promise.resolve(void root.addCommand(demoCommand())),
  crds: (root) => Promise.resolve(void root.addCommand(crdsCommand())),
  version: (root) => Promise.resolve(void root.addCommand(versionCommand())),
};

async function program(asked: string | undefined): Promise<Command> {
  const root = new Command('ptp-health')
    .description('PTP (IEEE 1588) time synchronisation health of Kubernetes nodes')
    .version(version(), '-V, --version')
    .showHelpAfterError('(add --help for all options)');
  const known = asked !== undefined && Object.hasOwn(COMMANDS, asked) ? COMMANDS[asked] : undefined;
  for (const add of known === undefined ? Object.values(COMMANDS) : [known]) await add(root);
  return root;
}

function crdsCommand(): Command {
  return new Command('crds').description('print the CustomResourceDefinitions as YAML').action(async () => {
    const { crdYaml } = await import('./commands/crds.ts');
    process.stdout.write(crdYaml());
  });
}

function versionCommand(): Command {
  return new Command('version').description('print the version').action(() => {
    process.stdout.write(`ptp-health ${version()} (Node.js ${process.version})\n`);
  });
}

function demoCommand(): Command {
  return new Command('demo')
    .description('start a simulated cluster with the operator in it, and show what it sees')
    .option('--exec <command>', 'run a command once all reports are written, then end with its exit code')
    .addOption(new Option('--nodes <count>', 'a synthetic fleet of that size').argParser(Number))
    .addOption(new Option('--rate <lines>', 'log lines a second of each node').argParser(Number))
    .option('--script <file>', 'another script of faults')
    .action(async (options: { exec?: string; nodes?: number; rate?: number; script?: string }) => {
      // A bundle of its own, which the image does not have: it brings the whole simulation along.
      const path = import.meta.filename.endsWith('.ts') ? './commands/demo.ts' : './demo.js';
      const { runDemo } = (await import(path)) as typeof demo;
      process.exitCode = await runDemo(options, import.meta.filename);
    });
}

/** What a person can act on is said in one line; anything else is a mistake of ours and keeps its stack. */
function fail(error: unknown): void {
  const expected = error instanceof SettingsError || error instanceof KubeError;
  const text = expected
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`ptp-health: ${text}\n`);
  process.exitCode = 1;
}

await program(process.argv[2])
  .then((root) => root.parseAsync())
  .catch(fail);
