import type { Program, LockState, ServoState, LinkState } from '../ptp/states.ts';
import type { PortEvent, PortState } from '../ptp/port-state.ts';
import type { Micros } from '../ptp/time.ts';

/**
 * Facts, as observe hands them to state: small, typed, with node, source, time and evidence.
 * Adding a kind: one interface here, its producer in observe, its reducer in state.
 */

export type ObservationSource = 'Log' | 'Metric' | 'Resource' | 'Event' | 'Archive';

interface ObservationBase {
  node: string;
  source: ObservationSource;
  /** When it happened. Wall clock where the source has one, else the host's uptime. */
  atMicros: Micros;
}

/** What every fact read from a log line carries. */
interface LogObservation extends ObservationBase {
  program: Program;
  /** Runtime configuration named in the line's tag, for example `ptp4l.0.config`. Never a lasting key. */
  configName?: string;
  /** The process's own CLOCK_MONOTONIC stamp, where the line carries one. */
  uptimeMicros?: Micros;
  /** Severity 0 (emergency) to 7 (debug), where the line carries it. */
  level?: number;
  /** The line itself, bounded and cleaned of control characters. Absent on high-rate samples. */
  line?: string;
}

interface PortFact extends LogObservation {
  portNumber: number;
  /** Absent before linuxptp 4.0 and on lines that do not name it. */
  interfaceName?: string;
}

export interface PortTransition extends PortFact {
  kind: 'portTransition';
  from: PortState;
  to: PortState;
  event: PortEvent;
  /** `FT_UNSPECIFIED`, `FT_BAD_PEER_NETWORK` or `FT_SWITCH_PHC` behind FAULT_DETECTED. */
  faultType?: string;
}

export interface LinkChange extends PortFact {
  kind: 'linkChange';
  link: LinkState;
}

/** A complaint of a port that is evidence of a fault but no state change by itself. */
export interface PortTrouble extends LogObservation {
  kind: 'portTrouble';
  portNumber?: number;
  interfaceName?: string;
  trouble:
    | 'TxTimestampTimeout'
    | 'TxTimestampMissing'
    | 'RxTimestampMissing'
    | 'SendFailed'
    | 'ReceiveFailed'
    | 'BadMessage'
    | 'NetworkDown'
    | 'DelayResponseTimeout'
    | 'PeerDelayConfusion'
    | 'DelayMechanismMismatch'
    | 'UnicastRefused'
    | 'AnnounceIgnored'
    | 'Other';
  /** Message type concerned, for example `sync` or `delay request`. */
  messageType?: string;
}

/** One offset sample of a servo. */
export interface ServoSample extends LogObservation {
  kind: 'servoSample';
  /** The clock that is steered: `CLOCK_REALTIME`, an interface or `/dev/ptpN`; empty for ptp4l's own PHC. */
  clock: string;
  offsetNanoseconds: number;
  servoState?: ServoState;
  frequencyPpb?: number;
  /** ptp4l: mean path delay; phc2sys: time to read the clock. */
  delayNanoseconds?: number;
  /** ts2phc prints the word when its servo runs without pulses. */
  holdover?: boolean;
}

/** A summary of several samples: `rms …` lines and the daemon's reduced `offset summary` lines. */
export interface SummarySample extends LogObservation {
  kind: 'summarySample';
  clock: string;
  /** How many samples it stands for, where known. */
  sampleCount?: number;
  rmsNanoseconds?: number;
  maxAbsNanoseconds: number;
  minNanoseconds?: number;
  maxNanoseconds?: number;
  meanNanoseconds?: number;
  stdDevNanoseconds?: number;
  frequencyPpb?: number;
  frequencyStdDevPpb?: number;
  delayNanoseconds?: number;
  delayStdDevNanoseconds?: number;
}

/** `selected best master clock X` or `selected local clock X as best master`. X is the grandmaster. */
export interface BestMaster extends LogObservation {
  kind: 'bestMaster';
  clockIdentity: string;
  local: boolean;
}

export interface ForeignMaster extends PortFact {
  kind: 'foreignMaster';
  /** Port identity of the sender, `clockIdentity-portNumber`. */
  portIdentity: string;
}

/** `assuming the grand master role`, `master state recommended in slave only mode`, … */
export interface RoleNote extends LogObservation {
  kind: 'roleNote';
  note: 'AssumingGrandmaster' | 'MasterRecommendedInSlaveOnly' | 'Priority1Misconfigured';
  portNumber?: number;
  interfaceName?: string;
}

export interface ClockCheck extends LogObservation {
  kind: 'clockCheck';
  what: 'JumpedForward' | 'JumpedBackward' | 'FrequencyChanged';
}

/** The class this node announces or receives, as the daemon or a pmc answer says it. */
export interface ClockClassChange extends LogObservation {
  kind: 'clockClass';
  clockClass: number;
  previousClockClass?: number;
}

