import type { ClockTopology, TopologyClock, TopologyEdge } from '../../assess/topology/topology.ts';

/** The same picture for Mermaid and for Graphviz. Identifiers are counted: names may hold anything. */

export function renderMermaid({ clocks, edges }: ClockTopology): string {
  const ids = new Map(clocks.map(({ id }, index) => [id, `c${index}`]));
  return [
    'graph TD',
    ...clocks.map((clock) => `  ${ids.get(clock.id) ?? ''}${mermaidShape(clock)}`),
    ...edges.map((edge) => mermaidEdge(edge, ids)),
    '  classDef Critical stroke:#c00,stroke-width:3px',
    '  classDef Moderate stroke:#d70,stroke-width:2px',
    '  classDef Hidden stroke-dasharray:4',
    ...clocks.flatMap((clock) => {
      const name = className(clock);
      return name === undefined ? [] : [`  class ${ids.get(clock.id) ?? ''} ${name}`];
    }),
    '',
  ].join('\n');
}

function mermaidShape(clock: TopologyClock): string {
  const label = `"${labelOf(clock).map(mermaidText).join('<br/>')}"`;
  if (clock.isGrandmaster) return `(((${label})))`;
  return clock.kind === 'Node' ? `[${label}]` : `([${label}])`;
}

function mermaidEdge(edge: TopologyEdge, ids: ReadonlyMap<string, string>): string {
  const arrow = edge.kind === 'Active' ? '-->' : '-.->';
  const label = edgeLabel(edge);
  const text = label === '' ? '' : `|"${mermaidText(label)}"|`;
  return `  ${ids.get(edge.from) ?? ''} ${arrow}${text} ${ids.get(edge.to) ?? ''}`;
}

function mermaidText(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ._/:+,-]/gu, (character) => `#${character.codePointAt(0) ?? 63};`);
}

function className({ kind, health }: TopologyClock): string | undefined {
  if (kind === 'Hidden') return 'Hidden';
  return health === 'Critical' || health === 'Moderate' ? health : undefined;
}

const DOT_COLORS: Readonly<Record<string, string>> = { Critical: 'red', Moderate: 'orange' };

export function renderDot({ clocks, edges }: ClockTopology): string {
  const ids = new Map(clocks.map(({ id }, index) => [id, `c${index}`]));
  return [
    'digraph ptp {',
    '  rankdir=TB;',
    '  node [shape=box];',
    ...clocks.map((clock) => {
      const attributes = [
        `label=${dotText(labelOf(clock).join('\n'))}`,
        ...(clock.isGrandmaster ? ['shape=doublecircle'] : []),
        ...(clock.kind === 'Hidden' ? ['style=dashed'] : []),
        ...(DOT_COLORS[clock.health ?? ''] === undefined
          ? []
          : [`color=${DOT_COLORS[clock.health ?? ''] ?? ''}`]),
      ];
      return `  ${ids.get(clock.id) ?? ''} [${attributes.join(', ')}];`;
    }),
    ...edges.map((edge) => {
      const style = edge.kind === 'Active' ? 'solid' : 'dashed';
      const attributes = [`label=${dotText(edgeLabel(edge))}`, `style=${style}`];
      return `  ${ids.get(edge.from) ?? ''} -> ${ids.get(edge.to) ?? ''} [${attributes.join(', ')}];`;
    }),
    '}',
    '',
  ].join('\n');
}

function dotText(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped.replaceAll(/\p{Cc}/gu, '?')}"`;
}

function labelOf(clock: TopologyClock): readonly string[] {
  const { name, kind, instances, clockType, health, clockClass, isGrandmaster, maxOffsetNanoseconds } = clock;
  if (kind !== 'Node')
    return isGrandmaster && clockClass !== undefined ? [name, `class ${clockClass}`] : [name];
  const facts = [
    clockType,
    health,
    isGrandmaster && clockClass !== undefined ? `class ${clockClass}` : undefined,
    maxOffsetNanoseconds === undefined ? undefined : `max ${maxOffsetNanoseconds} ns`,
  ].filter((fact) => fact !== undefined);
  return [`${name} ${instances.join('+')}`, facts.join(', ')];
}

function edgeLabel({ fromPort, toInterface, pathDelayNanoseconds, kind }: TopologyEdge): string {
  return [
    fromPort === undefined ? undefined : `port ${fromPort}`,
    toInterface,
    pathDelayNanoseconds === undefined ? undefined : `${pathDelayNanoseconds} ns`,
    kind === 'Inferred' ? 'way not known' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
