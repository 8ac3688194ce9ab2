/** Port states of IEEE 1588 as linuxptp prints them. */
export const PORT_STATES = [
  'NONE',
  'INITIALIZING',
  'FAULTY',
  'DISABLED',
  'LISTENING',
  'PRE_MASTER',
  'MASTER',
  'PASSIVE',
  'UNCALIBRATED',
  'SLAVE',
  'GRAND_MASTER',
] as const;
export type PortState = (typeof PORT_STATES)[number];

/** State machine events as linuxptp prints them after "on". */
export const PORT_EVENTS = [
  'NONE',
  'POWERUP',
  'INITIALIZE',
  'DESIGNATED_ENABLED',
  'DESIGNATED_DISABLED',
  'FAULT_CLEARED',
  'FAULT_DETECTED',
  'STATE_DECISION_EVENT',
  'QUALIFICATION_TIMEOUT_EXPIRES',
  'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES',
  'SYNCHRONIZATION_FAULT',
  'MASTER_CLOCK_SELECTED',
  'INIT_COMPLETE',
  'RS_MASTER',
  'RS_GRAND_MASTER',
  'RS_SLAVE',
  'RS_PASSIVE',
] as const;
export type PortEvent = (typeof PORT_EVENTS)[number];

/** What a port is meant to do: follow a clock, serve one, or whichever the BMCA decides. */
export type PortRole = 'TimeReceiver' | 'TimeTransmitter' | 'Either';
