import { Ring } from '../lib/ring.ts';
import type { Micros } from '../ptp/time.ts';
import type { PortEvent, PortState } from '../ptp/port-state.ts';
import type { LinkState, LockState, Program } from '../ptp/states.ts';
import type {
  ConfigApplied,
  ConfigFile,
  DevicesReported,
  DpllStatus,
  GnssStatus,
  HaProfile,
  MetricSample,
  NmeaStatus,
  NodeLife,
  PodState,
  PortTrouble,
  ProcessLife,
  ProfilesAssigned,
  SourceCondition,
  SourceName,
  SynceStatus,
} from '../observe/observation.ts';
import type { ServoClock } from './clock-state.ts';
import { EpisodeLog } from './episode-log.ts';

/**
 * What is known about one node: the memory behind every verdict. Only reducers change it, and
 * every list and map in it has a bound, so a node costs a fixed amount however much it prints.
 */
export interface NodeState {
  readonly node: string;
  /** Time of the newest fact. Goes back only when the source's clock is stepped. */
  nowMicros: Micros;
  firstMicros: Micros;
  /** Time of the newest log line, and of the newest line per program. */
  lastLogMicros?: Micros;
  readonly programSeenMicros: Map<Program, Micros>;
  /** How often time went back by more than a second. */
  clockSteps: number;
  /** By profile name; by runtime configuration while the profile is not known. */
  readonly instances: Map<string, InstanceState>;
  /** `N` of `ptp4l.N.config` → key in `instances`. N reshuffles, the key lasts. */
  readonly instanceOfIndex: Map<string, string>;
  /** Runtime configuration → its `N`, so that the name is taken apart once only. */
  readonly indexOfConfig: Map<string, string>;
  readonly processes: Map<string, ProcessState>;
  /** T-GM-STATUS and T-BC-STATUS, by role and runtime configuration. */
  readonly syncStatus: Map<string, SyncStatusState>;
  readonly dpll: Map<string, DpllState>;
  readonly gnss: Map<string, GnssState>;
  readonly nmea: Map<string, NmeaState>;
  readonly synce: Map<string, SynceState>;
  readonly haProfiles: Map<string, HaProfile>;
  /** Newest value of each series of the platform's metrics. */
  readonly metrics: Map<string, MetricSample>;
  readonly sources: Map<SourceName, SourceState>;
  /** Newest announcement of profiles by origin. */
  readonly profiles: Map<ProfilesAssigned['origin'], ProfilesAssigned>;
  readonly configFiles: Map<string, ConfigFile>;
  readonly configApplied: Map<string, ConfigApplied>;
  /** Grows whenever a fact about configuration arrives: the expected model is then made anew. */
  configRevision: number;
  /** When profiles were last applied or the daemon began: everything restarts then, and that is no fault. */
  lastApplyMicros?: Micros;
  containerStartedMicros?: Micros;
  linuxptpVersion?: string;
  capableInterfaces?: readonly string[];
  pod?: PodState;
  nodeLife?: NodeLife;
  devices?: DevicesReported;
  lines: { total: number; recognised: number; unrecognised: number };
  readonly gaps: Ring<{ fromMicros: Micros; untilMicros: Micros; reason: string }>;
  readonly episodes: EpisodeLog;
  portTransitionsTotal: number;
  restored: { totalCount: number; sinceMicros: Micros } | undefined;
}

/** One profile's processes: ptp4l with its ports, and the clocks that phc2sys and ts2phc steer. */
export interface InstanceState {
  readonly key: string;
  configName?: string;
  readonly ports: Map<number, PortRecord>;
  /** Program → clock as printed → servo. */
  readonly servos: Map<Program, Map<string, ServoClock>>;
  grandmaster?: Grandmaster;
  /** This clock's own identity, from `selected local clock`. */
  clockIdentity?: string;
  /** Newest best masters with their time, newest last. */
  readonly grandmasterHistory: Ring<{ clockIdentity: string; local: boolean; atMicros: Micros }>;
  /** Port identities that announced here. */
  readonly foreignMasters: Ring<{ portIdentity: string; atMicros: Micros }>;
  /** Class in force: what the daemon says this node announces or follows. */
  clockClass?: { value: number; previous?: number; sinceMicros: Micros; seenMicros: Micros };
  readonly classHistory: Ring<{ value: number; atMicros: Micros }>;
  /** PARENT_DATA_SET and the like as last answered, by data set. */
  readonly dataSets: Map<string, { values: Readonly<Record<string, string>>; atMicros: Micros }>;
  phcDevice?: string;
  utcOffsetSeconds?: number;
  /** When ptp4l of this instance last began. */
  startedMicros?: Micros;
  /** What phc2sys last said about its source. */
  osClockSource?: { what: string; atMicros: Micros };
}

