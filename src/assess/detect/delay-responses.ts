import type { Observation, PortTrouble } from '../../observe/observation.ts';
import { SortedWindow } from '../../lib/sorted-window.ts';
import { MICROS_PER_SECOND, type Micros } from '../../ptp/time.ts';
import type { ServoClock } from '../../state/clock-state.ts';
import { instanceFor } from '../../state/instances.ts';
import type { InstanceState } from '../../state/node-state.ts';
import {
  followingPort,
  lineOf,
  portKey,
  portName,
  seconds,
  uptimeOf,
  type DetectionContext,
  type Detector,
} from './detector.ts';

/** Summaries without path delay in a row, after so many that had it. */
const MISSING_SUMMARIES = 3;
const SUMMARIES_BEFORE = 4;
/** A delay that stays the same is frozen when it does so for longer than all of these. */
const MIN_FREEZE_MICROS = seconds(5);
const LONGEST_RUN_FACTOR = 4;
const MEAN_RUN_FACTOR = 12;
/** Only a delay known to move can freeze: so many changes, and over a range of nanoseconds. */
const MIN_CHANGES = 20;
const MIN_SPREAD_NANOSECONDS = 3;

interface DelayMemory {
  firstMicros: Micros;
  /** Longest time the delay stayed the same while all was well. */
  longestRunMicros: Micros;
  runStartMicros: Micros;
  delayChanges: number;
  readonly values: SortedWindow;
  /** Summaries without delay, newest in a row, and those with it. */
  missing: number;
  missingSince: Micros;
  withDelay: number;
  processedBuckets: number;
}

/**
 * Delay responses that stopped. ptp4l goes on with the old path delay and says nothing (older
 * versions): summaries lose their delay, samples repeat it to the last bit.
 */
class DelayResponseDetector implements Detector {
  readonly listens = ['portTrouble'] as const;
  readonly #memories = new Map<string, DelayMemory>();

  observe(context: DetectionContext, observation: Observation): void {
    if (observation.kind !== 'portTrouble' || observation.trouble !== 'DelayResponseTimeout') return;
    const instance = instanceFor(context.state, observation.configName);
    beginFromLine(context, instance, observation);
  }

  tick(context: DetectionContext): void {
    for (const instance of context.state.instances.values()) {
      const servo = instance.servos.get('ptp4l')?.values().next().value;
      if (servo !== undefined) this.#watch(context, instance, servo);
    }
  }

  #watch(context: DetectionContext, instance: InstanceState, servo: ServoClock): void {
    const memory = this.#memoryOf(instance, servo);
    const { episodes } = context.state;
    const key = keyOf(instance);
    const isGoing = episodes.get(key) !== undefined;
    countSummaries(servo, memory);
    followRuns(servo, memory, isGoing);
    const isMissing = memory.missing >= MISSING_SUMMARIES && memory.withDelay >= SUMMARIES_BEFORE;
    const isFrozen = servo.buckets.newest()?.summary === false && hasFrozen(servo, memory);
    if (isMissing || isFrozen) {
      if (!isGoing) beginSilent(context, instance, servo, isMissing ? memory.missingSince : undefined);
    } else if (isGoing && memory.missing === 0) {
      episodes.end(key, servo.delayChangedMicros ?? servo.lastMicros, servo.lastUptimeMicros);
    }
  }

  #memoryOf(instance: InstanceState, servo: ServoClock): DelayMemory {
    let memory = this.#memories.get(instance.key);
    if (memory === undefined) {
      const start = servo.delayChangedMicros ?? servo.lastMicros;
      memory = {
        firstMicros: start,
        longestRunMicros: 0,
        runStartMicros: start,
        delayChanges: servo.delayChanges,
        values: new SortedWindow(32),
        missing: 0,
        missingSince: 0,
        withDelay: 0,
        processedBuckets: 0,
      };
      this.#memories.set(instance.key, memory);
    }
    return memory;
  }
}

