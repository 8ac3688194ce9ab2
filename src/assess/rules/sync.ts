import { followingPort, intendedRole, type DetectionContext } from '../detect/detector.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../findings.ts';
import type { Rule, RuleContext } from '../rule.ts';

/** What the ports do now against what they are meant to do. */
export const SYNC_RULES: readonly Rule[] = [
  {
    id: 'sync-acquiring',
    title: 'Ports meant to follow do',
    dimension: 'SyncState',
    severity: 'Unknown',
    standard: 'IEEE 1588 9.2',
    check({ state, expected, policy, fleet }: RuleContext): Finding[] {
      const context: DetectionContext = { state, expected, policy, fleet, final: false };
      return [...state.instances.values()].flatMap((instance) => {
        if (followingPort(instance) !== undefined) return [];
        const waiting = [...instance.ports.values()].find(
          (port) => intendedRole(context, instance, port) === 'TimeReceiver',
        );
        if (waiting === undefined || state.episodes.activeCount > 0) return [];
        const subject = waiting.interfaceName ?? `port ${waiting.portNumber}`;
        return [
          finding(this, 'Unknown', subject, 'The port is acquiring its grandmaster.', {
            observed: waiting.state,
            instance: instance.key,
          }),
        ];
      });
    },
  },
  {
    id: 'sync-standby-lost',
    title: 'A standby port can take over',
    dimension: 'SyncState',
    severity: 'Minor',
    remedy: 'Restore the standby port: the next fault of the active one would be an outage.',
    check({ state, expected, policy, fleet }: RuleContext): Finding[] {
      const context: DetectionContext = { state, expected, policy, fleet, final: false };
      return [...state.instances.values()].flatMap((instance) => {
        if (followingPort(instance) === undefined) return [];
        return [...instance.ports.values()]
          .filter(
            (port) => port.state === 'FAULTY' && intendedRole(context, instance, port) === 'TimeReceiver',
          )
          .map((port) =>
            finding(
              this,
              'Minor',
              port.interfaceName ?? `port ${port.portNumber}`,
              'The standby port is faulty.',
              {
                observed: port.state,
                instance: instance.key,
              },
            ),
          );
      });
    },
  },
];
