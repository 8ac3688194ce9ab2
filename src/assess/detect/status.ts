import type {
  DpllStatus,
  GnssStatus,
  NmeaStatus,
  Observation,
  SynceStatus,
  SyncStatus,
  TimeSourceTrouble,
} from '../../observe/observation.ts';
import type { FaultKind } from '../../ptp/fault-kind.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import type { LockState } from '../../ptp/states.ts';
import type { Micros } from '../../ptp/time.ts';
import { instanceFor } from '../../state/instances.ts';
import { hasStatusLines } from '../../state/reducers/status.ts';
import { lineOf, seconds, uptimeOf, type DetectionContext, type Detector } from './detector.ts';

/** Consequences of a lost reference come within this time of it. */
const CONSEQUENCE_MICROS = seconds(3);
/** ts2phc's source counts as back when it did not complain for this long. */
const SOURCE_HOLD_MICROS = seconds(5);
/** A complaint about the source counts when time has gone on this far. */
const SOURCE_PENDING_MICROS = seconds(0.8);
/** A 3D fix or better, and the time-only fix of a surveyed antenna. */
const USABLE_FIX = 3;
/** Status lines come once a second; a move without one for this long stands alone. */
const STATUS_LINE_MICROS = seconds(5);
/** A lock so soon after profiles were applied was printed by what was running before. */
const LEFT_OVER_MICROS = seconds(10);
/** Do not use (options 1 and 2). */
const DO_NOT_USE = 0xf;

interface Pending {
  readonly atMicros: Micros;
  /** How long to wait for an explanation. */
  readonly waitMicros: Micros;
  begin(context: DetectionContext, now: Micros): void;
}

/**
 * What the daemon's status lines and ts2phc say about the chain GNSS, NMEA, 1PPS, DPLL, clock.
 * Every unbroken run of holdover is one Holdover episode, every run of free run after a lock
 * one FreeRun episode.
 */
class StatusDetector implements Detector {
  readonly listens = ['syncStatus', 'dpll', 'gnss', 'nmea', 'timeSourceTrouble', 'synce', 'chrony'] as const;
  readonly #lastStatus = new Map<string, LockState>();
  readonly #wasLocked = new Set<string>();
  readonly #pending = new Map<string, Pending>();
  readonly #sourceTroubles = new Map<string, Micros>();

  observe(context: DetectionContext, observation: Observation): void {
    switch (observation.kind) {
      case 'syncStatus':
        this.#onSyncStatus(context, observation);
        break;
      case 'dpll':
        this.#onDpll(context, observation);
        break;
      case 'gnss':
        this.#onGnss(context, observation);
        break;
      case 'nmea':
        this.#onNmea(context, observation);
        break;
      case 'timeSourceTrouble':
        this.#onSourceTrouble(context, observation);
        break;
      case 'synce':
        this.#onSynce(context, observation);
        break;
      case 'chrony':
        onChrony(context, observation, this.#wasLocked);
        break;
      default:
        break;
    }
  }

  tick(context: DetectionContext, now: Micros): void {
    for (const [key, entry] of this.#pending) {
      if (!context.final && now - entry.atMicros < entry.waitMicros) continue;
      this.#pending.delete(key);
      entry.begin(context, now);
    }
    this.#endSourceTroubles(context, now);
  }

  #onSyncStatus(context: DetectionContext, status: SyncStatus): void {
    if (status.state === 'Unknown') return;
    if (status.configName === undefined) this.#onMove(context, status);
    else this.#onStatusLine(context, status, this.#takeMove(context, status));
  }

