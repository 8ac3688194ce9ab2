import type { ExplainedValue } from '../../assess/compliance/explain.ts';
import type { ExplainedProfile, PtpExplanation } from './explain.ts';

const HEADER = ['OPTION', 'VALUE', 'FROM', 'DEFAULT', 'RULES'] as const;
const PROGRAMS: readonly ExplainedValue['program'][] = ['ptp4l', 'phc2sys', 'ts2phc', 'synce4l'];
/** A column grows to this; longer cells push the rest of their line. */
const MAX_CELL = 34;

/** For people: one table per program and profile. */
export function renderExplanation({ node, profiles, problems }: PtpExplanation): string {
  const head = node === null ? [] : [`Node ${node}`, ''];
  const empty = profiles.length === 0 ? ['No profile.'] : [];
  return [...head, ...problems, ...empty, ...profiles.flatMap(profileLines)].map(visible).join('\n') + '\n';
}

function profileLines(profile: ExplainedProfile): readonly string[] {
  const { name, resource, configName, clockType, ituProfile, domainNumber, ports } = profile;
  const source = resource === null ? '' : ` of PtpConfig ${resource}`;
  const domain = domainNumber === null ? '' : `, domain ${domainNumber}`;
  return [
    `Profile ${name}${source}: ${clockType}, ${ituProfile}${domain}, ${configName}`,
    ...ports.map(({ interfaceName, role }) => `  port ${interfaceName}: ${role}`),
    ...profile.problems.map(
      ({ program, line, message }) => `  ${program}${line === undefined ? '' : ` line ${line}`}: ${message}`,
    ),
    '',
    ...PROGRAMS.flatMap((program) => programLines(program, profile.values)),
  ];
}

function programLines(
  program: ExplainedValue['program'],
  values: readonly ExplainedValue[],
): readonly string[] {
  const rows = values.filter((value) => value.program === program).map(cells);
  if (rows.length === 0) return [];
  const widths = HEADER.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => Math.min(MAX_CELL, row[column]?.length ?? 0))),
  );
  const line = (row: readonly string[]): string =>
    `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  return [`  ${program}`, line(HEADER), ...rows.map(line), ''];
}

function cells({ option, value, interfaceName, builtIn, rules, ...from }: ExplainedValue): readonly string[] {
  const name = interfaceName === undefined ? option : `[${interfaceName}] ${option}`;
  return [
    name,
    value === '' ? '-' : value,
    placeOf(from),
    builtIn === '' ? '-' : (builtIn ?? '-'),
    rules.join(' '),
  ];
}

function placeOf({ origin, section, line }: Pick<ExplainedValue, 'origin' | 'section' | 'line'>): string {
  const place = line === undefined ? '' : ` line ${line}`;
  switch (origin) {
    case 'Default':
      return 'default';
    case 'CommandLine':
      return `command line ${section ?? ''}`.trimEnd();
    case 'Global':
      return `[global]${place}`;
    case 'Port':
      return `[${section ?? ''}]${place}`;
  }
}

/** Text of a manifest must not move the cursor of a terminal. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?');
}
