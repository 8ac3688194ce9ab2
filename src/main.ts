import { Command, Option } from 'commander';
import type * as demo from './commands/demo.ts';
import { registerAnalyze } from './commands/analyze.ts';
import { registerConfig } from './commands/config.ts';
import { crdYaml } from './commands/crds.ts';
import { registerLint } from './commands/lint.ts';
import { operatorCommand } from './commands/operator.ts';
import { SettingsError } from './commands/settings.ts';
import { registerTopology } from './commands/topology.ts';
import { version } from './commands/version.ts';
import { KubeError } from './kube/errors.ts';

/** The command line: one subcommand per job, each in its own file under commands/. */
function program(): Command {
  const root = new Command('ptp-health')
    .description('PTP (IEEE 1588) time synchronisation health of Kubernetes nodes')
    .version(version(), '-V, --version')
    .showHelpAfterError('(add --help for all options)');
  root.addCommand(operatorCommand());
  registerAnalyze(root);
  registerLint(root);
  registerConfig(root);
  registerTopology(root);
  root.addCommand(demoCommand());
  root
    .command('crds')
    .description('print the CustomResourceDefinitions as YAML')
    .action(() => {
      process.stdout.write(crdYaml());
    });
  root
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`ptp-health ${version()} (Node.js ${process.version})\n`);
    });
  return root;
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

await program().parseAsync().catch(fail);
