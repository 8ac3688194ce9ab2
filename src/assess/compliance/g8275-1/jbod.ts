import { isPlaceholderName } from '../../../ptp/interface-name.ts';
import { phcGroups } from '../../hardware.ts';
import type { ComplianceRule, ComplianceSubject, Outcome } from '../check.ts';
import { fail, pass, skip } from '../check.ts';
import { G8275_1_EDITION, STANDARD } from './row.ts';

/** Ports on several cards have several clocks; linuxptp runs on them only when told so. */
export const JBOD_RULE: ComplianceRule = {
  id: 'G8275.1-boundary-clock-jbod',
  title: 'boundary_clock_jbod is 1 when ports have different hardware clocks',
  family: 'G.8275.1',
  level: 'Critical',
  standard: STANDARD,
  edition: G8275_1_EDITION,
  confidence: 'Verified',
  remedy:
    'Set boundary_clock_jbod 1 and join the clocks with ts2phc or phc2sys -a, or use ports of one card.',
  reference: 'linuxptp: PHC device mismatch',
  check({ instance, devices }: ComplianceSubject): readonly Outcome[] {
    const { ptp4l, ports } = instance;
    if (ptp4l === undefined || ports.length < 2) return skip('there is one port at most');
    if (ptp4l.number('boundary_clock_jbod') === 1) return pass('boundary_clock_jbod is 1');
    const known = phcGroups(instance, devices ?? []);
    const details = { option: 'boundary_clock_jbod', expected: '1', found: '0' };
    if (known.size > 1)
      return fail(
        `${[...known.values()].slice(0, 4).join(', ')} have different hardware clocks: ptp4l exits`,
        details,
      );
    if (known.size === 1) return pass('the ports share one hardware clock');
    const cards = new Set(ports.flatMap(({ interfaceName }) => cardByName(interfaceName) ?? []));
    if (cards.size < 2) return pass('by their names the ports are on one card');
    return fail(`by their names the ports are on ${cards.size} cards: ptp4l exits if their clocks differ`, {
      ...details,
      level: 'Warn',
    });
  },
};

/** `ens1` of `ens1f0`; names without a function number say nothing about the card. */
function cardByName(name: string): string | undefined {
  return isPlaceholderName(name) ? undefined : /^(.+)f\d+(?:np\d+)?$/.exec(name)?.[1];
}
