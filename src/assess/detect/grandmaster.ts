import type {
  BestMaster,
  ClockClassChange,
  DataSet,
  Observation,
  PortTransition,
  TimeProperties,
} from '../../observe/observation.ts';
import { OWN_CLIENT_CLASS, isWorseClass } from '../../ptp/clock-class.ts';
import type { FaultKind } from '../../ptp/fault-kind.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import type { Micros } from '../../ptp/time.ts';
import { instanceFor, instanceOfDataSet } from '../../state/instances.ts';
import type { Episode } from '../../state/episode-log.ts';
import type { InstanceState } from '../../state/node-state.ts';
import {
  RECOVERY_HOLD_MICROS,
  SAME_CAUSE_MICROS,
  followingPort,
  grandmasterKey,
  lineOf,
  portKey,
  portName,
  seconds,
  uptimeOf,
  type DetectionContext,
  type Detector,
} from './detector.ts';

/** A new time transmitter heard this shortly before explains a change of grandmaster. */
const HEARD_BEFORE_MICROS = seconds(10);
/** Two changes within this time: grandmasters that alternate. */
const ALTERNATION_MICROS = seconds(60);
/** A change of time properties that is not repeated for this long is over. */
const PROPERTIES_HOLD_MICROS = seconds(120);

const PROPERTY_SYMPTOMS: Readonly<Partial<Record<TimeProperties['what'], Symptom>>> = {
  NotPtpTimescale: 'NotPtpTimescale',
  TemporalVortex: 'UtcOffsetLower',
  UpstreamQualityRejected: 'UpstreamRejected',
  LeapTableExpired: 'LeapTableOld',
};

const PORT_LOSSES: ReadonlySet<FaultKind> = new Set([
  'LinkDown',
  'PortFaulty',
  'AnnounceTimeout',
  'PortFlapping',
  'TxTimestampTimeout',
  'SynchronizationFault',
  'NotAcquired',
]);

interface GrandmasterMemory {
  /** The grandmaster that was followed last, other than the own clock. */
  followed?: string;
  changedMicros?: Micros;
  settledMicros?: Micros;
  /** Best class seen from upstream, and the worse one that goes on. */
  bestClass?: number;
  fall?: ClassReport;
}

/** A class that somebody reported. */
interface ClassReport {
  readonly value: number;
  readonly atMicros: Micros;
  readonly uptimeMicros?: Micros;
  readonly evidence: string;
  /** Node that says so of itself; absent when this node's own log does. */
  readonly sender?: string;
}

/**
 * Changes of the grandmaster and of what it says about itself: identity, clock class, time
 * scale. A grandmaster that vanished without another in its place is the port's matter.
 */
class GrandmasterDetector implements Detector {
  readonly listens = ['bestMaster', 'portTransition', 'clockClass', 'dataSet', 'timeProperties'] as const;
  readonly #memories = new Map<string, GrandmasterMemory>();

  observe(context: DetectionContext, observation: Observation): void {
    switch (observation.kind) {
      case 'bestMaster':
        this.#onBestMaster(context, observation);
        break;
      case 'portTransition':
        this.#onTransition(context, observation);
        break;
      case 'clockClass':
      case 'dataSet':
        this.#onClass(context, observation);
        break;
      case 'timeProperties':
        this.#onProperties(context, observation);
        break;
      default:
        break;
    }
  }

  tick(context: DetectionContext, now: Micros): void {
    this.#lookUpstream(context, now);
    this.#beginFalls(context, now);
    for (const instance of context.state.instances.values()) {
      const { settledMicros } = this.#memories.get(instance.key) ?? {};
      if (settledMicros !== undefined && (context.final || now - settledMicros >= RECOVERY_HOLD_MICROS)) {
        context.state.episodes.end(grandmasterKey(instance), settledMicros);
        delete this.#memoryOf(instance).settledMicros;
      }
      endOldProperties(context, instance, now);
    }
  }

