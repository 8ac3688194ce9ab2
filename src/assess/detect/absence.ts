import type { Observation, PortTransition, ProcessLife } from '../../observe/observation.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import { MICROS_PER_SECOND, type Micros } from '../../ptp/time.ts';
import type { ServoClock } from '../../state/clock-state.ts';
import { instanceFor } from '../../state/instances.ts';
import type { InstanceState, PortRecord } from '../../state/node-state.ts';
import {
  expectedInstance,
  followingPort,
  intendedRole,
  portKey,
  portName,
  seconds,
  silenceKey,
  uptimeOf,
  type DetectionContext,
  type Detector,
} from './detector.ts';
import { comparePeers } from './peers.ts';

/** Offset lines that stay away this many times their usual interval have stopped. */
const SILENCE_FACTOR = 4;
const MIN_SILENCE_MICROS = seconds(3);
/** Lines needed before their rhythm is known. */
const RHYTHM_LINES = 4;
/** Sync messages within which a servo leaves UNCALIBRATED, generously. */
const FIRST_SAMPLES = 12;
/** Least patience by state: a servo on real hardware and a DPLL behind it take their time. */
const MIN_LISTENING_SECONDS = 12;
const MIN_CALIBRATION_SECONDS = 30;
/** Acquisition without configuration to compute it from. */
const DEFAULT_ACQUISITION_MICROS = seconds(20);

/**
 * Faults that print nothing: a port that never begins to follow, Sync that stopped under
 * Announce, delay responses that stopped, a system clock nobody steers. Judged from what should
 * be there and is not, while other lines of the node go on.
 */
class AbsenceDetector implements Detector {
  readonly listens = ['portTransition', 'processLife'] as const;
  /** When a port that should follow began to wait for it. */
  readonly #waiting = new Map<string, { sinceMicros: Micros; uptimeMicros?: Micros; line?: string }>();

  observe(context: DetectionContext, observation: Observation): void {
    if (observation.kind === 'portTransition') this.#onTransition(context, observation);
    else if (observation.kind === 'processLife' && observation.what === 'Starting')
      this.#onStart(context, observation);
  }

  tick(context: DetectionContext, now: Micros): void {
    this.#watchAcquisition(context, now);
    this.#watchServos(context, now);
    watchPhc2sysWait(context, now);
  }

