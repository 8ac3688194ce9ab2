import type { ClockTopology, TopologyClock, TopologyEdge } from '../../assess/topology/topology.ts';

/** For people: one tree per grandmaster, then what stands alone and what is not as it should be. */
export function renderText(topology: ClockTopology): string {
  const lines = new TreeLines(topology);
  for (const { root, domainNumber, clockClass, followers } of topology.trees) {
    const facts = [
      domainNumber === undefined ? undefined : `domain ${domainNumber}`,
      clockClass === undefined ? undefined : `class ${clockClass}`,
      `${followers} follower${followers === 1 ? '' : 's'}`,
    ].filter((fact) => fact !== undefined);
    lines.addTree(root, facts.join(', '));
  }
  lines.addRest();
  const findings = topology.findings.map(
    ({ severity, rule, subject, message }) => `${severity} ${rule} [${subject}]: ${message}`,
  );
  const text = [...lines.lines, ...findings];
  return `${(text.length === 0 ? ['No PTP clock.'] : text).map(visible).join('\n')}\n`;
}

class TreeLines {
  readonly lines: string[] = [];
  readonly #clocks: ReadonlyMap<string, TopologyClock>;
  readonly #below: ReadonlyMap<string, readonly TopologyEdge[]>;
  readonly #shown = new Set<string>();

  constructor({ clocks, edges }: ClockTopology) {
    this.#clocks = new Map(clocks.map((clock) => [clock.id, clock]));
    this.#below = Map.groupBy(
      edges.filter(({ kind }) => kind !== 'Standby'),
      ({ from }) => from,
    );
  }

  addTree(root: string, facts: string): void {
    const clock = this.#clocks.get(root);
    if (clock === undefined) return;
    this.lines.push(`${clock.name} (${facts})`);
    this.#addBelow(root);
    this.lines.push('');
  }

  /** Clocks of ours that follow nothing anybody knows. */
  addRest(): void {
    const rest = [...this.#clocks.values()].filter(({ id, kind }) => kind === 'Node' && !this.#shown.has(id));
    const isRoot = (id: string): boolean => this.#below.has(id);
    const alone = rest.filter(({ id, isGrandmaster }) => !isGrandmaster && !isRoot(id));
    if (alone.length === 0) return;
    this.lines.push('Not in any tree:', ...alone.map((clock) => `  ${describe(clock)}`), '');
  }

  /** Without recursion: chains may be long. */
  #addBelow(root: string): void {
    this.#shown.add(root);
    const open = this.#openBelow(root, '');
    while (open.length > 0) {
      const next = open.pop();
      const clock = this.#clocks.get(next?.edge.to ?? '');
      if (next === undefined || clock === undefined || this.#shown.has(clock.id)) continue;
      this.#shown.add(clock.id);
      const branch = next.isLast ? '└─' : '├─';
      this.lines.push(`${next.indent}${branch} ${edgeText(next.edge)}${describe(clock)}`);
      open.push(...this.#openBelow(clock.id, `${next.indent}${next.isLast ? '   ' : '│  '}`));
    }
  }

  /** Last first, as they are taken from the end. */
  #openBelow(id: string, indent: string): { edge: TopologyEdge; indent: string; isLast: boolean }[] {
    const edges = (this.#below.get(id) ?? []).filter(({ to }) => !this.#shown.has(to));
    return edges.map((edge, index) => ({ edge, indent, isLast: index === edges.length - 1 })).toReversed();
  }
}

function edgeText({ kind, fromPort }: TopologyEdge): string {
  if (kind === 'Inferred') return '(way not known) ';
  return fromPort === undefined ? '' : `port ${fromPort} → `;
}

function describe(clock: TopologyClock): string {
  const { name, kind, instances, clockType, health, stepsRemoved, maxOffsetNanoseconds, standbyPorts } =
    clock;
  if (kind !== 'Node') return name;
  const facts = [
    clockType === 'Unknown' ? undefined : clockType,
    health,
    stepsRemoved === undefined ? undefined : `${stepsRemoved} steps`,
    maxOffsetNanoseconds === undefined ? undefined : `max ${maxOffsetNanoseconds} ns`,
    standbyPorts.length === 0 ? undefined : `standby ${standbyPorts.join(' ')}`,
  ].filter((fact) => fact !== undefined);
  return `${name}/${instances.join('+')} (${facts.join(', ')})`;
}

/** Names come from logs and objects: they must not move the cursor of a terminal. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?');
}
