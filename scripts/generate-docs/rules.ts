import { CLOCK_TYPE_RULE } from '../../src/assess/clock-type-rule.ts';
import type { ComplianceFamily, ComplianceRule } from '../../src/assess/compliance/check.ts';
import { driftRules } from '../../src/assess/compliance/drift.ts';
import { COMPLIANCE_RULE_TABLE } from '../../src/assess/compliance/index.ts';
import { liveRules } from '../../src/assess/compliance/live.ts';
import { hardwareRules } from '../../src/assess/hardware.ts';
import type { Rule } from '../../src/assess/rule.ts';
import { RULES } from '../../src/assess/rules/index.ts';
import { TOPOLOGY_RULES } from '../../src/assess/topology/invariants.ts';
import { MANIFEST_RULES } from '../../src/commands/lint/manifest-rules.ts';
import { code, table } from './markdown.ts';
import { exampleOf } from './rule-examples.ts';

const FAMILIES: readonly (readonly [ComplianceFamily, string])[] = [
  ['G.8275.1', 'ITU-T G.8275.1: full timing support from the network'],
  ['G.8275.2', 'ITU-T G.8275.2: partial timing support, unicast'],
  ['IEEE1588', 'IEEE 1588 default profile'],
  ['linuxptp', 'What linuxptp accepts'],
  ['daemon', 'What the PTP Operator and its daemon accept'],
  ['cross-process', 'What programs and profiles of a node ask of one another'],
];

export function rulesPage(): string {
  return `# Rules

Everything that is checked, from the tables the program runs on. Configuration rules need no node:
\`ptp-health lint\` runs them on manifests, the operator on what a node is told to run. Of the profile
rules those apply whose profile the configuration shows, or the one a PtpHealthPolicy names. A broken rule of
level Critical or Error fails, one of level Warn warns, one of level Info is only told. "Confidence" says how sure
the source is: read in the text or the code (Verified), generally known (Known), a custom (Assumed). Examples
are sound configurations with one thing changed, with the words of the rule itself.

${FAMILIES.map(([family, title]) => familySection(family, title)).join('\n\n')}

## Manifests

Only \`ptp-health lint\` checks these.

${table(
  ['Rule', 'What must hold', 'Level', 'Remedy', 'Source'],
  MANIFEST_RULES.map(({ id, title, severity, remedy, reference }) => [
    code(id),
    title,
    severity,
    remedy,
    reference,
  ]),
)}

## Configured and live

Whether a node does what its configuration says.

${liveTable([CLOCK_TYPE_RULE, ...driftRules, ...liveRules])}

## Hardware

${liveTable(hardwareRules)}

## Topology

\`ptp-health topology\` checks these over the whole fleet.

${table(
  ['Rule', 'What must hold', 'Severity', 'Remedy', 'Source'],
  TOPOLOGY_RULES.map(({ id, title, severity, remedy, reference }) => [
    code(id),
    title,
    severity,
    remedy,
    reference,
  ]),
)}

## While it runs

Faults themselves are in [faults.md](faults.md).

${liveTable(RULES.filter((rule) => !hardwareRules.includes(rule)))}
`;
}

function familySection(family: ComplianceFamily, title: string): string {
  const rules = COMPLIANCE_RULE_TABLE.filter((rule) => rule.family === family);
  const edition = rules.find((rule) => rule.edition !== undefined)?.edition;
  return [
    `## ${title}`,
    ...(edition === undefined ? [] : [`Edition: ${edition}.`]),
    table(
      ['Rule', 'What must hold', 'Applies to', 'Level', 'Source', 'Confidence', 'Remedy', 'Example'],
      rules.map((rule) => [
        code(rule.id),
        rule.title,
        appliesTo(rule),
        rule.level,
        sourceOf(rule),
        rule.confidence,
        rule.remedy,
        exampleOf(rule) ?? '',
      ]),
    ),
  ].join('\n\n');
}

function appliesTo({ clockTypes, perPort }: ComplianceRule): string {
  return `${clockTypes === undefined ? 'all' : clockTypes.join(', ')}${perPort === true ? ', each port' : ''}`;
}

function sourceOf({ standard, clause, reference }: ComplianceRule): string {
  return [standard, clause, reference].filter((part) => part !== undefined).join(', ');
}

function liveTable(rules: readonly Rule[]): string {
  return table(
    ['Rule', 'What must hold', 'Dimension', 'Worst severity', 'Remedy', 'Source'],
    rules.map(({ id, title, dimension, severity, remedy, standard, reference }) => [
      code(id),
      title,
      dimension,
      severity,
      remedy ?? '',
      [standard, reference].filter((part) => part !== undefined).join(', '),
    ]),
  );
}