  #onTransition(context: DetectionContext, transition: PortTransition): void {
    if (transition.portNumber === 0) return;
    const instance = instanceFor(context.state, transition.configName);
    const key = `this.#waiting ${instance.key} ${transition.portNumber}`;
    const episode = context.state.episodes.get(key);
    switch (transition.to) {
      case 'LISTENING':
      case 'UNCALIBRATED':
      case 'INITIALIZING':
        if (!this.#waiting.has(key)) {
          this.#waiting.set(key, {
            sinceMicros: transition.atMicros,
            ...uptimeOf(transition),
            ...(transition.line !== undefined && { line: transition.line }),
          });
        }
        break;
      default:
        this.#waiting.delete(key);
        if (episode !== undefined)
          context.state.episodes.end(key, transition.atMicros, transition.uptimeMicros);
        break;
    }
  }

  #watchAcquisition(context: DetectionContext, now: Micros): void {
    for (const instance of context.state.instances.values()) {
      if ([...instance.ports.values()].some((port) => port.state === 'SLAVE')) continue;
      // While the active port is down its standby waits, too: one fault, not two.
      const isLost = [...instance.ports.keys()].some(
        (number) => context.state.episodes.get(portKey(instance, number)) !== undefined,
      );
      if (isLost) continue;
      for (const port of instance.ports.values()) this.#watchPort(context, instance, port, now);
    }
  }

  #watchPort(context: DetectionContext, instance: InstanceState, port: PortRecord, now: Micros): void {
    const key = `this.#waiting ${instance.key} ${port.portNumber}`;
    const since = this.#waiting.get(key);
    const { episodes } = context.state;
    if (since === undefined || episodes.get(key) !== undefined) return;
    if (episodes.get(`denied ${instance.key}`) !== undefined) return;
    if (!shouldFollow(context, instance, port)) return;
    const patience = acquisitionMicros(context, instance, port);
    const waited = now - since.sinceMicros >= patience;
    if (!waited && !(context.final && hasEndedWaiting(context, instance, port, now))) return;
    const symptoms = acquisitionSymptoms(instance, port);
    const peers = comparePeers(context, instance);
    const episode = episodes.begin(key, {
      kind: 'NotAcquired',
      subject: portName(context, instance, port),
      instance: instance.key,
      startMicros: since.sinceMicros,
      symptoms: [...symptoms, ...peers.symptoms],
      ...(since.uptimeMicros !== undefined && { uptimeMicros: since.uptimeMicros }),
      ...(since.line !== undefined && { evidence: since.line }),
    });
    if (peers.detail !== undefined) episode.detail = peers.detail;
  }

  #watchServos(context: DetectionContext, now: Micros): void {
    for (const instance of context.state.instances.values()) {
      const servo = instance.servos.get('ptp4l')?.values().next().value;
      if (servo !== undefined) {
        this.#watchSync(context, instance, servo, now);
      }
      const osClock = instance.servos.get('phc2sys')?.get('CLOCK_REALTIME');
      if (osClock !== undefined) this.#watchOsClock(context, instance, osClock, now);
    }
  }

  /** ptp4l's offset lines stopped, the port still says SLAVE, and the node goes on printing. */
  #watchSync(context: DetectionContext, instance: InstanceState, servo: ServoClock, now: Micros): void {
    const key = silenceKey(instance, 'ptp4l');
    const { episodes } = context.state;
    const port = followingPort(instance);
    const silent = silentSince(context, servo, now, port?.sinceMicros ?? now);
    if (silent === undefined) {
      if (episodes.get(key) !== undefined && servo.lastMicros > (episodes.get(key)?.startMicros ?? 0)) {
        episodes.end(key, servo.lastMicros, servo.lastUptimeMicros);
      }
      return;
    }
    if (port === undefined || episodes.get(key) !== undefined) return;
    if (episodes.get(portKey(instance, port.portNumber)) !== undefined) return;
    episodes.begin(key, {
      kind: 'SyncTimeout',
      subject: portName(context, instance, port),
      instance: instance.key,
      startMicros: silent,
      symptoms: ['OffsetsStopped', 'OtherProgramsGoOn', 'AnnounceGoesOn'],
      evidence: `no offset line from ptp4l for ${Math.round((now - servo.lastMicros) / MICROS_PER_SECOND)} s while the port is SLAVE`,
      ...(servo.lastUptimeMicros !== undefined && {
        uptimeMicros: servo.lastUptimeMicros + (silent - servo.lastMicros),
      }),
    });
  }

  #watchOsClock(context: DetectionContext, instance: InstanceState, servo: ServoClock, now: Micros): void {
    const key = silenceKey(instance, 'phc2sys');
    const { episodes } = context.state;
    const port = followingPort(instance);
    const silent = silentSince(context, servo, now, port?.sinceMicros ?? now);
    if (silent === undefined) {
      const going = episodes.get(key);
      if (going !== undefined && servo.lastMicros > going.startMicros)
        episodes.end(key, servo.lastMicros, servo.lastUptimeMicros);
      return;
    }
    // phc2sys rightly stops while ptp4l has no lock: that is the port's episode.
    const follows = port !== undefined && now - port.sinceMicros > seconds(10);
    if (
      !follows ||
      episodes.get(key) !== undefined ||
      episodes.get(portKey(instance, port.portNumber)) !== undefined
    )
      return;
    episodes.begin(key, {
      kind: 'OsClockNotSynchronized',
      subject: 'CLOCK_REALTIME',
      instance: instance.key,
      startMicros: Math.max(silent, port.sinceMicros),
      symptoms: ['Phc2sysSilent'],
      evidence: `no offset line from phc2sys for ${Math.round((now - servo.lastMicros) / MICROS_PER_SECOND)} s`,
    });
  }

  #onStart(context: DetectionContext, life: ProcessLife): void {
    if (life.program === 'ptp4l')
      for (const key of this.#waiting.keys())
        if (key.includes(instanceFor(context.state, life.configName).key)) this.#waiting.delete(key);
  }
}

export const createAbsenceDetector = (): Detector => new AbsenceDetector();

/** phc2sys waits for ptp4l although ptp4l follows: wrong domain or socket. */
function watchPhc2sysWait(context: DetectionContext, now: Micros): void {
  for (const instance of context.state.instances.values()) {
    const source = instance.osClockSource;
    const key = `os wait ${instance.key}`;
    if (source?.what !== 'WaitingForPtp4l') {
      context.state.episodes.end(key, source?.atMicros ?? now);
      continue;
    }
    const port = followingPort(instance);
    if (port === undefined || now - Math.max(port.sinceMicros, source.atMicros) < seconds(20)) continue;
    context.state.episodes.begin(key, {
      kind: 'OsClockNotSynchronized',
      subject: 'CLOCK_REALTIME',
      instance: instance.key,
      startMicros: Math.max(port.sinceMicros, source.atMicros),
      symptoms: ['Phc2sysWaiting'],
    });
  }
}

