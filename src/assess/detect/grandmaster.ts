import type {
  BestMaster,
  ClockClassChange,
  DataSet,
  Observation,
  PortTransition,
  TimeProperties,
} from '../../observe/observation.ts';
import { OWN_CLIENT_CLASS, isWorseClass } from '../../ptp/clock-class.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import type { Micros } from '../../ptp/time.ts';
import { instanceFor } from '../../state/instances.ts';
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

interface GrandmasterMemory {
  /** The grandmaster that was followed last, other than the own clock. */
  followed?: string;
  changedMicros?: Micros;
  settledMicros?: Micros;
  /** Best class seen from upstream, and whether a worse one goes on. */
  bestClass?: number;
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
    const heard = [...instance.foreignMasters].some(
      (one) =>
        atMicros - one.atMicros <= HEARD_BEFORE_MICROS &&
        one.portIdentity.startsWith(instance.grandmaster?.clockIdentity ?? ' '),
    );
    const symptoms: Symptom[] = [heard ? 'SecondGrandmasterHeard' : 'GrandmasterFell', 'GrandmasterOther'];
    if (
      memory.changedMicros !== undefined &&
      atMicros - memory.changedMicros <= ALTERNATION_MICROS &&
      !heard
    ) {
      symptoms.push('Repeated');
    }
    const sender = context.fleet?.nodeOfClock(instance.grandmaster?.clockIdentity ?? '');
    const upstream = sender === undefined ? undefined : context.fleet?.stateOf(sender);
    const lostUpstream =
      upstream !== undefined &&
      [...upstream.episodes.active].some((one) => one.kind === 'LinkDown' || one.kind === 'AnnounceTimeout');
    if (lostUpstream) symptoms.push('UpstreamLostBefore', 'GrandmasterNodeSaysSo');
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
    if (lostUpstream && sender !== undefined) episode.detail = `node ${sender}`;
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
    const instance = instanceFor(context.state, observation.configName);
    this.#judgeClass(context, instance, value, observation.atMicros, {
      ...uptimeOf(observation),
      ...lineOf(observation),
      evidenceText: `clockClass ${value}`,
    });
  }

  #judgeClass(
    context: DetectionContext,
    instance: InstanceState,
    value: number,
    atMicros: Micros,
    proof: { uptimeMicros?: Micros; evidence?: string; evidenceText: string; sender?: string },
  ): void {
    const memory = this.#memoryOf(instance);
    const key = `class ${instance.key}`;
    const best = memory.bestClass;
    if (best === undefined || !isWorseClass(value, best)) {
      memory.bestClass = value;
      context.state.episodes.end(key, atMicros, proof.uptimeMicros);
      return;
    }
    const portDown = [...instance.ports.keys()].some(
      (number) => context.state.episodes.get(portKey(instance, number))?.downSinceMicros !== undefined,
    );
    // Without an upstream the own class takes its place: part of the loss, not a second fault.
    if (portDown) return;
    const episode = context.state.episodes.begin(key, {
      kind: 'GrandmasterDegraded',
      subject: instance.grandmaster?.clockIdentity ?? instance.key,
      instance: instance.key,
      startMicros: atMicros,
      symptoms: proof.sender === undefined ? ['ClassFell'] : ['ClassFell', 'GrandmasterNodeSaysSo'],
      evidence: proof.evidence ?? proof.evidenceText,
      ...(proof.uptimeMicros !== undefined && { uptimeMicros: proof.uptimeMicros }),
    });
    episode.detail = `clock class ${best} to ${value}${proof.sender === undefined ? '' : `, says node ${proof.sender}`}`;
    if (isWorseClass(value, 135)) episode.severity = 'Critical';
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
      const goesOn = context.state.episodes.get(`class ${instance.key}`) !== undefined;
      const worseNow = memory.bestClass !== undefined && isWorseClass(announced.value, memory.bestClass);
      if (worseNow === goesOn && memory.bestClass !== undefined) continue;
      this.#judgeClass(context, instance, announced.value, Math.min(now, announced.sinceMicros), {
        evidenceText: `node ${sender} announces clockClass ${announced.value}`,
        sender,
      });
    }
  }

  #onProperties(context: DetectionContext, observation: TimeProperties): void {
    const symptom = PROPERTY_SYMPTOMS[observation.what];
    if (symptom === undefined) return;
    const instance = instanceFor(context.state, observation.configName);
    context.state.episodes.begin(`properties ${instance.key} ${observation.what}`, {
      kind: 'TimePropertiesInvalid',
      subject: instance.grandmaster?.clockIdentity ?? instance.key,
      instance: instance.key,
      startMicros: observation.atMicros,
      symptoms: [symptom],
      ...uptimeOf(observation),
      ...lineOf(observation),
    });
  }
}

export const createGrandmasterDetector = (): Detector => new GrandmasterDetector();

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