  /** `T-BC MOVE TO HOLDOVER` stands for itself only where no status lines follow. */
  #onMove(context: DetectionContext, status: SyncStatus): void {
    if (hasStatusLines(context.state, status.role)) return;
    const key = `status ${status.role} `;
    this.#pending.delete(key);
    if (status.state !== 'Holdover') {
      context.state.episodes.end(key, status.atMicros, status.uptimeMicros);
      return;
    }
    this.#pending.set(key, {
      atMicros: status.atMicros,
      waitMicros: STATUS_LINE_MICROS,
      begin: (later) => {
        if (!hasStatusLines(later.state, status.role)) beginStatus(later, key, status, 'Holdover');
      },
    });
  }

  /** Status lines take over from the move; the start of an episode that had begun with it. */
  #takeMove(context: DetectionContext, status: SyncStatus): Micros | undefined {
    const key = `status ${status.role} `;
    this.#pending.delete(key);
    const begun = context.state.episodes.get(key);
    if (begun === undefined) return undefined;
    if (status.state === 'Holdover') {
      context.state.episodes.withdraw(key);
      return begun.startMicros;
    }
    context.state.episodes.end(key, status.atMicros, status.uptimeMicros);
    return undefined;
  }

  #onStatusLine(context: DetectionContext, status: SyncStatus, movedMicros: Micros | undefined): void {
    const subjectKey = `${status.role} ${status.configName ?? ''}`;
    const key = `status ${subjectKey}`;
    const before = this.#lastStatus.get(subjectKey);
    this.#lastStatus.set(subjectKey, status.state);
    const isStarting = sinceApply(context, status.atMicros) < seconds(context.policy.gracePeriodSeconds);
    const isLeftOver = sinceApply(context, status.atMicros) < LEFT_OVER_MICROS;
    const counts = status.state === 'Locked' ? !isLeftOver : status.state === 'Holdover' && !isStarting;
    if (counts) this.#wasLocked.add(subjectKey);
    const { episodes } = context.state;
    if (before === status.state) {
      // Evidence of a run that goes on: only its time counts.
      episodes.support(key, status.atMicros, undefined);
      return;
    }
    episodes.end(key, status.atMicros, status.uptimeMicros);
    const kind = kindOfStatus(status.state, this.#wasLocked.has(subjectKey));
    if (kind !== undefined) beginStatus(context, key, status, kind, movedMicros);
  }

  #onDpll(context: DetectionContext, status: DpllStatus): void {
    const key = `dpll ${status.interfaceName}`;
    const before = this.#lastStatus.get(key);
    const state = dpllState(status);
    if (state === undefined) return;
    this.#lastStatus.set(key, state);
    this.#watchPulses(context, status);
    if (state === 'Locked') {
      this.#wasLocked.add(key);
      this.#pending.delete(key);
      context.state.episodes.end(key, status.atMicros);
      return;
    }
    if (before === state || !this.#wasLocked.has(key)) return;
    this.#pending.set(key, {
      atMicros: status.atMicros,
      waitMicros: CONSEQUENCE_MICROS,
      begin: (later) => {
        if (isExplained(later, status.atMicros)) return;
        const noStatusLines = later.state.syncStatus.size === 0;
        const kind: FaultKind = state === 'Holdover' && noStatusLines ? 'Holdover' : 'DpllUnlocked';
        later.state.episodes.begin(key, {
          kind,
          subject: status.interfaceName,
          startMicros: status.atMicros,
          symptoms: [state === 'Holdover' ? 'DpllHoldover' : 'DpllFreeRun'],
          ...lineOf(status),
        });
      },
    });
  }

  #watchPulses(context: DetectionContext, status: DpllStatus): void {
    if (status.ppsAvailable === undefined) return;
    const key = `pps ${status.interfaceName}`;
    if (status.ppsAvailable) {
      this.#wasLocked.add(key);
      this.#pending.delete(key);
      context.state.episodes.end(key, status.atMicros);
    } else if (
      this.#wasLocked.has(key) &&
      !this.#pending.has(key) &&
      context.state.episodes.get(key) === undefined
    ) {
      this.#wasLocked.delete(key);
      this.#pending.set(key, {
        atMicros: status.atMicros,
        waitMicros: CONSEQUENCE_MICROS,
        begin: (later) => {
          if (isExplained(later, status.atMicros)) return;
          later.state.episodes.begin(key, {
            kind: 'PpsLost',
            subject: status.interfaceName,
            startMicros: status.atMicros,
            symptoms: ['PulsesMissing'],
            ...lineOf(status),
          });
        },
      });
    }
  }

  #onGnss(context: DetectionContext, status: GnssStatus): void {
    if (status.fix === undefined) return;
    const key = `gnss ${status.interfaceName ?? ''}`;
    if (status.fix >= USABLE_FIX) {
      this.#wasLocked.add(key);
      context.state.episodes.end(key, status.atMicros);
      return;
    }
    const waited = status.atMicros - context.state.firstMicros > seconds(context.policy.gracePeriodSeconds);
    if (!this.#wasLocked.has(key) && !waited) return;
    context.state.episodes.begin(key, {
      kind: 'GnssLost',
      subject: status.interfaceName ?? 'gnss',
      startMicros: status.atMicros,
      symptoms: ['NoFix'],
      ...(context.state.episodes.get(key) === undefined ? lineOf(status) : {}),
    });
  }

  #onNmea(context: DetectionContext, status: NmeaStatus): void {
    const key = `nmea ${status.interfaceName ?? ''}`;
    if (status.available) {
      this.#wasLocked.add(key);
      context.state.episodes.end(key, status.atMicros);
    } else if (this.#wasLocked.has(key)) {
      if ([...context.state.episodes.active].some((one) => one.kind === 'GnssLost')) return;
      context.state.episodes.begin(key, {
        kind: 'NmeaLost',
        subject: status.interfaceName ?? 'nmea',
        startMicros: status.atMicros,
        symptoms: ['NmeaStopped'],
        ...(context.state.episodes.get(key) === undefined ? lineOf(status) : {}),
      });
    }
  }

  #onSourceTrouble(context: DetectionContext, trouble: TimeSourceTrouble): void {
    const instance = instanceFor(context.state, trouble.configName);
    const key = `source ${instance.key}`;
    const hadTime = [...(instance.servos.get('ts2phc')?.values() ?? [])].some(
      (servo) => servo.lineCount >= 3,
    );
    if (trouble.trouble === 'PpsUnexpectedChannel') return;
    if (!hadTime) return;
    this.#sourceTroubles.set(key, trouble.atMicros);
    const [kind, symptom] = SOURCE_KINDS[trouble.trouble];
    const { episodes } = context.state;
    if (episodes.get(key) !== undefined) {
      episodes.support(key, trouble.atMicros, trouble.line, symptom);
      return;
    }
    // A program that is being stopped complains once; a lost source lasts.
    if (trouble.trouble === 'SourceNotValid' || this.#pending.has(key)) return;
    this.#pending.set(key, {
      atMicros: trouble.atMicros,
      waitMicros: SOURCE_PENDING_MICROS,
      begin: (later, now) => {
        if (now - trouble.atMicros < SOURCE_PENDING_MICROS) return;
        later.state.episodes.begin(key, {
          kind,
          subject: trouble.interfaceName ?? 'ts2phc',
          instance: instance.key,
          startMicros: trouble.atMicros,
          symptoms: [symptom],
          ...uptimeOf(trouble),
          ...lineOf(trouble),
        });
      },
    });
  }

  #endSourceTroubles(context: DetectionContext, now: Micros): void {
    for (const instance of context.state.instances.values()) {
      const key = `source ${instance.key}`;
      const lastTrouble = this.#sourceTroubles.get(key);
      if (lastTrouble === undefined || now - lastTrouble < SOURCE_HOLD_MICROS) continue;
      const servo = [...(instance.servos.get('ts2phc')?.values() ?? [])].find(
        (one) => one.lastMicros > lastTrouble + seconds(3),
      );
      if (servo === undefined) continue;
      context.state.episodes.end(key, lastTrouble);
      this.#sourceTroubles.delete(key);
    }
  }

  #onSynce(context: DetectionContext, status: SynceStatus): void {
    const key = `synce ${status.interfaceName ?? status.device ?? ''}`;
    const lost = status.state !== undefined ? status.state !== 'Locked' : isEecLost(status.eecState);
    const doNotUse = status.qualityLevel === DO_NOT_USE;
    if (status.state === undefined && status.eecState === undefined && status.qualityLevel === undefined)
      return;
    if (!lost && !doNotUse) {
      this.#wasLocked.add(key);
      context.state.episodes.end(key, status.atMicros);
      return;
    }
    if (!this.#wasLocked.has(key) || context.state.episodes.get(key) !== undefined) return;
    context.state.episodes.begin(key, {
      kind: 'SyncEDegraded',
      subject: status.interfaceName ?? status.device ?? 'synce',
      startMicros: status.atMicros,
      symptoms: [lost ? 'EecHoldover' : 'QualityLevelLow'],
      ...lineOf(status),
    });
  }
}

