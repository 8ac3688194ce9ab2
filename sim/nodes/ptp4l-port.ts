import type { PortEvent, PortState } from '../../src/ptp/port-state.ts';

export interface PortModel {
  readonly number: number;
  readonly name: string;
  readonly isReceiver: boolean;
  state: PortState;
  isLinkUp: boolean;
  /** Announce of an acceptable grandmaster arrives here. */
  hearsAnnounce: boolean;
  /** A foreign master is reported once per acquaintance: again only after the port was reset. */
  knowsMaster: boolean;
}

export interface Transition {
  readonly port: PortModel;
  readonly from: PortState;
  readonly to: PortState;
  readonly event: PortEvent;
}

/** Values of openshift_ptp_interface_role. States the daemon does not map leave the series as it is. */
export const ROLE_OF_STATE: Partial<Record<PortState, number>> = {
  PASSIVE: 0,
  SLAVE: 1,
  MASTER: 2,
  FAULTY: 3,
  LISTENING: 5,
};

export function createPort(number: number, name: string, isReceiver: boolean): PortModel {
  return {
    number,
    name,
    isReceiver,
    state: 'INITIALIZING',
    isLinkUp: true,
    hearsAnnounce: true,
    knowsMaster: false,
  };
}
