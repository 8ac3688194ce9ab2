import { FAULT_KINDS, type FaultKind } from '../../src/ptp/fault-kind.ts';
import { KNOWLEDGE } from '../../src/ptp/knowledge.ts';
import { SYMPTOMS, type Symptom } from '../../src/ptp/knowledge/symptoms.ts';
import { code, table } from './markdown.ts';

export function faultsPage(): string {
  const overview = FAULT_KINDS.map((kind) => {
    const { title, severity, outage, dimension } = KNOWLEDGE[kind];
    return [`[${code(kind)}](#${kind.toLowerCase()})`, title, severity, outage ? 'yes' : '', dimension];
  });
  return `# Faults

One cause is one episode of one kind, from its first evidence until the recovery holds. "Outage" means
that the port or clock is without its function meanwhile. Of the causes, the one that most of what was
seen speaks for is named in the report, with what speaks against it.

${table(['Kind', 'What it is', 'Severity', 'Outage', 'Dimension'], overview)}

${FAULT_KINDS.map(section).join('\n\n')}
`;
}

function section(kind: FaultKind): string {
  const rows = KNOWLEDGE[kind].causes.map(({ id, text, remedy, speaksFor, speaksAgainst = [] }) => [
    code(id),
    text,
    remedy,
    seen(speaksFor),
    seen(speaksAgainst),
  ]);
  const { title } = KNOWLEDGE[kind];
  return `## ${kind}\n\n${title}.\n\n${table(['Cause', 'What happened', 'Remedy', 'Speaks for it', 'Speaks against it'], rows)}`;
}

function seen(symptoms: readonly Symptom[]): string {
  return symptoms.map((symptom) => SYMPTOMS[symptom]).join('; ');
}
