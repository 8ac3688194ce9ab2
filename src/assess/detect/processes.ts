import type {
  ClockControlDenied,
  ConfigurationTrouble,
  ContainerState,
  Observation,
  PodState,
  PortTransition,
  ProcessLife,
} from '../../observe/observation.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import type { PortState } from '../../ptp/port-state.ts';
import type { Micros } from '../../ptp/time.ts';
import { instanceFor } from '../../state/instances.ts';
import type { InstanceState } from '../../state/node-state.ts';
import {
  RECOVERY_HOLD_MICROS,
  lineOf,
  seconds,
  silenceKey,
  uptimeOf,
  type DetectionContext,
  type Detector,
} from './detector.ts';

/** The daemon stops and starts every process when profiles change: no fault for this long. */
const APPLY_MICROS = seconds(90);
/** A process that is back sooner was restarted; one that is not, is down. */
const DOWN_AFTER_MICROS = seconds(5);
/** After `stopping …` an exit is what was asked for. */
const STOPPING_MICROS = seconds(30);

const TROUBLE_SYMPTOMS: Readonly<Record<ConfigurationTrouble['trouble'], Symptom | undefined>> = {
  UnknownOption: 'OptionNamed',
  ValueOutOfRange: 'OptionNamed',
  ParseFailed: 'OptionNamed',
  NoSuchInterface: 'InterfaceMissing',
  PhcMismatch: 'PhcDiffers',
  TimestampingUnsupported: 'HardwareStampingMissing',
  CreateClockFailed: 'InterfaceMissing',
  TooFewInterfaces: 'InterfaceMissing',
  Other: undefined,
};

/** Containers of a daemon pod looked at; real ones have two or three. */
const MAX_CONTAINERS = 16;
const CONTAINER_KEY = 'container ';
/** Waiting that belongs to every start. */
const STARTING_REASONS: readonly string[] = ['ContainerCreating', 'PodInitializing'];

const processKey = (instance: InstanceState, program: string): string => `process ${instance.key} ${program}`;

/** Processes that end, come back or are refused their configuration or their clock. */
class ProcessDetector implements Detector {
  readonly listens = [
    'podState',
    'portTransition',
    'processLife',
    'configurationTrouble',
    'clockControlDenied',
  ] as const;
  readonly #portStates = new Map<string, PortState>();
  readonly #exits = new Map<string, { atMicros: Micros; life: ProcessLife }>();
  readonly #stopping = new Map<string, Micros>();
  /** Restarts that go on until a port works again. */
  readonly #recovering = new Map<string, Micros | undefined>();

  observe(context: DetectionContext, observation: Observation): void {
    switch (observation.kind) {
      case 'podState':
        watchContainers(context, observation);
        break;
      case 'portTransition':
        this.#onTransition(context, observation);
        break;
      case 'processLife':
        this.#onLife(context, observation);
        break;
      case 'configurationTrouble':
        this.#onRefused(context, observation);
        break;
      case 'clockControlDenied':
        this.#onDenied(context, observation);
        break;
      default:
        break;
    }
  }

  tick(context: DetectionContext, now: Micros): void {
    for (const [key, exit] of this.#exits) {
      if (!context.final && now - exit.atMicros < DOWN_AFTER_MICROS) continue;
      const instance = instanceFor(context.state, exit.life.configName);
      context.state.episodes.begin(key, {
        kind: 'ProcessDown',
        subject: exit.life.program,
        instance: instance.key,
        startMicros: exit.atMicros,
        symptoms: ['ProcessExited'],
        ...lineOf(exit.life),
      });
      this.#exits.delete(key);
    }
    for (const [key, recoveredMicros] of this.#recovering) {
      if (recoveredMicros === undefined || (!context.final && now - recoveredMicros < RECOVERY_HOLD_MICROS))
        continue;
      context.state.episodes.end(key, recoveredMicros);
      this.#recovering.delete(key);
    }
  }

