import type { ClockType } from '../ptp/states.ts';
import type { PtpProfile } from '../observe/observation.ts';
import type { PortRole } from '../ptp/port-state.ts';
import type { EffectiveConfig } from '../ptp/config/effective.ts';

/**
 * What a node is meant to do, read from its configuration before anything it reports is
 * judged: a port in MASTER is right on a grandmaster and wrong on a client.
 */
export interface Expected {
  /** Where the configuration was taken from, best first. */
  origin: 'Applied' | 'Desired' | 'Matched' | 'File' | 'Log' | 'None';
  instances: readonly ExpectedInstance[];
  /** What could not be read, in plain words. */
  problems: readonly string[];
}

export interface ExpectedInstance {
  /** Profile name: the lasting key of the instance. */
  name: string;
  /** `ptp4l.N.config` this profile has now; N reshuffles when profiles change. */
  configName: string;
  resourceName?: string;
  clockType: ClockType;
  /** `G.8275.1`, `G.8275.2`, `IEEE1588` or `Unknown`. */
  ituProfile: string;
  domainNumber?: number;
  ports: readonly ExpectedPort[];
  /** Effective values per program; undefined when the profile does not run it. */
  ptp4l?: EffectiveConfig;
  phc2sys?: EffectiveConfig;
  ts2phc?: EffectiveConfig;
  synce4l?: EffectiveConfig;
  /** Which offset lines the log will carry, by configuration. */
  offsetLines: { ptp4l: OffsetLines; phc2sys: OffsetLines };
  /** Seconds between offset lines of ptp4l by configuration; undefined when there are none. */
  offsetIntervalSeconds?: number;
  /** The same for phc2sys. */
  phc2sysIntervalSeconds?: number;
  thresholds: { maxOffsetNanoseconds: number; minOffsetNanoseconds: number; holdoverTimeoutSeconds: number };
  holdover?: {
    maxInSpecOffsetNanoseconds: number;
    localMaxOffsetNanoseconds: number;
    localTimeoutSeconds: number;
  };
  /** The profile that steers this one (T-BC: the time transmitter side names its receiver side). */
  controllingProfile?: string;
  /** Members when this is the phc2sys profile of an HA pair. */
  haProfiles?: readonly string[];
  /** The profile this one steers, the other side of the same pair. */
  controlledProfile?: string;
  /** Names of the hardware plugins the profile configures. */
  plugins: readonly string[];
  /** The profile itself; undefined when only files or log lines are known. */
  profile?: PtpProfile;
}

export type OffsetLines = 'Samples' | 'Summaries' | 'ReducedSummaries' | 'None' | 'Unknown';

export interface ExpectedPort {
  interfaceName: string;
  role: PortRole;
}