  #memoryOf(instance: InstanceState): GrandmasterMemory {
    let memory = this.#memories.get(instance.key);
    if (memory === undefined) {
      memory = {};
      this.#memories.set(instance.key, memory);
    }
    return memory;
  }

  #change(
    context: DetectionContext,
    instance: InstanceState,
    observation: BestMaster | PortTransition,
    subject: string,
  ): void {
    const memory = this.#memoryOf(instance);
    const { atMicros } = observation;
    const symptoms = changeSymptoms(instance, memory.changedMicros, atMicros);
    const sender = lostUpstream(context, instance);
    if (sender !== undefined) symptoms.push('UpstreamLostBefore', 'GrandmasterNodeSaysSo');
    const key = grandmasterKey(instance);
    const known = context.state.episodes.get(key);
    const episode = context.state.episodes.begin(key, {
      kind: 'GrandmasterChanged',
      subject,
      instance: instance.key,
      startMicros: atMicros,
      symptoms,
      ...uptimeOf(observation),
      ...lineOf(observation),
    });
    if (sender !== undefined) episode.detail = `node ${sender}`;
    if (known === undefined || observation.kind === 'bestMaster') memory.changedMicros = atMicros;
    delete memory.settledMicros;
  }

  #onBestMaster(context: DetectionContext, observation: BestMaster): void {
    const instance = instanceFor(context.state, observation.configName);
    const memory = this.#memoryOf(instance);
    const { clockIdentity, local } = observation;
    if (local) return;
    const previous = memory.followed;
    memory.followed = clockIdentity;
    if (previous === undefined || previous === clockIdentity) return;
    const port = followingPort(instance) ?? [...instance.ports.values()].find((one) => one.everFollowed);
    this.#change(
      context,
      instance,
      observation,
      port === undefined ? instance.key : portName(context, instance, port),
    );
  }

  /** SLAVE to UNCALIBRATED on RS_SLAVE: another parent, with the same grandmaster or not. */
  #onTransition(context: DetectionContext, observation: PortTransition): void {
    const instance = instanceFor(context.state, observation.configName);
    const memory = this.#memoryOf(instance);
    const port = instance.ports.get(observation.portNumber);
    if (port === undefined) return;
    if (
      observation.from === 'SLAVE' &&
      observation.to === 'UNCALIBRATED' &&
      observation.event === 'RS_SLAVE'
    ) {
      const explained = context.state.episodes.get(portKey(instance, port.portNumber)) !== undefined;
      if (!explained) this.#change(context, instance, observation, portName(context, instance, port));
    }
    if (observation.to === 'SLAVE' && memory.changedMicros !== undefined)
      memory.settledMicros = observation.atMicros;
  }

  #onClass(context: DetectionContext, observation: ClockClassChange | DataSet): void {
    const value = upstreamClassOf(observation);
    if (value === undefined) return;
    const instance =
      observation.kind === 'dataSet'
        ? instanceOfDataSet(context.state, observation)
        : instanceFor(context.state, observation.configName);
    if (instance === undefined) return;
    this.#judgeClass(context, instance, {
      value,
      atMicros: observation.atMicros,
      evidence: observation.line ?? `clockClass ${value}`,
      ...uptimeOf(observation),
    });
  }

  #judgeClass(context: DetectionContext, instance: InstanceState, report: ClassReport): void {
    const memory = this.#memoryOf(instance);
    const best = memory.bestClass;
    if (best === undefined || !isWorseClass(report.value, best)) {
      memory.bestClass = report.value;
      delete memory.fall;
      context.state.episodes.end(`class ${instance.key}`, report.atMicros, report.uptimeMicros);
    } else if (memory.fall === undefined) memory.fall = report;
    else if (memory.fall.value !== report.value) memory.fall = { ...report, atMicros: memory.fall.atMicros };
  }

  /** A class that fell together with a lost port or a holdover is part of that, not a second fault. */
  #beginFalls(context: DetectionContext, now: Micros): void {
    for (const instance of context.state.instances.values()) {
      const { fall, bestClass } = this.#memories.get(instance.key) ?? {};
      if (fall === undefined || bestClass === undefined) continue;
      if (!context.final && now - fall.atMicros < SAME_CAUSE_MICROS) continue;
      if (isOwnLoss(context)) continue;
      const episode = context.state.episodes.begin(`class ${instance.key}`, {
        kind: 'GrandmasterDegraded',
        subject: instance.grandmaster?.clockIdentity ?? instance.key,
        instance: instance.key,
        startMicros: fall.atMicros,
        symptoms: fall.sender === undefined ? ['ClassFell'] : ['ClassFell', 'GrandmasterNodeSaysSo'],
        ...(fall.uptimeMicros !== undefined && { uptimeMicros: fall.uptimeMicros }),
      });
      describeFall(episode, fall, bestClass);
    }
  }

  /** What the grandmaster's own node says about its class, for a client whose log is silent. */
  #lookUpstream(context: DetectionContext, now: Micros): void {
    for (const instance of context.state.instances.values()) {
      const { grandmaster } = instance;
      if (grandmaster === undefined || grandmaster.local || context.fleet === undefined) continue;
      const sender = context.fleet.nodeOfClock(grandmaster.clockIdentity);
      if (sender === undefined || sender === context.state.node) continue;
      const announced = announcedClass(
        context.fleet.stateOf(sender)?.instances.values(),
        grandmaster.clockIdentity,
      );
      if (announced === undefined) continue;
      const memory = this.#memoryOf(instance);
      const goesOn = memory.fall !== undefined;
      const worseNow = memory.bestClass !== undefined && isWorseClass(announced.value, memory.bestClass);
      if (worseNow === goesOn && memory.bestClass !== undefined) continue;
      this.#judgeClass(context, instance, {
        value: announced.value,
        atMicros: Math.min(now, announced.sinceMicros),
        evidence: `node ${sender} announces clockClass ${announced.value}`,
        sender,
      });
    }
  }

  #onProperties(context: DetectionContext, observation: TimeProperties): void {
    const symptom = PROPERTY_SYMPTOMS[observation.what];
    if (symptom === undefined) return;
    const instance = instanceFor(context.state, observation.configName);
    const episode = context.state.episodes.begin(`properties ${instance.key} ${observation.what}`, {
      kind: 'TimePropertiesInvalid',
      subject: instance.grandmaster?.clockIdentity ?? instance.key,
      instance: instance.key,
      startMicros: observation.atMicros,
      symptoms: [symptom],
      ...uptimeOf(observation),
      ...lineOf(observation),
    });
    // A clock that cannot be set has an odd time of its own: a consequence.
    if (context.state.episodes.get(`denied ${instance.key}`) !== undefined) episode.severity = 'Minor';
  }
}

