import type { LintFile, LintFinding, LintReport } from './finding.ts';

/** JUnit XML: one suite per file, one case per profile and per finding; an Error is a failure. */
export function renderJunit({ files }: LintReport): string {
  const suites = files.map(suite);
  const tests = suites.reduce((sum, { count }) => sum + count, 0);
  const failures = suites.reduce((sum, one) => sum + one.failures, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ptp-health lint" tests="${tests}" failures="${failures}">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite({ path, profiles, findings }: LintFile): { xml: string; count: number; failures: number } {
  const sound = profiles.filter(
    ({ name }) => !findings.some(({ profile, severity }) => profile === name && severity === 'Error'),
  );
  const cases = [
    ...findings.map((finding) => findingCase(path, finding)),
    ...sound.map(
      ({ name }) =>
        `    <testcase classname="${escape(path)}" name="${escape(`profile ${name} has no error`)}"/>`,
    ),
  ];
  const failures = findings.filter(({ severity }) => severity === 'Error').length;
  const head = `  <testsuite name="${escape(path)}" tests="${cases.length}" failures="${failures}">`;
  return { xml: [head, ...cases, '  </testsuite>'].join('\n'), count: cases.length, failures };
}

function findingCase(path: string, finding: LintFinding): string {
  const { rule, severity, message, remedy, reference, line, column, profile } = finding;
  const name = [rule, profile, `${line}:${column}`].filter((part) => part !== null).join(' ');
  const text = escape(`${path}:${line}:${column}: ${message}\n${remedy} (${reference})`);
  const body =
    severity === 'Error'
      ? `<failure type="${escape(rule)}" message="${escape(message)}">${text}</failure>`
      : `<system-out>${escape(severity)}: ${text}</system-out>`;
  return `    <testcase classname="${escape(path)}" name="${escape(name)}">${body}</testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** XML 1.0 has no way to write most control characters, nor half of a surrogate pair. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\n\t]|[\uFFFE\uFFFF]/gu, '?')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
