import type { ClockType } from '../ptp/states.ts';
import type { InstanceState, NodeState } from '../state/node-state.ts';
import type { ExpectedInstance } from './expected.ts';
import { finding } from './findings.ts';
import { liveInstance } from './live-instance.ts';
import type { Rule } from './rule.ts';

/** One thing that says which clock an instance is. */
export interface ClockTypeWitness {
  witness: 'Setting' | 'Configuration' | 'StatusLines' | 'PortStates';
  /** Every type that fits what the witness says. */
  fits: readonly ClockType[];
  because: string;
}

const FOLLOWERS: readonly ClockType[] = ['OC', 'TSC'];
const BOUNDARIES: readonly ClockType[] = ['BC', 'TBC'];
const SERVERS: readonly ClockType[] = ['GM', 'TGM'];

/** All witnesses of one instance, the intent first and what it really does last. */
export function clockTypeWitnesses(
  instance: ExpectedInstance,
  state: Readonly<NodeState>,
): readonly ClockTypeWitness[] {
  const witnesses: ClockTypeWitness[] = [];
  const setting = instance.profile?.ptpSettings?.['clockType'];
  if (setting === 'T-GM')
    witnesses.push({ witness: 'Setting', fits: ['TGM'], because: 'ptpSettings.clockType T-GM' });
  // The receiving half alone is a T-TSC: the daemon has no other name for it.
  if (setting === 'T-BC')
    witnesses.push({ witness: 'Setting', fits: ['TBC', 'TSC'], because: 'ptpSettings.clockType T-BC' });
  witnesses.push(...configurationWitness(instance));
  for (const { role, configName } of state.syncStatus.values()) {
    if (configName !== undefined && numberOf(configName) !== numberOf(instance.configName)) continue;
    witnesses.push({
      witness: 'StatusLines',
      fits: role === 'T-GM' ? ['TGM'] : ['TBC', 'TSC'],
      because: `${role}-STATUS lines`,
    });
  }
  const live = liveInstance(state, instance);
  if (live !== undefined) witnesses.push(...portWitness(live));
  return witnesses;
}

function configurationWitness({
  ports,
  controllingProfile,
  controlledProfile,
}: ExpectedInstance): readonly ClockTypeWitness[] {
  if (controllingProfile !== undefined || controlledProfile !== undefined) {
    return [
      {
        witness: 'Configuration',
        fits: ['TBC'],
        because: 'one of a pair of profiles joined by controllingProfile',
      },
    ];
  }
  const serves = ports.some(({ role }) => role === 'TimeTransmitter');
  const follows = ports.some(({ role }) => role === 'TimeReceiver');
  if (serves && follows)
    return [
      { witness: 'Configuration', fits: BOUNDARIES, because: 'ports that follow and ports that serve' },
    ];
  if (serves)
    return [{ witness: 'Configuration', fits: [...SERVERS, 'TBC'], because: 'ports that serve only' }];
  return follows
    ? [{ witness: 'Configuration', fits: [...FOLLOWERS, ...BOUNDARIES], because: 'ports that follow only' }]
    : [];
}

/** A following port is proof; a serving one is not, for a lost grandmaster makes a client serve. */
function portWitness({ ports }: InstanceState): readonly ClockTypeWitness[] {
  const follows = [...ports.values()].some(({ state }) => state === 'SLAVE' || state === 'UNCALIBRATED');
  return follows
    ? [{ witness: 'PortStates', fits: [...FOLLOWERS, ...BOUNDARIES], because: 'a port that follows' }]
    : [];
}

function numberOf(configName: string): string | undefined {
  return /\.(\d+)\.config/.exec(configName)?.[1];
}

const DISAGREEMENT = {
  id: 'clock-type-disagreement',
  title: 'all that is known about an instance speaks of one type of clock',
  dimension: 'Configuration',
  severity: 'Minor',
  remedy: 'Compare clockType, the roles of the ports and ts2phcConf: one of them is not what was meant.',
} as const;

export const CLOCK_TYPE_RULE: Rule = {
  ...DISAGREEMENT,
  check: ({ expected, state }) =>
    expected.instances.flatMap((instance) => {
      if (instance.clockType === 'Unknown') return [];
      const against = clockTypeWitnesses(instance, state).filter(
        ({ fits }) => !fits.includes(instance.clockType),
      );
      if (against.length === 0) return [];
      const message = `taken for ${instance.clockType}; against it: ${against.map(({ because }) => because).join(', ')}`;
      return [
        finding(DISAGREEMENT, 'Minor', instance.name, message, {
          instance: instance.name,
          expected: instance.clockType,
        }),
      ];
    }),
};
