import { Option, type Command } from 'commander';
import type { PtpAnalysis } from '../api/analysis.ts';
import { severityRank } from '../assess/severity.ts';
import { renderHtml } from '../publish/analysis/html.ts';
import { renderJson } from '../publish/analysis/json.ts';
import { renderText } from '../publish/analysis/text.ts';
import type { HealthLevel } from '../ptp/health.ts';
import {
  ITU_PROFILES,
  OUTPUTS,
  parseProfile,
  parseSeverity,
  type AnalyzeOptions,
} from './analyze/options.ts';
import { ProgressLine } from './analyze/progress.ts';
import { analyze, type AnalyzeResult } from './analyze/run.ts';
import { parseMoment } from './analyze/time-window.ts';

const EXIT_HEALTHY = 0;
const EXIT_FINDINGS = 1;
const EXIT_NOT_JUDGED = 2;

const HELP = `
PATH is a folder of logs with their linuxptp configurations (one node; sub-folders are nodes of their
own), a single log, a must-gather, "oc adm inspect" or sosreport folder or archive (.tar, .tar.gz,
.tar.xz, .zip), or - for a log on standard input. Files named one by one belong to one node.

Exit code: 0 healthy, 1 findings at or above --fail-on, 2 nothing could be judged.

Examples:
  ptp-health analyze must-gather.tar.gz
  ptp-health analyze --output html logs/ > report.html
  oc logs -n openshift-ptp -c linuxptp-daemon-container --timestamps POD | ptp-health analyze -`;

export function registerAnalyze(program: Command): void {
  program
    .command('analyze')
    .description('judge PTP logs, must-gathers and sosreports offline')
    .argument('<path...>', 'folders, files or archives; - for standard input')
    .addOption(new Option('-o, --output <form>', 'form of the result').choices(OUTPUTS).default('text'))
    .option(
      '--since <time>',
      'leave out faults that ended before: RFC 3339, or seconds of uptime',
      parseMoment,
    )
    .option(
      '--until <time>',
      'do not read what was logged after: RFC 3339, or seconds of uptime',
      parseMoment,
    )
    .option('--node <name>', 'judge this node only; for a single log or folder, its name')
    .option(
      '--profile <name>',
      `ITU-T profile to check the configuration against (${ITU_PROFILES.join(', ')})`,
      parseProfile,
    )
    .option(
      '--fail-on <severity>',
      'exit 1 from this severity on: Minor, Moderate or Critical',
      parseSeverity,
      'Minor',
    )
    .option('--no-color', 'no colour, also on a terminal')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: AnalyzeOptions) => {
      process.exitCode = await runAnalyze(paths, options);
    });
}

async function runAnalyze(paths: readonly string[], options: AnalyzeOptions): Promise<number> {
  const progress = new ProgressLine(process.stderr);
  const result = await analyze(paths, options, {
    stdin: process.stdin,
    onProgress: (bytesRead, bytesTotal) => progress.show(bytesRead, bytesTotal),
  });
  progress.clear();
  await write(render(result, options));
  return exitCodeOf(result.analysis, options.failOn);
}

function render({ analysis, timelines }: AnalyzeResult, { output, color }: AnalyzeOptions): string {
  switch (output) {
    case 'json':
      return renderJson(analysis);
    case 'html':
      return renderHtml(analysis, timelines);
    case 'text':
      return renderText(analysis, { width: process.stdout.columns, color: color && isColorTerminal() });
  }
}

function isColorTerminal(): boolean {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
}

/** Resolves when everything is written: a pipe takes large output in pieces. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** 2 when no node could be judged; 1 for findings, faults or a node that cannot be judged beside others. */
export function exitCodeOf(analysis: PtpAnalysis, failOn: HealthLevel): number {
  const { nodes, incidents } = analysis;
  if (nodes.every(({ report, episodes }) => report.health === 'Unknown' && episodes.length === 0))
    return EXIT_NOT_JUDGED;
  const severities = [
    ...nodes.flatMap(({ report, episodes }) => [report.health, ...episodes.map(({ severity }) => severity)]),
    ...incidents.map(({ severity }) => severity),
  ];
  const isFinding = severities.some(
    (severity) => severity === 'Unknown' || severityRank(severity) >= severityRank(failOn),
  );
  return isFinding ? EXIT_FINDINGS : EXIT_HEALTHY;
}
