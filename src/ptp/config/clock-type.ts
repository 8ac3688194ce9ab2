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
  /** The daemon runs it: it calls a profile without any client flag a grandmaster. */
  isDaemonProfile?: boolean;
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
  const serves = roles.includes('TimeTransmitter');
  if (setting === 'T-BC' || witnesses.hasUpstreamPort === true) {
    // The receiving half without its transmitting half ends the chain.
    return serves || roles.length === 0 ? 'TBC' : 'TSC';
  }
  return roles.length === 0 ? 'Unknown' : plainClockType(ptp4l, roles, witnesses);
}

/** Clock type by the ports' roles alone. */
function plainClockType(
  ptp4l: EffectiveConfig,
  roles: readonly PortRole[],
  witnesses: ClockTypeWitnesses,
): ClockType {
  if (followsOnly(ptp4l)) return 'OC';
  // A receiver and the class of a primary reference: a grandmaster, even if a port is set wrongly.
  if (hasGnssSource(witnesses.ts2phc) && neverFollows(ptp4l)) return 'TGM';
  if (roles.every((role) => role === 'TimeTransmitter'))
    return hasGnssSource(witnesses.ts2phc) ? 'TGM' : 'GM';
  if (roles.every((role) => role === 'Either') && witnesses.isDaemonProfile === true) return 'GM';
  return roles.length > 1 && !isMeantToFollow(ptp4l, roles) ? 'BC' : 'OC';
}

/** All ports are named followers and the class is a client's: an ordinary clock with spare ports. */
function isMeantToFollow(ptp4l: EffectiveConfig, roles: readonly PortRole[]): boolean {
  return roles.every((role) => role === 'TimeReceiver') && ptp4l.number('clockClass') === CLIENT_CLASS;
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

/** Client only, unless ports are told to serve: then the two contradict and the ports show the intent. */
function followsOnly(ptp4l: EffectiveConfig): boolean {
  return isClientOnly(ptp4l) && !ptp4l.interfaceNames.some((name) => isNamed(ptp4l, name, 1));
}

/** The port's own section says which way round it is. */
function isNamed(ptp4l: EffectiveConfig, name: string, serverOnly: 0 | 1): boolean {
  return ptp4l.get('serverOnly', name)?.origin === 'Port' && ptp4l.number('serverOnly', name) === serverOnly;
}

const CLIENT_CLASS = 255;
/** Classes up to this never follow another clock under the G.8275.x comparison. */
const LAST_CLASS_THAT_NEVER_FOLLOWS = 127;

/** What each port is meant to do, in file order. */
export function portRoles(ptp4l: EffectiveConfig): readonly { interfaceName: string; role: PortRole }[] {
  const names = ptp4l.interfaceNames;
  if (followsOnly(ptp4l)) return names.map((interfaceName) => ({ interfaceName, role: 'TimeReceiver' }));
  const serverOnly = new Set(names.filter((name) => ptp4l.number('serverOnly', name) === 1));
  const classServes = neverFollows(ptp4l);
  const hasOneFollower = names.length - serverOnly.size === 1 && serverOnly.size > 0;
  return names.map((interfaceName) => ({ interfaceName, role: roleOf(interfaceName) }));

  function roleOf(name: string): PortRole {
    if (serverOnly.has(name)) return 'TimeTransmitter';
    if (isNamed(ptp4l, name, 0)) return 'TimeReceiver';
    if (classServes) return 'TimeTransmitter';
    return hasOneFollower ? 'TimeReceiver' : 'Either';
  }
}

function neverFollows(ptp4l: EffectiveConfig): boolean {
  const clockClass = ptp4l.number('clockClass');
  const comparison = ptp4l.get('dataset_comparison')?.value.toLowerCase();
  return comparison === 'g.8275.x' && clockClass !== undefined && clockClass <= LAST_CLASS_THAT_NEVER_FOLLOWS;
}
