import { LINUXPTP_OPTIONS, OPTION_ALIASES, type OptionDefinition } from '../../src/ptp/config/options.ts';
import { COMPLIANCE_RULE_TABLE } from '../../src/assess/compliance/index.ts';
import { code, codes, table } from './markdown.ts';

export function optionsPage(): string {
  const rows = LINUXPTP_OPTIONS.map((option) => [
    code(option.name),
    typeOf(option),
    code(option.defaultValue),
    option.port ? 'yes' : '',
    option.since,
    codes(
      Object.entries(OPTION_ALIASES)
        .filter(([, name]) => name === option.name)
        .map(([alias]) => alias),
    ),
    olderOf(option),
    codes(COMPLIANCE_RULE_TABLE.filter((rule) => rule.option === option.name).map(({ id }) => id)),
  ]);
  return `# Options of linuxptp

What the configuration of ptp4l, phc2sys and ts2phc may hold, as the program checks it: an option that
is not here, or a value outside its range, makes linuxptp exit at start. "Port" options may stand in the
section of an interface as well as in \`[global]\`. A value is in force in this order: port section,
command line, \`[global]\`, default. "Since" is the earliest of the versions 3.1, 4.0 to 4.4 that can
know the option.

${table(['Option', 'Type and range', 'Default', 'Port', 'Since', 'Also called', 'Before', 'Rules'], rows)}
`;
}

function typeOf({ type, range, words }: OptionDefinition): string {
  if (words !== undefined) return words.map(code).join(', ');
  if (range === undefined) return type === 'Text' ? 'text' : type.toLowerCase();
  return `${type === 'Integer' ? 'integer' : 'real'}, ${range[0]} to ${range[1]}`;
}

function olderOf({ defaultBefore, rangeBefore }: OptionDefinition): string {
  return [
    defaultBefore === undefined ? '' : `default ${code(defaultBefore.value)} before ${defaultBefore.version}`,
    rangeBefore === undefined
      ? ''
      : `${rangeBefore.range[0]} to ${rangeBefore.range[1]} before ${rangeBefore.version}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}