export const createDelayResponseDetector = (): Detector => new DelayResponseDetector();

const keyOf = (instance: InstanceState): string => `delay responses ${instance.key}`;

function beginFromLine(context: DetectionContext, instance: InstanceState, trouble: PortTrouble): void {
  const port = followingPort(instance);
  context.state.episodes.begin(keyOf(instance), {
    kind: 'DelayResponseTimeout',
    subject: port === undefined ? instance.key : portName(context, instance, port),
    instance: instance.key,
    startMicros: trouble.atMicros,
    symptoms: ['DelayTimeoutSeen'],
    ...uptimeOf(trouble),
    ...lineOf(trouble),
  });
}

/** `missingSince`: first summary without delay; undefined for samples whose delay froze. */
function beginSilent(
  context: DetectionContext,
  instance: InstanceState,
  servo: ServoClock,
  missingSince: Micros | undefined,
): void {
  const port = followingPort(instance);
  if (port === undefined || context.state.episodes.get(portKey(instance, port.portNumber)) !== undefined)
    return;
  const frozenSince = (servo.delayChangedMicros ?? servo.lastMicros) + MICROS_PER_SECOND / 2;
  const startMicros = missingSince ?? frozenSince;
  context.state.episodes.begin(keyOf(instance), {
    kind: 'DelayResponseTimeout',
    subject: portName(context, instance, port),
    instance: instance.key,
    startMicros,
    symptoms: [missingSince === undefined ? 'DelayFrozen' : 'DelayMissing'],
    evidence:
      missingSince === undefined
        ? `path delay stays at exactly ${servo.delayNanoseconds ?? 0} ns`
        : 'offset lines carry no path delay any more',
    ...(servo.lastUptimeMicros !== undefined && {
      uptimeMicros: servo.lastUptimeMicros - (servo.lastMicros - startMicros),
    }),
  });
}

function countSummaries(servo: ServoClock, memory: DelayMemory): void {
  const fresh = Math.min(servo.bucketsClosed - memory.processedBuckets, servo.buckets.size);
  memory.processedBuckets = servo.bucketsClosed;
  for (let index = servo.buckets.size - fresh; index < servo.buckets.size; index++) {
    const bucket = servo.buckets.at(index);
    if (bucket?.summary !== true) continue;
    if (bucket.delayNanoseconds === undefined) {
      if (memory.missing === 0) memory.missingSince = bucket.endMicros;
      memory.missing += 1;
    } else {
      memory.missing = 0;
      memory.withDelay += 1;
    }
  }
}

function followRuns(servo: ServoClock, memory: DelayMemory, isGoing: boolean): void {
  if (servo.delayChanges === memory.delayChanges) return;
  const changed = servo.delayChangedMicros ?? servo.lastMicros;
  if (!isGoing)
    memory.longestRunMicros = Math.max(memory.longestRunMicros * 0.999, changed - memory.runStartMicros);
  memory.runStartMicros = changed;
  memory.delayChanges = servo.delayChanges;
  if (servo.delayNanoseconds !== undefined) memory.values.push(servo.delayNanoseconds);
}

/** The same delay for longer than this clock has ever shown, by a wide margin, after it used to move. */
function hasFrozen(servo: ServoClock, memory: DelayMemory): boolean {
  const { delayChangedMicros } = servo;
  if (delayChangedMicros === undefined || servo.delayChanges < MIN_CHANGES) return false;
  if (memory.values.spread < MIN_SPREAD_NANOSECONDS) return false;
  const meanRun = (delayChangedMicros - memory.firstMicros) / servo.delayChanges;
  const patience = Math.max(
    MIN_FREEZE_MICROS,
    LONGEST_RUN_FACTOR * memory.longestRunMicros,
    MEAN_RUN_FACTOR * meanRun,
  );
  return servo.lastMicros - delayChangedMicros > patience;
}