export const createStatusDetector = (): Detector => new StatusDetector();

function onChrony(
  context: DetectionContext,
  observation: Extract<Observation, { kind: 'chrony' }>,
  wasLocked: Set<string>,
): void {
  const key = `ntp ${context.state.node}`;
  if (observation.what === 'Selected') {
    wasLocked.add(key);
    context.state.episodes.end(key, observation.atMicros);
  } else if (observation.what === 'NoSelectableSources' && wasLocked.has(key)) {
    context.state.episodes.begin(key, {
      kind: 'OsClockNotSynchronized',
      subject: 'chronyd',
      startMicros: observation.atMicros,
      ...uptimeOf(observation),
      ...lineOf(observation),
    });
  }
}

const SOURCE_KINDS: Readonly<Record<TimeSourceTrouble['trouble'], readonly [FaultKind, Symptom]>> = {
  NmeaTimeout: ['NmeaLost', 'NmeaStopped'],
  NmeaNoFix: ['GnssLost', 'NmeaInvalid'],
  NmeaStale: ['NmeaLost', 'NmeaStopped'],
  NmeaOpenFailed: ['NmeaLost', 'NmeaStopped'],
  SourceNotValid: ['NmeaLost', 'NmeaInvalid'],
  PpsMissing: ['PpsLost', 'PulsesMissing'],
  PpsUnexpectedChannel: ['PpsLost', 'PulsesMissing'],
  HoldoverLost: ['FreeRun', 'StatusFreeRun'],
};

