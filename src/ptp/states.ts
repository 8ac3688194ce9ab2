/** How a clock stands towards its reference. */
export const LOCK_STATES = ['Locked', 'Holdover', 'FreeRun', 'Acquiring', 'Unknown'] as const;
export type LockState = (typeof LOCK_STATES)[number];

/**
 * Servo states of ptp4l, phc2sys and ts2phc offset lines: `s0` Unlocked, `s1` the clock is
 * stepped, `s2` Locked, `s3` LockedStable. Not to be mixed up with the `s0/s1/s2` of the
 * daemon's status lines, which are FreeRun/Holdover/Locked.
 */
export const SERVO_STATES = ['Unlocked', 'Jump', 'Locked', 'LockedStable'] as const;
export type ServoState = (typeof SERVO_STATES)[number];

/** What kind of PTP clock a configuration or a node is. */
export const CLOCK_TYPES = ['OC', 'BC', 'GM', 'TSC', 'TBC', 'TGM', 'Unknown'] as const;
export type ClockType = (typeof CLOCK_TYPES)[number];

export const LINK_STATES = ['Up', 'Down', 'Unknown'] as const;
export type LinkState = (typeof LINK_STATES)[number];

/** The programs whose output we read. */
export const PROGRAMS = [
  'ptp4l',
  'phc2sys',
  'ts2phc',
  'synce4l',
  'chronyd',
  'gpsd',
  'gpspipe',
  'pmc',
  'dpll',
  'gnss',
  'GM',
  'T-BC',
  'daemon',
] as const;
export type Program = (typeof PROGRAMS)[number];