/**
 * Since when a servo should have printed and did not, while the node's log goes on; undefined
 * if all is well. Before the port began to follow nothing was due.
 */
function silentSince(
  context: DetectionContext,
  servo: ServoClock,
  now: Micros,
  followingSince: Micros,
): Micros | undefined {
  if (servo.lineCount < RHYTHM_LINES || servo.intervalMicros === undefined) return undefined;
  const patience = Math.max(MIN_SILENCE_MICROS, SILENCE_FACTOR * servo.intervalMicros);
  const due = Math.max(servo.lastMicros, followingSince);
  if (now - due < patience) return undefined;
  // The whole log may have stopped or have a gap: then nothing is known.
  const { lastLogMicros } = context.state;
  if (lastLogMicros === undefined || lastLogMicros - due < patience) return undefined;
  for (const gap of context.state.gaps) {
    if (gap.untilMicros > servo.lastMicros && gap.fromMicros <= now) return undefined;
  }
  return due + servo.intervalMicros;
}

/** By configuration, else by behaviour: only a client waits in LISTENING with its own clock as best master. */
function shouldFollow(context: DetectionContext, instance: InstanceState, port: PortRecord): boolean {
  const role = intendedRole(context, instance, port);
  if (role !== undefined && role !== 'Either') return role === 'TimeReceiver';
  if (port.state === 'UNCALIBRATED') return true;
  return port.state === 'LISTENING' && instance.grandmaster?.local === true && instance.ports.size === 1;
}

/** How long acquisition may take: Announce qualification, servo samples and path delay, by configured rates. */
function acquisitionMicros(context: DetectionContext, instance: InstanceState, port: PortRecord): Micros {
  const config = expectedInstance(context, instance)?.ptp4l;
  const grace = seconds(context.policy.gracePeriodSeconds);
  const announce = config?.number('logAnnounceInterval', port.interfaceName);
  const sync = config?.number('logSyncInterval', port.interfaceName);
  const timeout = config?.number('announceReceiptTimeout', port.interfaceName) ?? 3;
  // A daemon's hardware with a DPLL may take a minute; only plain linuxptp is known to be quick.
  const usual = context.state.lastApplyMicros === undefined ? DEFAULT_ACQUISITION_MICROS : grace;
  if (announce === undefined || sync === undefined) return Math.min(grace, usual);
  const needed = 8 * timeout * 2 ** announce + 16 * 2 ** sync + 4;
  const least = port.state === 'UNCALIBRATED' ? MIN_CALIBRATION_SECONDS : MIN_LISTENING_SECONDS;
  return Math.min(grace, seconds(Math.max(least, needed)));
}

/**
 * The log ended while the port still waited: with its own clock as best master, or in
 * UNCALIBRATED for longer than the servo's first samples take. Nothing more will be printed, so
 * this is the last word.
 */
function hasEndedWaiting(
  context: DetectionContext,
  instance: InstanceState,
  port: PortRecord,
  now: Micros,
): boolean {
  if (port.state === 'LISTENING') return instance.grandmaster?.local === true;
  if (port.state !== 'UNCALIBRATED' || instance.servos.get('ptp4l') !== undefined) return false;
  const sync = expectedInstance(context, instance)?.ptp4l?.number('logSyncInterval', port.interfaceName);
  const needed = sync === undefined ? DEFAULT_ACQUISITION_MICROS : seconds(FIRST_SAMPLES * 2 ** sync);
  return now - port.sinceMicros >= needed;
}

function acquisitionSymptoms(instance: InstanceState, port: PortRecord): Symptom[] {
  const symptoms: Symptom[] = [port.state === 'UNCALIBRATED' ? 'StuckUncalibrated' : 'StuckListening'];
  symptoms.push(instance.foreignMasters.size > 0 ? 'ForeignMasterHeard' : 'NoForeignMaster');
  if (instance.grandmaster !== undefined && !instance.grandmaster.local) symptoms.push('BestMasterSelected');
  if (instance.servos.get('ptp4l') === undefined) symptoms.push('NoOffsets');
  return symptoms;
}