export interface Grandmaster {
  clockIdentity: string;
  local: boolean;
  sinceMicros: Micros;
}

export interface PortRecord {
  readonly portNumber: number;
  interfaceName?: string;
  state: PortState | 'UNKNOWN';
  sinceMicros: Micros;
  lastEvent?: PortEvent;
  link?: LinkState;
  linkSinceMicros?: Micros;
  /** Has this port ever followed, or served, since it is known? */
  everFollowed: boolean;
  everServed: boolean;
  /** Times of the newest state changes. */
  readonly transitions: Ring<Micros>;
  readonly troubles: Ring<{ trouble: PortTrouble['trouble']; atMicros: Micros; line?: string }>;
}

export interface ProcessState {
  readonly program: Program;
  readonly configName?: string;
  state: 'Up' | 'Down' | 'Unknown';
  sinceMicros: Micros;
  lastLife?: ProcessLife['what'];
  exitStatus?: number;
  restarts: number;
  lastSeenMicros: Micros;
}

export interface SyncStatusState {
  readonly role: 'T-GM' | 'T-BC';
  readonly configName?: string;
  interfaceName?: string;
  state: LockState;
  sinceMicros: Micros;
  seenMicros: Micros;
  offsetNanoseconds?: number;
}

export interface DpllState extends Pick<
  DpllStatus,
  'frequencyStatus' | 'phaseStatus' | 'ppsAvailable' | 'state'
> {
  readonly interfaceName: string;
  offsetNanoseconds?: number;
  sinceMicros: Micros;
  seenMicros: Micros;
}

export interface GnssState extends Pick<GnssStatus, 'fix' | 'state' | 'timeAccuracyNanoseconds'> {
  interfaceName?: string;
  sinceMicros: Micros;
  seenMicros: Micros;
}

export interface NmeaState extends Pick<NmeaStatus, 'state'> {
  interfaceName?: string;
  available: boolean;
  sinceMicros: Micros;
  seenMicros: Micros;
}

export interface SynceState extends Pick<
  SynceStatus,
  'eecState' | 'networkOption' | 'qualityLevel' | 'extendedQualityLevel' | 'clockQuality' | 'state' | 'device'
> {
  interfaceName?: string;
  sinceMicros: Micros;
  seenMicros: Micros;
}

export interface SourceState {
  condition: SourceCondition['condition'];
  reason: string;
  message: string;
  seenMicros?: Micros;
}

/** Bounds of the maps above; the entry not seen for longest gives way. */
export const LIMITS = {
  instances: 16,
  portsPerInstance: 64,
  clocksPerProgram: 24,
  processes: 64,
  statusSubjects: 48,
  metricSeries: 512,
  configTexts: 48,
} as const;

export function createNodeState(node: string, atMicros: Micros): NodeState {
  return {
    node,
    nowMicros: atMicros,
    firstMicros: atMicros,
    programSeenMicros: new Map(),
    clockSteps: 0,
    instances: new Map(),
    instanceOfIndex: new Map(),
    indexOfConfig: new Map(),
    processes: new Map(),
    syncStatus: new Map(),
    dpll: new Map(),
    gnss: new Map(),
    nmea: new Map(),
    synce: new Map(),
    haProfiles: new Map(),
    metrics: new Map(),
    sources: new Map(),
    profiles: new Map(),
    configFiles: new Map(),
    configApplied: new Map(),
    configRevision: 0,
    lines: { total: 0, recognised: 0, unrecognised: 0 },
    gaps: new Ring(8),
    episodes: new EpisodeLog(),
    portTransitionsTotal: 0,
    restored: undefined,
  };
}

/** Sets a bounded map's entry; the oldest entry gives way when it is full. */
export function setBounded<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  if (!map.has(key) && map.size >= limit) {
    const oldest = map.keys().next();
    if (!oldest.done) map.delete(oldest.value);
  }
  map.set(key, value);
}