function kindOfStatus(state: LockState, lockedBefore: boolean): FaultKind | undefined {
  if (state === 'Holdover') return 'Holdover';
  return state === 'FreeRun' && lockedBefore ? 'FreeRun' : undefined;
}

/** Time since all processes began anew; endless where the log does not tell. */
function sinceApply({ state }: DetectionContext, atMicros: Micros): Micros {
  return state.lastApplyMicros === undefined
    ? Number.POSITIVE_INFINITY
    : Math.abs(atMicros - state.lastApplyMicros);
}

function beginStatus(
  context: DetectionContext,
  key: string,
  status: SyncStatus,
  kind: FaultKind,
  startMicros: Micros = status.atMicros,
): void {
  context.state.episodes.begin(key, {
    kind,
    subject: status.interfaceName ?? status.role,
    startMicros,
    symptoms: lossSymptoms(context, status, kind),
    ...(status.configName !== undefined && { instance: instanceFor(context.state, status.configName).key }),
    ...lineOf(status),
  });
}

/** What was lost before the node left its lock. */
function lossSymptoms(context: DetectionContext, status: SyncStatus, kind: FaultKind): Symptom[] {
  const symptoms: Symptom[] = [kind === 'Holdover' ? 'StatusHoldover' : 'StatusFreeRun'];
  const active = [...context.state.episodes.active].map((episode) => episode.kind);
  const lostGnss = active.some((one) => one === 'GnssLost' || one === 'NmeaLost');
  const lostPort = active.some(
    (one) => one === 'LinkDown' || one === 'AnnounceTimeout' || one === 'PortFaulty',
  );
  if (lostGnss) symptoms.push('GnssLostBefore');
  if (lostPort || (status.role === 'T-BC' && !lostGnss)) symptoms.push('UpstreamLostBefore');
  return symptoms;
}

/** The daemon's own word first; else from the phase, since the frequency of a T-BC's DPLL runs free by design. */
function dpllState(status: DpllStatus): LockState | undefined {
  if (status.state !== undefined && status.state !== 'Unknown') return status.state;
  switch (status.phaseStatus) {
    case 'Locked':
    case 'LockedHoldoverAcquired':
      return 'Locked';
    case 'Holdover':
      return 'Holdover';
    case 'FreeRun':
    case 'Invalid':
      return 'FreeRun';
    case 'Unknown':
    case undefined:
      return undefined;
  }
}

const isEecLost = (eecState: string | undefined): boolean =>
  eecState !== undefined && !eecState.startsWith('EEC_LOCKED');

const EXPLAINING: readonly FaultKind[] = [
  'GnssLost',
  'Holdover',
  'FreeRun',
  'NmeaLost',
  'LinkDown',
  'AnnounceTimeout',
  'PortFaulty',
];

/** Is a lost DPLL or pulse the consequence of something that already has an episode? */
function isExplained(context: DetectionContext, atMicros: Micros): boolean {
  for (const episode of context.state.episodes.active) {
    if (!EXPLAINING.includes(episode.kind)) continue;
    episode.lastEvidenceMicros = Math.max(episode.lastEvidenceMicros, atMicros);
    return true;
  }
  return false;
}
