import { isBondName, isVlanName } from '../../../ptp/interface-name.ts';
import type { ComplianceRule, ComplianceSubject, Outcome } from '../check.ts';
import { fail, pass, skip } from '../check.ts';
import { refusedOption } from '../option-rule.ts';
import { FREE_RUN_CLASS, LAST_PRTC_CLASS } from './roles.ts';
import { G8275_1_EDITION, STANDARD } from './row.ts';

const BASE: Pick<ComplianceRule, 'family' | 'standard' | 'edition' | 'confidence'> = {
  family: 'G.8275.1',
  standard: STANDARD,
  edition: G8275_1_EDITION,
  confidence: 'Known',
};

/** A role that linuxptp or the daemon does not take in has a finding of its own. */
function refusedRole({ ptp4l }: ComplianceSubject['instance']): string | undefined {
  return ptp4l === undefined ? undefined : refusedOption(ptp4l, 'serverOnly');
}

/** What takes more than one option to see. */
export const STRUCTURE_RULES: readonly ComplianceRule[] = [
  {
    ...BASE,
    id: 'G8275.1-reference',
    title: 'a clock that serves has something to take time from',
    level: 'Error',
    clause: '§6.2',
    remedy: 'Make one port a time receiver (masterOnly 0), or give the node a GNSS chain with ts2phc.',
    check({ instance }: ComplianceSubject): readonly Outcome[] {
      if (instance.clockType !== 'GM') return skip(`not for a clock of type ${instance.clockType}`);
      const clockClass = instance.ptp4l?.number('clockClass') ?? FREE_RUN_CLASS;
      if (clockClass <= LAST_PRTC_CLASS) return skip('judged by the clock class');
      const refused = refusedRole(instance);
      if (refused !== undefined) return skip(refused);
      const serves = instance.ports.filter(({ role }) => role === 'TimeTransmitter');
      if (serves.length < instance.ports.length) return pass('a port may follow');
      return fail('every port serves and no GNSS chain is configured: the node gives out free-running time', {
        expected: 'one port with masterOnly 0',
        found: 'masterOnly 1 on every port',
        option: 'serverOnly',
      });
    },
  },
  {
    ...BASE,
    id: 'G8275.1-boundary-roles',
    title: 'a boundary clock says of every port which way round it is',
    level: 'Error',
    clause: '§6.3',
    remedy:
      'Set masterOnly 1 on every port that faces radios, and masterOnly 0 on the one that faces the grandmaster.',
    check({ instance }: ComplianceSubject): readonly Outcome[] {
      if (instance.clockType !== 'BC') return skip(`not for a clock of type ${instance.clockType}`);
      const refused = refusedRole(instance);
      if (refused !== undefined) return skip(refused);
      const open = instance.ports
        .filter(({ role }) => role === 'Either')
        .map(({ interfaceName }) => interfaceName);
      if (open.length === 0) return pass('every port has one role');
      return fail(`any of ${open.slice(0, 8).join(', ')} may turn to follow a radio-side clock`, {
        option: 'serverOnly',
        expected: '1 on radio-facing ports',
        found: '0',
      });
    },
  },
  {
    ...BASE,
    id: 'G8275.1-untagged',
    title: 'ports are bare Ethernet ports',
    level: 'Warn',
    clause: '§6.2',
    remedy: 'Run PTP on the physical port: the profile forbids VLAN tags, and bonds lose time stamps.',
    check({ instance }: ComplianceSubject): readonly Outcome[] {
      const wrong = instance.ports.filter(
        ({ interfaceName }) => isVlanName(interfaceName) || isBondName(interfaceName),
      );
      if (wrong.length === 0) return pass('no VLAN and no bond');
      return wrong.slice(0, 8).map(({ interfaceName }) => ({
        result: 'Fail',
        section: interfaceName,
        expected: 'a physical port',
        found: interfaceName,
        message: `${interfaceName} is a VLAN or a bond`,
      }));
    },
  },
];
