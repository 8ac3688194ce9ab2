import type { InstanceState } from '../../state/node-state.ts';
import { clockOfPort } from './rows.ts';

/** A clock's own identity: as it told it when it was its own best master, or as pmc answered. */
export function ownClockIdentity(instance: InstanceState): string | undefined {
  return instance.clockIdentity ?? instance.dataSets.get('DEFAULT_DATA_SET')?.values['clockIdentity'];
}

/**
 * Port identity of the parent: as pmc answered, else the only clock whose Announce messages were
 * ever heard, where the log shows that it was followed.
 */
export function parentPortIdentity(instance: InstanceState): string | undefined {
  // A clock that is its own grandmaster follows nobody, whatever an older answer of pmc said.
  if (instance.grandmaster?.local === true) return undefined;
  const told = instance.dataSets.get('PARENT_DATA_SET')?.values['parentPortIdentity'];
  if (told !== undefined) return told;
  if (instance.grandmaster === undefined) return undefined;
  const heard = [...instance.foreignMasters].map(({ portIdentity }) => portIdentity);
  return new Set(heard.map(clockOfPort)).size === 1 ? heard.at(-1) : undefined;
}
