import { Option, type Command } from 'commander';
import type { EnforcedProfile } from '../assess/compliance/index.ts';
import type { LintReport } from './lint/finding.ts';
import type { LintedText } from './lint/lint-text.ts';
import { renderJunit } from './lint/output-junit.ts';
import { renderSarif } from './lint/output-sarif.ts';
import { renderText } from './lint/output-text.ts';
import { readInputs, type InputText } from './manifests/input.ts';
import { writeOut } from './write-out.ts';

const EXIT_CLEAN = 0;
const EXIT_ERRORS = 1;
const EXIT_NOT_READ = 2;

const RENDERERS = {
  text: renderText,
  json: (report: LintReport) => `${JSON.stringify(report, undefined, 2)}\n`,
  sarif: renderSarif,
  junit: renderJunit,
} as const;
type LintOutput = keyof typeof RENDERERS;

interface LintCommandOptions {
  output: LintOutput;
  profile: EnforcedProfile;
  linuxptpVersion?: string;
}

const HELP = `
FILE is a YAML or JSON file with PtpConfig resources, a list of them among other things, a plain
linuxptp configuration, a folder of manifests, or - for standard input.

Exit code: 0 no error, 1 at least one error, 2 something could not be read.

Examples:
  ptp-health lint ptpconfig.yaml
  ptp-health lint --output sarif clusters/ > lint.sarif
  kubectl get ptpconfig -A -o yaml | ptp-health lint -`;

export function registerLint(program: Command): void {
  program
    .command('lint')
    .description('check PtpConfig manifests before they are applied')
    .argument('<file...>', 'files or folders of manifests; - for standard input')
    .addOption(
      new Option('-o, --output <form>', 'form of the result').choices(Object.keys(RENDERERS)).default('text'),
    )
    .addOption(
      new Option('--profile <name>', 'profile to check against; Auto takes the one each configuration shows')
        .choices(['Auto', 'G.8275.1', 'G.8275.2', 'IEEE1588', 'None'])
        .default('Auto'),
    )
    .option('--linuxptp-version <version>', 'version of linuxptp on the nodes, for example 4.2')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: LintCommandOptions) => {
      const linted = await lintInputs(await readInputs(paths, process.stdin), options);
      const report: LintReport = { kind: 'PtpLint', files: linted.map(({ file }) => file) };
      await writeOut(RENDERERS[options.output](report));
      process.exitCode = exitCodeOf(linted);
    });
}

async function lintInputs(
  inputs: readonly InputText[],
  { profile, linuxptpVersion }: LintCommandOptions,
): Promise<readonly LintedText[]> {
  // The YAML parser that keeps positions is needed here only.
  const { lintText, unreadableFile } = await import('./lint/lint-text.ts');
  const options = { ituProfile: profile, ...(linuxptpVersion === undefined ? {} : { linuxptpVersion }) };
  return inputs.map(({ path, text, problem, isNamed }) =>
    text === undefined
      ? unreadableFile(path, problem ?? 'not readable')
      : lintText({ path, text, isNamed }, options),
  );
}

function exitCodeOf(linted: readonly LintedText[]): number {
  if (linted.some(({ isReadable }) => !isReadable)) return EXIT_NOT_READ;
  const hasError = linted.some(({ file }) => file.findings.some(({ severity }) => severity === 'Error'));
  return hasError ? EXIT_ERRORS : EXIT_CLEAN;
}