/** Trouble with time scale, UTC offset or upstream quality. */
export interface TimeProperties extends LogObservation {
  kind: 'timeProperties';
  what:
    | 'NotPtpTimescale'
    | 'TemporalVortex'
    | 'UpstreamQualityRejected'
    | 'UtcOffsetUpdated'
    | 'UtcOffsetUnavailable'
    | 'LeapTableExpired';
  utcOffsetSeconds?: number;
}

/** Which PTP hardware clock an interface or instance uses. */
export interface HardwareClock extends LogObservation {
  kind: 'hardwareClock';
  /** `/dev/ptp9` */
  device: string;
  interfaceName?: string;
}

/** T-GM-STATUS and T-BC-STATUS lines. */
export interface SyncStatus extends LogObservation {
  kind: 'syncStatus';
  role: 'T-GM' | 'T-BC';
  interfaceName?: string;
  state: LockState;
  /** Absent when the daemon prints its "faulty" sentinel. */
  offsetNanoseconds?: number;
}

export interface DpllStatus extends LogObservation {
  kind: 'dpll';
  interfaceName: string;
  frequencyStatus?: DpllLockStatus;
  phaseStatus?: DpllLockStatus;
  ppsAvailable?: boolean;
  offsetNanoseconds?: number;
  state?: LockState;
}
export type DpllLockStatus =
  'Unknown' | 'Invalid' | 'FreeRun' | 'Locked' | 'LockedHoldoverAcquired' | 'Holdover';

export interface GnssStatus extends LogObservation {
  kind: 'gnss';
  interfaceName?: string;
  /** u-blox gpsFix: 0 none, 1 dead reckoning, 2 2D, 3 3D, 4 GPS + dead reckoning, 5 time only. */
  fix?: number;
  /** The receiver's own estimate of its time accuracy. */
  timeAccuracyNanoseconds?: number;
  state?: LockState;
}

export interface NmeaStatus extends LogObservation {
  kind: 'nmea';
  interfaceName?: string;
  available: boolean;
  state?: LockState;
}

/** ts2phc's complaints about its source of time or pulses. */
export interface TimeSourceTrouble extends LogObservation {
  kind: 'timeSourceTrouble';
  trouble:
    | 'NmeaTimeout'
    | 'NmeaNoFix'
    | 'NmeaStale'
    | 'NmeaOpenFailed'
    | 'SourceNotValid'
    | 'PpsMissing'
    | 'PpsUnexpectedChannel'
    | 'HoldoverLost';
  interfaceName?: string;
}

export interface SynceStatus extends LogObservation {
  kind: 'synce';
  interfaceName?: string;
  device?: string;
  /** `EEC_LOCKED`, `EEC_LOCKED_HO_ACQ`, `EEC_HOLDOVER`, `EEC_FREERUN`, … */
  eecState?: string;
  networkOption?: number;
  qualityLevel?: number;
  extendedQualityLevel?: number;
  clockQuality?: string;
  state?: LockState;
}

export interface HaProfile extends LogObservation {
  kind: 'haProfile';
  profile: string;
  active: boolean;
}

/** A process of the daemon starting, stopping or dying. */
export interface ProcessLife extends LogObservation {
  kind: 'processLife';
  what: 'Starting' | 'Stopping' | 'Exited' | 'Recreating' | 'NotRecreated' | 'Up' | 'Down' | 'Failed';
  exitStatus?: number;
}

/** The daemon container began a new life, or told its version. */
export interface DaemonLife extends LogObservation {
  kind: 'daemonLife';
  what: 'ContainerStarted' | 'ApplyingProfiles' | 'ConfigUnchanged' | 'LinuxptpVersion' | 'CapableInterfaces';
  linuxptpVersion?: string;
  interfaceNames?: readonly string[];
}

/** The daemon printed a configuration it hands to a process. */
export interface ConfigApplied extends LogObservation {
  kind: 'configApplied';
  profile: string;
  /** Program the configuration is for. */
  target?: Program;
  /** The whole linuxptp configuration text, when the log shows it. */
  text?: string;
  /** The command line, when the log shows it. */
  command?: string;
}

/** linuxptp refused its configuration or its interface. */
export interface ConfigurationTrouble extends LogObservation {
  kind: 'configurationTrouble';
  trouble:
    | 'UnknownOption'
    | 'ValueOutOfRange'
    | 'ParseFailed'
    | 'NoSuchInterface'
    | 'PhcMismatch'
    | 'TimestampingUnsupported'
    | 'CreateClockFailed'
    | 'TooFewInterfaces'
    | 'Other';
  option?: string;
}

/** The process may not steer the clock (no CAP_SYS_TIME). */
export interface ClockControlDenied extends LogObservation {
  kind: 'clockControlDenied';
}

/** phc2sys or ts2phc says what it waits for or which clock it follows. */
export interface ClockSource extends LogObservation {
  kind: 'clockSource';
  what:
    | 'WaitingForPtp4l'
    | 'LostConnection'
    | 'Selected'
    | 'SelectedOutOfDomain'
    | 'Synchronizing'
    | 'NothingToSynchronize'
    | 'Reconfiguring';
  clock?: string;
}

export interface ChronyStatus extends LogObservation {
  kind: 'chrony';
  what: 'Selected' | 'NoSelectableSources' | 'Other';
  serverAddress?: string;
}