  #justApplied(context: DetectionContext, atMicros: Micros): boolean {
    const { lastApplyMicros } = context.state;
    return lastApplyMicros !== undefined && Math.abs(atMicros - lastApplyMicros) < APPLY_MICROS;
  }

  /** A port that initialises although nothing made it faulty: its process began anew. */
  #onTransition(context: DetectionContext, transition: PortTransition): void {
    if (transition.portNumber === 0) return;
    const instance = instanceFor(context.state, transition.configName);
    const key = `${instance.key} ${transition.portNumber}`;
    const before = this.#portStates.get(key);
    this.#portStates.set(key, transition.to);
    const restartKey = processKey(instance, 'ptp4l');
    if (transition.from === 'INITIALIZING' && transition.event === 'INIT_COMPLETE') {
      context.state.episodes.end(
        `refused ${instance.key} ptp4l`,
        transition.atMicros,
        transition.uptimeMicros,
      );
      if (before !== undefined && before !== 'INITIALIZING') this.#restarted(context, instance, transition);
    } else if (
      this.#recovering.has(restartKey) &&
      (transition.to === 'SLAVE' || transition.to === 'MASTER' || transition.to === 'GRAND_MASTER')
    ) {
      this.#recovering.set(restartKey, transition.atMicros);
    }
    if (transition.to === 'SLAVE') context.state.episodes.end(`denied ${instance.key}`, transition.atMicros);
  }

  #restarted(context: DetectionContext, instance: InstanceState, transition: PortTransition): void {
    const { episodes } = context.state;
    const silence = silenceKey(instance, 'ptp4l');
    const { atMicros } = transition;
    if (this.#justApplied(context, atMicros)) {
      episodes.withdraw(silence);
      return;
    }
    const key = processKey(instance, 'ptp4l');
    if (episodes.get(key) !== undefined) {
      episodes.support(key, atMicros, transition.line, 'ProcessBegan');
      return;
    }
    const servo = instance.servos.get('ptp4l')?.values().next().value;
    const gap = servo === undefined ? 0 : atMicros - servo.lastMicros;
    const wasSilent =
      servo?.intervalMicros !== undefined && gap > Math.max(seconds(3), 3 * servo.intervalMicros);
    if (wasSilent && instance.grandmaster?.local !== true) {
      const startMicros = servo.lastMicros + (servo.intervalMicros ?? 0);
      const episode = episodes.begin(silence, {
        kind: 'ProcessDown',
        subject: 'ptp4l',
        instance: instance.key,
        startMicros,
        symptoms: ['SilenceBefore', 'ProcessBegan'],
        ...lineOf(transition),
        ...(servo.lastUptimeMicros !== undefined && {
          uptimeMicros: servo.lastUptimeMicros + (startMicros - servo.lastMicros),
        }),
      });
      if (episode.kind !== 'ProcessDown') episodes.reclassify(silence, 'ProcessDown', 'ptp4l');
      episodes.end(silence, atMicros, transition.uptimeMicros);
      return;
    }
    episodes.begin(key, {
      kind: 'ProcessRestarted',
      subject: 'ptp4l',
      instance: instance.key,
      startMicros: atMicros,
      symptoms: ['ProcessBegan'],
      ...uptimeOf(transition),
      ...lineOf(transition),
    });
    this.#recovering.set(key, undefined);
  }

  #onLife(context: DetectionContext, life: ProcessLife): void {
    const instance = instanceFor(context.state, life.configName);
    const key = processKey(instance, life.program);
    const { atMicros } = life;
    switch (life.what) {
      case 'Stopping':
        this.#stopping.set(key, atMicros);
        break;
      case 'Exited':
      case 'Down':
      case 'Failed':
      case 'NotRecreated': {
        const asked = atMicros - (this.#stopping.get(key) ?? Number.NEGATIVE_INFINITY) < STOPPING_MICROS;
        if (!asked && !this.#justApplied(context, atMicros) && !this.#exits.has(key))
          this.#exits.set(key, { atMicros, life });
        break;
      }
      case 'Starting':
      case 'Recreating':
      case 'Up':
        this.#cameBack(context, instance, key, life);
        break;
    }
  }

  #cameBack(context: DetectionContext, instance: InstanceState, key: string, life: ProcessLife): void {
    this.#stopping.delete(key);
    const exit = this.#exits.get(key);
    const { episodes } = context.state;
    if (episodes.get(key)?.kind === 'ProcessDown') episodes.end(key, life.atMicros);
    else if (exit !== undefined) {
      episodes.begin(key, {
        kind: 'ProcessRestarted',
        subject: life.program,
        instance: instance.key,
        startMicros: exit.atMicros,
        symptoms: ['ProcessExited', 'ProcessBegan'],
        ...lineOf(exit.life),
      });
      this.#recovering.set(key, life.atMicros);
    }
    this.#exits.delete(key);
  }

  #onRefused(context: DetectionContext, trouble: ConfigurationTrouble): void {
    if (trouble.trouble === 'Other') return;
    const instance = instanceFor(context.state, trouble.configName);
    const symptom = TROUBLE_SYMPTOMS[trouble.trouble];
    const episode = context.state.episodes.begin(`refused ${instance.key} ${trouble.program}`, {
      kind: 'ConfigurationRejected',
      subject: trouble.program,
      instance: instance.key,
      startMicros: trouble.atMicros,
      ...(symptom !== undefined && { symptoms: [symptom] }),
      ...uptimeOf(trouble),
      ...lineOf(trouble),
    });
    if (trouble.option !== undefined) episode.detail = `option ${trouble.option}`;
  }

  #onDenied(context: DetectionContext, denied: ClockControlDenied): void {
    const instance = instanceFor(context.state, denied.configName);
    context.state.episodes.begin(`denied ${instance.key}`, {
      kind: 'ClockControlDenied',
      subject: denied.program,
      instance: instance.key,
      startMicros: denied.atMicros,
      symptoms: ['AdjustmentDenied'],
      ...uptimeOf(denied),
      ...lineOf(denied),
    });
  }
}

const isContainerDown = ({ state, reason }: ContainerState): boolean =>
  (state === 'Waiting' || state === 'Terminated') && !STARTING_REASONS.includes(reason ?? '');

/** A container that waits (CrashLoopBackOff, ImagePullBackOff) or ended runs nothing. */
function watchContainers({ state: { episodes } }: DetectionContext, { pod, atMicros }: PodState): void {
  // Without a pod nothing is known; the report says so.
  if (pod === undefined)
    episodes.endWhere((one) => one.kind === 'ProcessDown' && one.instance === undefined, atMicros);
  for (const container of (pod?.containers ?? []).slice(0, MAX_CONTAINERS)) {
    const { name, state, reason = state } = container;
    const key = `${CONTAINER_KEY}${name}`;
    if (!isContainerDown(container)) episodes.end(key, atMicros);
    else if (episodes.get(key) === undefined) {
      const evidence = `container ${name}: ${reason}`;
      const episode = episodes.begin(key, {
        kind: 'ProcessDown',
        subject: name,
        startMicros: atMicros,
        evidence,
      });
      episode.detail = reason;
    }
  }
}

export const createProcessDetector = (): Detector => new ProcessDetector();
