import type { LintFile, LintFinding, LintReport } from './finding.ts';

/** For people: one block per finding, `file:line:column` first, and a sum at the end. */
export function renderText({ files }: LintReport): string {
  const blocks = files.flatMap((file) => file.findings.map((finding) => block(file, finding)));
  return [...blocks, sumOf(files), ''].join('\n');
}

function block({ path }: LintFile, finding: LintFinding): string {
  const { line, column, severity, rule, message, profile, remedy, reference } = finding;
  const subject = profile === null ? '' : ` [${visible(profile)}]`;
  return [
    `${visible(path)}:${line}:${column}: ${severity} ${rule}${subject}: ${visible(message)}`,
    `    ${remedy} (${reference})`,
  ].join('\n');
}

function sumOf(files: readonly LintFile[]): string {
  const findings = files.flatMap((file) => file.findings);
  const count = (severity: LintFinding['severity']): number =>
    findings.filter((one) => one.severity === severity).length;
  const profiles = files.reduce((sum, file) => sum + file.profiles.length, 0);
  return [
    `${plural(files.length, 'file')}, ${plural(profiles, 'profile')}:`,
    `${plural(count('Error'), 'error')}, ${plural(count('Warn'), 'warning')}, ${plural(count('Info'), 'note')}`,
  ].join(' ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Text of a manifest must not move the cursor of a terminal. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?');
}