/** One management data set, as pmc answers in the log show it. Keys and values as printed. */
export interface DataSet extends LogObservation {
  kind: 'dataSet';
  name: string;
  /** Who answered, `clockIdentity-portNumber`, where the reply says it. */
  portIdentity?: string;
  values: Readonly<Record<string, string>>;
}

/** One sample of the platform's own metrics, decoded to our units. */
export interface MetricSample extends ObservationBase {
  kind: 'metricSample';
  /** Name without the platform's prefix, for example `clock_state`. */
  metric: string;
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface ContainerState {
  name: string;
  state: 'Running' | 'Waiting' | 'Terminated' | 'Unknown';
  ready: boolean;
  restartCount: number;
  reason?: string;
  containerId?: string;
}

/** The daemon pod of a node; `pod` is undefined when the node has none. */
export interface PodState extends ObservationBase {
  kind: 'podState';
  pod?: {
    name: string;
    uid: string;
    phase: string;
    podIp?: string;
    containers: readonly ContainerState[];
  };
  /** More than one daemon pod claims this node. */
  duplicatePods?: number;
}

export interface NodeLife extends ObservationBase {
  kind: 'node';
  uid: string;
  ready: 'True' | 'False' | 'Unknown';
  labels: Readonly<Record<string, string>>;
}

/** One PTP profile, as PtpConfig and ptp-configmap carry it, with the text fields only. */
export interface PtpProfile {
  name: string;
  interface?: string;
  ptp4lOpts?: string;
  ptp4lConf?: string;
  phc2sysOpts?: string;
  phc2sysConf?: string;
  ts2phcOpts?: string;
  ts2phcConf?: string;
  synce4lOpts?: string;
  synce4lConf?: string;
  chronydOpts?: string;
  chronydConf?: string;
  ptpSchedulingPolicy?: string;
  ptpSchedulingPriority?: number;
  ptpClockThreshold?: {
    holdOverTimeout?: number;
    maxOffsetThreshold?: number;
    minOffsetThreshold?: number;
  };
  ptpSettings?: Readonly<Record<string, string>>;
  /** Plugin name → its free-form settings. */
  plugins?: Readonly<Record<string, unknown>>;
}

/** The profiles a node runs or should run. */
export interface ProfilesAssigned extends ObservationBase {
  kind: 'profilesAssigned';
  /** `Applied`: ptp-configmap. `Desired`: computed from PtpConfig. `Matched`: PtpConfig.status.matchList. */
  origin: 'Applied' | 'Desired' | 'Matched';
  profiles: readonly PtpProfile[];
  /** PtpConfig that holds each profile, by profile name, where known. */
  resourceNames?: Readonly<Record<string, string>>;
  /** Why the source could not be used, for example broken JSON. */
  problem?: string;
}

/** A linuxptp configuration file found beside plain logs. */
export interface ConfigFile extends ObservationBase {
  kind: 'configFile';
  program: Program;
  configName: string;
  text: string;
  commandLine?: string;
}

export interface PtpDevice {
  interfaceName: string;
  pciAddress?: string;
  vendorId?: string;
  deviceId?: string;
  subsystemVendorId?: string;
  subsystemDeviceId?: string;
  firmwareVersion?: string;
  driverVersion?: string;
  linkStatus?: LinkState;
  linkSpeed?: string;
  productName?: string;
}

/** NodePtpDevice of the node; `devices` is undefined when the resource is missing. */
export interface DevicesReported extends ObservationBase {
  kind: 'devices';
  devices?: readonly PtpDevice[];
}

/** A source changed its own condition: reachable, missing, forbidden. */
export interface SourceCondition extends ObservationBase {
  kind: 'sourceCondition';
  name: SourceName;
  condition: 'Fresh' | 'Stale' | 'Absent';
  reason: string;
  message: string;
}
export const SOURCE_NAMES = ['Logs', 'Metrics', 'Config', 'Devices', 'Events'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

/** Lines were lost: a rotation, a drop under load, a gap between archives. */
export interface LogGap extends ObservationBase {
  kind: 'logGap';
  untilMicros: Micros;
  reason: string;
}

export type Observation =
  | PortTransition
  | LinkChange
  | PortTrouble
  | ServoSample
  | SummarySample
  | BestMaster
  | ForeignMaster
  | RoleNote
  | ClockCheck
  | ClockClassChange
  | TimeProperties
  | HardwareClock
  | SyncStatus
  | DpllStatus
  | GnssStatus
  | NmeaStatus
  | TimeSourceTrouble
  | SynceStatus
  | HaProfile
  | ProcessLife
  | DaemonLife
  | ConfigApplied
  | ConfigurationTrouble
  | ClockControlDenied
  | ClockSource
  | ChronyStatus
  | DataSet
  | MetricSample
  | PodState
  | NodeLife
  | ProfilesAssigned
  | ConfigFile
  | DevicesReported
  | SourceCondition
  | LogGap;

export type ObservationKind = Observation['kind'];
export type ObservationSink = (observation: Observation) => void;
