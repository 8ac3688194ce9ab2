import type {
  Observation,
  PortTransition,
  LinkChange,
  PortTrouble,
  BestMaster,
  RoleNote,
} from '../../observe/observation.ts';
import type { FaultKind } from '../../ptp/fault-kind.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import type { PortState } from '../../ptp/port-state.ts';
import type { Micros } from '../../ptp/time.ts';
import { instanceFor } from '../../state/instances.ts';
import type { InstanceState, PortRecord } from '../../state/node-state.ts';
import {
  RECOVERY_HOLD_MICROS,
  SAME_CAUSE_MICROS,
  intendedRole,
  isFollower,
  lineOf,
  portKey,
  portName,
  seconds,
  servoKey,
  uptimeOf,
  type DetectionContext,
  type Detector,
} from './detector.ts';

/** This many losses within the window are one flapping port, not so many faults. */
const FLAP_COUNT = 3;
const FLAP_WINDOW_MICROS = seconds(60);

const SERVING: readonly PortState[] = ['MASTER', 'GRAND_MASTER', 'PRE_MASTER'];

/** What is remembered about a port beyond its state. */
interface PortMemory {
  /** When its last episode ended, and of what kind it was. */
  endedMicros?: Micros;
  /** When the port last came back while its episode goes on. */
  recoveredMicros?: Micros;
  recoveredUptimeMicros?: Micros;
  /** When it lost its function, newest last. */
  losses: Micros[];
}

interface Note {
  trouble: PortTrouble['trouble'];
  atMicros: Micros;
  line?: string;
}

/** Which trouble explains a fault, strongest first. */
const TROUBLE_KINDS: readonly [PortTrouble['trouble'], FaultKind, Symptom][] = [
  ['TxTimestampTimeout', 'TxTimestampTimeout', 'TxTimestampTimeout'],
  ['TxTimestampMissing', 'TxTimestampTimeout', 'TxTimestampTimeout'],
  ['NetworkDown', 'LinkDown', 'NetworkDown'],
  ['DelayResponseTimeout', 'DelayResponseTimeout', 'DelayTimeoutSeen'],
  ['RxTimestampMissing', 'RxTimestampMissing', 'RxWithoutTimestamp'],
  ['SendFailed', 'PortFaulty', 'SendFailed'],
  ['ReceiveFailed', 'PortFaulty', 'SendFailed'],
];

/** Kinds whose cause is known well enough that repeated losses keep their name. */
const EXPLAINED: readonly FaultKind[] = [
  'TxTimestampTimeout',
  'RxTimestampMissing',
  'ClockStep',
  'DelayResponseTimeout',
];

/**
 * Ports that lose their function: from the first line of a loss until the port follows (or
 * serves) again and that holds. Link loss, FAULTY, a lost grandmaster and a servo that lost
 * its lock are one episode each, whatever number of lines they print.
 */
class PortDetector implements Detector {
  readonly listens = [
    'portTransition',
    'linkChange',
    'portTrouble',
    'bestMaster',
    'roleNote',
    'clockCheck',
  ] as const;
  readonly #ports = new Map<string, PortMemory>();
  readonly #troubles = new Map<string, Note[]>();
  readonly #jumps = new Map<string, Micros>();

  observe(context: DetectionContext, observation: Observation): void {
    switch (observation.kind) {
      case 'portTransition':
        this.#onTransition(context, observation);
        break;
      case 'linkChange':
        this.#onLink(context, observation);
        break;
      case 'portTrouble':
        this.#onTrouble(context, observation);
        break;
      case 'bestMaster':
      case 'roleNote':
        this.#onRemark(context, observation);
        break;
      case 'clockCheck':
        if (observation.program === 'ptp4l' && observation.what !== 'FrequencyChanged') {
          this.#jumps.set(instanceFor(context.state, observation.configName).key, observation.atMicros);
        }
        break;
      default:
        break;
    }
  }

