import type { NodeContext } from './node-context.ts';

/** What the daemon says about a DPLL it watches and the state machine over it, in turn. */
const LINES: readonly (readonly [location: string, text: (interfaceName: string) => string])[] = [
  ['dpll.go:391', (name) => `setting phase offset to 0 ns for clock id 5799633565433968000 iface ${name}`],
  [
    'dpll.go:727',
    (name) => `${name} dpll is locked, source is not lost, offset is in range, state is DPLL_LOCKED_HO_ACQ`,
  ],
  [
    'dpll.go:790',
    (name) => `dpll event sent for (${name}): state s2, Offset 0, In spec true, Source 1pps lost false`,
  ],
  ['stats.go:63', () => 'state updated for dpll =s1'],
  ['event_tbc.go:143', () => 'current BC state: s1'],
  ['event_tbc.go:426', () => 'Largest offset -3'],
];
const BURSTS_PER_SECOND = 4;

/** The daemon's chatter on a T-BC with a DPLL: a third of the lines of a node at full rate. */
export function startDpllVoice(
  { agenda, output }: NodeContext,
  interfaceName: string,
  linesPerSecond: number,
): () => void {
  let next = 0;
  let owed = 0;
  return agenda.every(1_000 / BURSTS_PER_SECOND, () => {
    owed += linesPerSecond / BURSTS_PER_SECOND;
    for (; owed >= 1; owed -= 1) {
      const line = LINES[next % LINES.length];
      if (line !== undefined) output.glog('I', line[0], line[1](interfaceName));
      next += 1;
    }
  });
}
