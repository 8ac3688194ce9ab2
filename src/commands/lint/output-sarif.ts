import { version } from '../version.ts';
import type { LintFile, LintFinding, LintReport } from './finding.ts';

const LEVELS = { Error: 'error', Warn: 'warning', Info: 'note' } as const;

/** SARIF 2.1.0, which code hosting services show beside the lines of a change. */
export function renderSarif({ files }: LintReport): string {
  const rules = new Map<string, LintFinding>();
  for (const finding of files.flatMap((file) => file.findings)) {
    if (!rules.has(finding.rule)) rules.set(finding.rule, finding);
  }
  const ids = [...rules.keys()];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'ptp-health', version: version(), rules: [...rules.values()].map(toRule) },
        },
        columnKind: 'utf16CodeUnits',
        artifacts: files.map(({ path }) => ({ location: { uri: uriOf(path) } })),
        results: files.flatMap((file, index) =>
          file.findings.map((finding) => toResult(file, index, finding, ids.indexOf(finding.rule))),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function toRule({ rule, remedy, reference, severity }: LintFinding): unknown {
  return {
    id: rule,
    shortDescription: { text: rule },
    fullDescription: { text: reference },
    help: { text: remedy },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function toResult({ path }: LintFile, index: number, finding: LintFinding, ruleIndex: number): unknown {
  const { rule, severity, message, remedy, line, column, profile, option, section, expected, found } =
    finding;
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: `${message}. ${remedy}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(path), index },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    properties: { profile, option, section, expected, found },
  };
}

function uriOf(path: string): string {
  return path === '-' ? 'stdin' : encodeURI(path.replaceAll('\\', '/'));
}