export const createGrandmasterDetector = (): Detector => new GrandmasterDetector();

/** Was the new grandmaster heard just before, or did the former one fall silent? */
function changeSymptoms(
  instance: InstanceState,
  changedMicros: Micros | undefined,
  atMicros: Micros,
): Symptom[] {
  const identity = instance.grandmaster?.clockIdentity ?? ' ';
  const heard = [...instance.foreignMasters].some(
    (one) => atMicros - one.atMicros <= HEARD_BEFORE_MICROS && one.portIdentity.startsWith(identity),
  );
  const symptoms: Symptom[] = [heard ? 'SecondGrandmasterHeard' : 'GrandmasterFell', 'GrandmasterOther'];
  const alternates = changedMicros !== undefined && atMicros - changedMicros <= ALTERNATION_MICROS;
  if (alternates && !heard) symptoms.push('Repeated');
  return symptoms;
}

/** Name of the new grandmaster's node, when that node has just lost its own upstream. */
function lostUpstream(context: DetectionContext, instance: InstanceState): string | undefined {
  const sender = context.fleet?.nodeOfClock(instance.grandmaster?.clockIdentity ?? '');
  const upstream = sender === undefined ? undefined : context.fleet?.stateOf(sender);
  if (upstream === undefined) return undefined;
  const isLost = [...upstream.episodes.active].some(
    (one) => one.kind === 'LinkDown' || one.kind === 'AnnounceTimeout',
  );
  return isLost ? sender : undefined;
}

function describeFall(episode: Episode, fall: ClassReport, bestClass: number): void {
  if (episode.evidence.length === 0) episode.evidence.push(fall.evidence);
  const says = fall.sender === undefined ? '' : `, says node ${fall.sender}`;
  episode.detail = `clock class ${bestClass} to ${fall.value}${says}`;
  episode.severity = isWorseClass(fall.value, 135) ? 'Critical' : 'Moderate';
}

/** Has the node itself lost its upstream or its reference? */
function isOwnLoss(context: DetectionContext): boolean {
  for (const episode of context.state.episodes.active) {
    const isHolding =
      episode.kind === 'Holdover' || episode.kind === 'FreeRun' || episode.kind === 'GnssLost';
    const isPort = episode.downSinceMicros !== undefined && PORT_LOSSES.has(episode.kind);
    if (isHolding || isPort) return true;
  }
  return false;
}

/** ptp4l repeats these complaints while they hold, at most once a minute; silence ends them. */
function endOldProperties(context: DetectionContext, instance: InstanceState, now: Micros): void {
  for (const what of ['TemporalVortex', 'UpstreamQualityRejected'] as const) {
    const key = `properties ${instance.key} ${what}`;
    const episode = context.state.episodes.get(key);
    if (episode !== undefined && now - episode.lastEvidenceMicros > PROPERTIES_HOLD_MICROS) {
      context.state.episodes.end(key, episode.lastEvidenceMicros);
    }
  }
  const key = `properties ${instance.key} NotPtpTimescale`;
  const episode = context.state.episodes.get(key);
  const changed = instance.grandmaster?.sinceMicros ?? 0;
  if (episode !== undefined && changed > episode.lastEvidenceMicros + SAME_CAUSE_MICROS) {
    context.state.episodes.end(key, changed);
  }
}

/** The upstream class a fact tells, if it tells one. A client's own 255 is not upstream's. */
function upstreamClassOf(observation: ClockClassChange | DataSet): number | undefined {
  if (observation.kind === 'clockClass') {
    const value = observation.clockClass;
    return value === 0 || value === OWN_CLIENT_CLASS ? undefined : value;
  }
  if (observation.name !== 'PARENT_DATA_SET') return undefined;
  const value = Number(observation.values['gm.ClockClass']);
  return Number.isInteger(value) && value > 0 && value < OWN_CLIENT_CLASS ? value : undefined;
}

/** The class that the owner of a clock announces, as its own node says. */
function announcedClass(
  instances: Iterable<InstanceState> | undefined,
  clockIdentity: string,
): { value: number; sinceMicros: Micros } | undefined {
  for (const instance of instances ?? []) {
    if (instance.clockIdentity !== clockIdentity) continue;
    const settings = instance.dataSets.get('GRANDMASTER_SETTINGS_NP');
    const value = Number(settings?.values['clockClass']);
    if (settings !== undefined && Number.isInteger(value) && value > 0)
      return { value, sinceMicros: settings.atMicros };
    if (instance.clockClass !== undefined) return instance.clockClass;
  }
  return undefined;
}
