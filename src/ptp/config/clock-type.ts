import type { PortRole } from '../port-state.ts';
import type { ClockType } from '../states.ts';
import type { EffectiveConfig } from './effective.ts';

/** What besides ptp4l's own options says which clock a profile makes. */
export interface ClockTypeWitnesses {
  ptp4l?: EffectiveConfig;
  ts2phc?: EffectiveConfig;
  /** `ptpSettings.clockType`. */
  setting?: string;
  /** Another profile steers this one: it is the time transmitter side of a T-BC. */
  isControlled?: boolean;
  /** This profile steers another: the time receiver side of a T-BC. */
  isControlling?: boolean;
  /** A hardware plugin names the port the card's DPLL follows. */
  hasUpstreamPort?: boolean;
}

/**
 * The clock a profile makes. `T…` types have a hardware clock chain (GNSS, DPLL) behind them.
 * Unlike the daemon, a client-only profile with several ports is an ordinary clock: linuxptp
 * follows on one of them and the others stand by.
 */
export function inferClockType(witnesses: ClockTypeWitnesses): ClockType {
  const { ptp4l, setting } = witnesses;
  if (ptp4l === undefined) return 'Unknown';
  if (setting === 'T-GM') return 'TGM';
  if (witnesses.isControlled === true || witnesses.isControlling === true) return 'TBC';
  const roles = portRoles(ptp4l).map((port) => port.role);
  const servesAny = roles.includes('TimeTransmitter');
  const followsAny = roles.some((role) => role !== 'TimeTransmitter');
  if (setting === 'T-BC' || witnesses.hasUpstreamPort === true) {
    // The receiving half without its transmitting half ends the chain.
    return servesAny || roles.length === 0 ? 'TBC' : 'TSC';
  }
  if (roles.length === 0) return 'Unknown';
  if (isClientOnly(ptp4l)) return 'OC';
  if (!followsAny) return hasGnssSource(witnesses.ts2phc) ? 'TGM' : 'GM';
  return roles.length > 1 ? 'BC' : 'OC';
}

/** ts2phc reads the time of day from a GNSS receiver. */
export function hasGnssSource(ts2phc: EffectiveConfig | undefined): boolean {
  if (ts2phc === undefined) return false;
  if (ts2phc.get('-s')?.value === 'nmea') return true;
  return ts2phc.explicit.some(
    ({ option, section, value }) =>
      option === 'ts2phc.nmea_serialport' ||
      option === 'ts2phc.nmea_remote_host' ||
      (section === 'nmea' && option === 'ts2phc.master' && value === '1'),
  );
}

export function isClientOnly(ptp4l: EffectiveConfig): boolean {
  return ptp4l.number('clientOnly') === 1;
}

/** Classes up to this never follow another clock under the G.8275.x comparison. */
const LAST_CLASS_THAT_NEVER_FOLLOWS = 127;

/** What each port is meant to do, in file order. */
export function portRoles(ptp4l: EffectiveConfig): readonly { interfaceName: string; role: PortRole }[] {
  const names = ptp4l.interfaceNames;
  if (isClientOnly(ptp4l)) return names.map((interfaceName) => ({ interfaceName, role: 'TimeReceiver' }));
  const canFollow = !neverFollows(ptp4l);
  const followers = names.filter((name) => canFollow && ptp4l.number('serverOnly', name) !== 1);
  const hasTransmitter = followers.length < names.length;
  return names.map((interfaceName) => ({ interfaceName, role: roleOf(interfaceName) }));

  function roleOf(name: string): PortRole {
    if (!canFollow || ptp4l.number('serverOnly', name) === 1) return 'TimeTransmitter';
    const isNamedFollower = ptp4l.get('serverOnly', name)?.origin === 'Port';
    const isOnlyFollower = followers.length === 1 && hasTransmitter;
    return isNamedFollower || isOnlyFollower ? 'TimeReceiver' : 'Either';
  }
}

function neverFollows(ptp4l: EffectiveConfig): boolean {
  const clockClass = ptp4l.number('clockClass');
  const comparison = ptp4l.get('dataset_comparison')?.value.toLowerCase();
  return comparison === 'g.8275.x' && clockClass !== undefined && clockClass <= LAST_CLASS_THAT_NEVER_FOLLOWS;
}