  tick(context: DetectionContext, now: Micros): void {
    for (const [key, memory] of this.#ports) {
      const { recoveredMicros } = memory;
      if (recoveredMicros === undefined) continue;
      if (!context.final && now - recoveredMicros < RECOVERY_HOLD_MICROS) continue;
      const episode = context.state.episodes.get(key);
      if (episode !== undefined && recoveredMicros - episode.startMicros <= SAME_CAUSE_MICROS) {
        episode.symptoms.add('BackAtOnce');
      }
      context.state.episodes.end(key, recoveredMicros, memory.recoveredUptimeMicros);
      this.#ports.set(key, { losses: [], endedMicros: recoveredMicros });
    }
  }

  #memoryOf(key: string): PortMemory {
    let memory = this.#ports.get(key);
    if (memory === undefined) {
      memory = { losses: [] };
      this.#ports.set(key, memory);
    }
    return memory;
  }

  #recentTroubles(instance: InstanceState, atMicros: Micros): Note[] {
    return (this.#troubles.get(instance.key) ?? []).filter(
      (note) => Math.abs(atMicros - note.atMicros) <= SAME_CAUSE_MICROS,
    );
  }

  #onTransition(context: DetectionContext, transition: PortTransition): void {
    if (transition.portNumber === 0) return;
    const instance = instanceFor(context.state, transition.configName);
    const port = instance.ports.get(transition.portNumber);
    if (port === undefined) return;
    const loss = this.#lossOf(context, instance, port, transition);
    if (loss !== undefined) this.#lose(context, instance, port, transition, loss);
    else if (this.#isRecovery(context, instance, port, transition))
      this.#recover(context, instance, transition);
    else
      context.state.episodes.support(
        portKey(instance, port.portNumber),
        transition.atMicros,
        transition.line,
      );
    this.#watchPromotion(context, instance, port, transition);
  }

  /** The kind of fault this change of state is, if it is one. */
  #lossOf(
    context: DetectionContext,
    instance: InstanceState,
    port: PortRecord,
    transition: PortTransition,
  ): { kind: FaultKind; symptoms: Symptom[] } | undefined {
    const { from, to, event, atMicros } = transition;
    const notes = this.#recentTroubles(instance, atMicros);
    if (to === 'FAULTY') return this.#faultOf(port, notes, atMicros);
    if (from !== 'SLAVE' && from !== 'UNCALIBRATED') return undefined;
    if (event === 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES')
      return { kind: 'AnnounceTimeout', symptoms: ['AnnounceLost'] };
    if (event === 'SYNCHRONIZATION_FAULT' && from === 'SLAVE')
      return this.#lostLock(instance, notes, atMicros);
    const promoted = SERVING.includes(to) && (event === 'RS_MASTER' || event === 'RS_GRAND_MASTER');
    if (promoted && isFollower(context, instance, port) && !anotherFollows(instance, port)) {
      return { kind: 'UnexpectedTimeTransmitter', symptoms: ['BecameTransmitter'] };
    }
    return undefined;
  }

  #lostLock(
    instance: InstanceState,
    notes: readonly Note[],
    atMicros: Micros,
  ): { kind: FaultKind; symptoms: Symptom[] } {
    const jumped = this.#jumps.get(instance.key);
    if (jumped !== undefined && atMicros - jumped <= SAME_CAUSE_MICROS) {
      return { kind: 'ClockStep', symptoms: ['SynchronizationFaultSeen', 'ClockCheckJump'] };
    }
    if (notes.some((note) => note.trouble === 'DelayResponseTimeout')) {
      return { kind: 'DelayResponseTimeout', symptoms: ['SynchronizationFaultSeen', 'DelayTimeoutSeen'] };
    }
    return { kind: 'SynchronizationFault', symptoms: ['SynchronizationFaultSeen'] };
  }

  #faultOf(
    port: PortRecord,
    notes: readonly Note[],
    atMicros: Micros,
  ): { kind: FaultKind; symptoms: Symptom[] } {
    const linkLost = port.link === 'Down' && atMicros - (port.linkSinceMicros ?? 0) <= SAME_CAUSE_MICROS;
    if (linkLost) return { kind: 'LinkDown', symptoms: ['LinkDownSeen'] };
    for (const [trouble, kind, symptom] of TROUBLE_KINDS) {
      if (notes.some((note) => note.trouble === trouble)) return { kind, symptoms: [symptom] };
    }
    return { kind: 'PortFaulty', symptoms: [] };
  }

  #lose(
    context: DetectionContext,
    instance: InstanceState,
    port: PortRecord,
    observation: PortTransition | LinkChange,
    loss: { kind: FaultKind; symptoms: Symptom[] },
  ): void {
    const { episodes } = context.state;
    const { atMicros } = observation;
    const key = portKey(instance, port.portNumber);
    const memory = this.#memoryOf(key);
    const goesOn = episodes.get(key);
    const firstNote = this.#recentTroubles(instance, atMicros).find(
      (note) => note.atMicros <= atMicros && note.trouble !== 'Other',
    );
    if (goesOn === undefined) {
      memory.losses = [atMicros];
      const again = memory.endedMicros !== undefined && atMicros - memory.endedMicros <= FLAP_WINDOW_MICROS;
      const episode = episodes.begin(key, {
        kind: loss.kind,
        subject: portName(context, instance, port),
        instance: instance.key,
        startMicros: Math.min(
          takeClockStep(context, instance, loss.kind, atMicros),
          firstNote?.atMicros ?? atMicros,
        ),
        symptoms: again ? [...loss.symptoms, 'Repeated'] : loss.symptoms,
        ...uptimeOf(observation),
        ...(firstNote?.line === undefined ? lineOf(observation) : { evidence: firstNote.line }),
      });
      if (firstNote?.line !== undefined) episodes.support(key, atMicros, observation.line);
      if (intendedRole(context, instance, port) === 'TimeTransmitter') episode.severity = 'Moderate';
    } else {
      // An attempt to acquire that fails is a loss like one from SLAVE.
      const failedAttempt = observation.kind === 'portTransition' && observation.from === 'UNCALIBRATED';
      if (memory.recoveredMicros !== undefined || failedAttempt) memory.losses.push(atMicros);
      episodes.setDown(key, true, atMicros);
      episodes.support(key, atMicros, observation.line, ...loss.symptoms);
      this.#refine(context, key, memory, loss.kind, atMicros);
    }
    delete memory.recoveredMicros;
  }

  /** Gives an episode that goes on the better of two names. */
  #refine(
    context: DetectionContext,
    key: string,
    memory: PortMemory,
    kind: FaultKind,
    atMicros: Micros,
  ): void {
    const { episodes } = context.state;
    const episode = episodes.get(key);
    if (episode === undefined) return;
    memory.losses = memory.losses.filter((loss) => atMicros - loss <= FLAP_WINDOW_MICROS);
    if (memory.losses.length >= FLAP_COUNT && !EXPLAINED.includes(episode.kind)) {
      episode.symptoms.add('Repeated');
      episodes.reclassify(key, 'PortFlapping');
      return;
    }
    const young = atMicros - episode.startMicros <= SAME_CAUSE_MICROS;
    if (episode.kind === 'PortFaulty' || (young && kind === 'LinkDown')) episodes.reclassify(key, kind);
    if (memory.losses.length > 1) episode.symptoms.add('Repeated');
  }

  #isRecovery(
    context: DetectionContext,
    instance: InstanceState,
    port: PortRecord,
    { to }: PortTransition,
  ): boolean {
    if (to === 'SLAVE') return true;
    if (to === 'MASTER' || to === 'GRAND_MASTER' || to === 'PASSIVE')
      return !isFollower(context, instance, port);
    // A standby port of a client waits in LISTENING while another port follows.
    return to === 'LISTENING' && anotherFollows(instance, port);
  }

  #recover(context: DetectionContext, instance: InstanceState, transition: PortTransition): void {
    const key = portKey(instance, transition.portNumber);
    if (context.state.episodes.get(key) === undefined) return;
    const memory = this.#memoryOf(key);
    memory.recoveredMicros = transition.atMicros;
    if (transition.uptimeMicros !== undefined) memory.recoveredUptimeMicros = transition.uptimeMicros;
    context.state.episodes.setDown(key, false, transition.atMicros);
  }

  /** A port meant to follow that serves time is a danger of its own, whatever made it so. */
  #watchPromotion(
    context: DetectionContext,
    instance: InstanceState,
    port: PortRecord,
    transition: PortTransition,
  ): void {
    const { episodes } = context.state;
    const key = `promotion ${instance.key} ${port.portNumber}`;
    const serves = SERVING.includes(transition.to);
    if (!serves) {
      episodes.end(key, transition.atMicros, transition.uptimeMicros);
      return;
    }
    const lostParent =
      transition.event === 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES' &&
      (transition.from === 'SLAVE' || transition.from === 'UNCALIBRATED');
    const alone = !anotherFollows(instance, port) && instance.ports.size === 1;
    if (!lostParent || !isFollower(context, instance, port) || !alone) return;
    episodes.begin(key, {
      kind: 'UnexpectedTimeTransmitter',
      subject: portName(context, instance, port),
      instance: instance.key,
      startMicros: transition.atMicros,
      symptoms: ['BecameTransmitter', 'AnnounceLost', 'NotClientOnly'],
      ...uptimeOf(transition),
      ...lineOf(transition),
    });
  }

  #onLink(context: DetectionContext, change: LinkChange): void {
    if (change.portNumber === 0) return;
    const instance = instanceFor(context.state, change.configName);
    const port = instance.ports.get(change.portNumber);
    if (port === undefined) return;
    const key = portKey(instance, port.portNumber);
    if (change.link === 'Up') {
      context.state.episodes.support(key, change.atMicros, change.line, 'LinkUpAgain');
      return;
    }
    const inUse = port.everServed || isFollower(context, instance, port);
    if (context.state.episodes.get(key) !== undefined || inUse) {
      const memory = this.#memoryOf(key);
      const alreadyDown = memory.recoveredMicros === undefined;
      this.#lose(context, instance, port, change, { kind: 'LinkDown', symptoms: ['LinkDownSeen'] });
      // FAULTY and `link down` are two lines of the same loss.
      if (alreadyDown && memory.losses.length > 1) memory.losses.pop();
    }
  }

  #onTrouble(context: DetectionContext, trouble: PortTrouble): void {
    const instance = instanceFor(context.state, trouble.configName);
    const notes = this.#troubles.get(instance.key) ?? [];
    notes.push({
      trouble: trouble.trouble,
      atMicros: trouble.atMicros,
      ...(trouble.line !== undefined && { line: trouble.line }),
    });
    if (notes.length > 16) notes.shift();
    this.#troubles.set(instance.key, notes);
    const symptom = TROUBLE_KINDS.find(([name]) => name === trouble.trouble)?.[2];
    for (const port of instance.ports.values()) {
      if (trouble.portNumber !== undefined && trouble.portNumber !== port.portNumber) continue;
      const key = portKey(instance, port.portNumber);
      if (context.state.episodes.get(key)?.downSinceMicros === undefined) continue;
      context.state.episodes.support(
        key,
        trouble.atMicros,
        trouble.line,
        ...(symptom === undefined ? [] : [symptom]),
      );
    }
  }

  /** `selected local clock`, `assuming the grand master role`: what a loss prints besides. */
  #onRemark(context: DetectionContext, remark: BestMaster | RoleNote): void {
    const instance = instanceFor(context.state, remark.configName);
    for (const portNumber of instance.ports.keys()) {
      const episode = context.state.episodes.get(portKey(instance, portNumber));
      if (episode !== undefined && remark.atMicros - episode.lastEvidenceMicros <= SAME_CAUSE_MICROS) {
        context.state.episodes.support(portKey(instance, portNumber), remark.atMicros, remark.line);
      }
    }
  }
}

export const createPortDetector = (): Detector => new PortDetector();

/** The jump that clockcheck reported just before is told with the lock it cost: where the loss begins. */
function takeClockStep(
  { state: { episodes } }: DetectionContext,
  instance: InstanceState,
  kind: FaultKind,
  atMicros: Micros,
): Micros {
  const key = servoKey(instance, 'ptp4l', '');
  const told = kind === 'ClockStep' ? episodes.get(key) : undefined;
  if (told?.kind !== 'ClockStep' || atMicros - told.startMicros > SAME_CAUSE_MICROS) return atMicros;
  episodes.withdraw(key);
  return told.startMicros;
}

/** Does another port of the instance follow? Then this one is standby. */
function anotherFollows(instance: InstanceState, port: PortRecord): boolean {
  for (const other of instance.ports.values()) if (other !== port && other.state === 'SLAVE') return true;
  return false;
}
