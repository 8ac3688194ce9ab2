import type { ClockCheck, Observation, PortTransition } from '../../observe/observation.ts';
import type { FaultKind } from '../../ptp/fault-kind.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import type { Micros } from '../../ptp/time.ts';
import type { ServoClock } from '../../state/clock-state.ts';
import { instanceFor } from '../../state/instances.ts';
import type { Episode } from '../../state/episode-log.ts';
import type { InstanceState, NodeState } from '../../state/node-state.ts';
import {
  followingPort,
  grandmasterKey,
  lineOf,
  portKey,
  portName,
  seconds,
  servoKey,
  uptimeOf,
  type DetectionContext,
  type Detector,
} from './detector.ts';
import { ServoWatch, type Disturbance } from './servo-watch.ts';

/** Below these nothing is called a disturbance, whatever the baseline: nanoseconds. */
const PHC_FLOOR_NANOSECONDS = 50;
const OS_CLOCK_FLOOR_NANOSECONDS = 150;
/** After this long the shape of an excursion tells what it was. */
const SHAPE_MICROS = seconds(6);
/** One odd second is no episode. */
const MIN_BUCKETS = 2;
const LONG_BUCKET_MICROS = seconds(3);
/** An offset that no servo leaves at once in one second: the clock or its reference stepped. */
const STEP_NANOSECONDS = 20_000;
/** A transient smaller than this is an excursion, not a step. */
const SMALL_STEP_NANOSECONDS = 500;
/** Shift of the frequency that a disturbance leaves behind: at least this, ppb. */
const FREQUENCY_SHIFT_PPB = 150;
/** max/rms of noise; a ramp or a decay has less. */
const NOISE_SHAPE = 1.75;
/** Noise lasts: so many buckets, this share of them near the worst. A step decays. */
const NOISE_BUCKETS = 4;
const NOISE_SHARE = 0.6;
/** An excursion that begins this soon after a new lock, or after one of what the clock follows, is its aftermath. */
const AFTERMATH_MICROS = seconds(5);
/** Servos followed per node. */
const MAX_WATCHED = 128;
/** clockcheck complains while a step is slewed away, too; complaints for longer than this mean two writers. */
const DUAL_AFTER_MICROS = seconds(8);
/** A disturbed hardware clock shows in its own lines this much later than in the system clock's. */
const ABSORB_MICROS = seconds(5);
/** Complaints further apart than this are separate. */
const COMPLAINT_GAP_MICROS = seconds(10);

interface Watched {
  readonly watch: ServoWatch;
  /** The disturbance that goes on is a consequence of another episode. */
  explained: boolean;
  lastLockMicros: Micros;
}

/**
 * Offsets: excursions beyond a clock's own noise, named by their shape: a step of the clock, a
 * jump of the frequency, noise, a disturbed system clock. What another episode explains (a lost
 * port, a new grandmaster, a disturbed hardware clock under the system clock) is not told twice.
 */
export function createOffsetDetector(): Detector {
  const watched = new Map<ServoClock, Watched>();
  const delaySteps = new DelayWatch();

  function watchedOf(servo: ServoClock): Watched {
    let entry = watched.get(servo);
    if (entry === undefined) {
      const floor = isOsClock(servo) ? OS_CLOCK_FLOOR_NANOSECONDS : PHC_FLOOR_NANOSECONDS;
      entry = { watch: new ServoWatch(floor), explained: false, lastLockMicros: 0 };
      if (watched.size >= MAX_WATCHED) watched.clear();
      watched.set(servo, entry);
    }
    return entry;
  }

  function followServo(context: DetectionContext, instance: InstanceState, servo: ServoClock): void {
    const entry = watchedOf(servo);
    for (const bucket of entry.watch.take(servo)) {
      const ended = entry.watch.follow(bucket);
      if (servo.program === 'ptp4l') delaySteps.follow(context, instance, servo, entry.watch, bucket);
      const { disturbance } = entry.watch;
      if (disturbance === undefined) continue;
      if (disturbance.startMicros === bucket.endMicros)
        entry.explained = isExplained(context, instance, servo, entry);
      if (ended) endDisturbance(context, instance, servo, entry, disturbance);
      else judge(context, instance, servo, entry, disturbance, bucket.endMicros - bucket.startMicros);
    }
  }

  function judge(
    context: DetectionContext,
    instance: InstanceState,
    servo: ServoClock,
    entry: Watched,
    disturbance: Disturbance,
    bucketMicros: Micros,
  ): void {
    const long = bucketMicros >= LONG_BUCKET_MICROS && disturbance.peakNanoseconds >= STEP_NANOSECONDS;
    if (disturbance.buckets < MIN_BUCKETS && !long) return;
    entry.explained ||= isExplained(context, instance, servo, entry);
    const key = servoKey(instance, servo.program, servo.clock);
    if (entry.explained) {
      if (!complaints.has(key)) context.state.episodes.withdraw(key);
      return;
    }
    const over = context.final || disturbance.lastMicros - disturbance.startMicros >= SHAPE_MICROS;
    const { kind, symptoms } = nameOf(servo, disturbance, over);
    const known = context.state.episodes.get(key);
    const episode = context.state.episodes.begin(key, {
      kind,
      subject: subjectOf(context, instance, servo),
      instance: instance.key,
      startMicros: disturbance.startMicros,
      symptoms,
      ...uptimeAt(servo, disturbance.startMicros),
    });
    if (known === undefined) episode.evidence.push(describe(disturbance, entry.watch));
    noteUpstream(context, instance, episode);
    if (known !== undefined && mayRename(episode)) context.state.episodes.reclassify(key, kind);
  }

  function endDisturbance(
    context: DetectionContext,
    instance: InstanceState,
    servo: ServoClock,
    entry: Watched,
    disturbance: Disturbance,
  ): void {
    const key = servoKey(instance, servo.program, servo.clock);
    const episode = context.state.episodes.get(key);
    entry.watch.disturbance = undefined;
    entry.explained = false;
    if (episode === undefined) return;
    const { kind, symptoms } = nameOf(servo, disturbance, true);
    for (const symptom of symptoms) episode.symptoms.add(symptom);
    if (kind !== undefined && episode.kind !== 'DualDiscipline' && !episode.symptoms.has('ClockCheckJump')) {
      context.state.episodes.reclassify(key, kind);
    }
    context.state.episodes.end(
      key,
      disturbance.lastMicros,
      uptimeAt(servo, disturbance.lastMicros).uptimeMicros,
    );
  }

  /** Does something else that goes on, or has just been, account for this excursion? */
  function isExplained(
    context: DetectionContext,
    instance: InstanceState,
    servo: ServoClock,
    entry: Watched,
  ): boolean {
    const { state } = context;
    const now = servo.lastMicros;
    if (now - entry.lastLockMicros < AFTERMATH_MICROS && entry.lastLockMicros > 0) return true;
    if (state.episodes.get(grandmasterKey(instance)) !== undefined) return true;
    for (const number of instance.ports.keys())
      if (state.episodes.get(portKey(instance, number)) !== undefined) return true;
    if (state.episodes.get(`delay step ${instance.key}`) !== undefined) return true;
    return isOsClock(servo) && phcUnsettled(now);
  }

  /** Was any hardware clock of the node unsettled lately? The system clock follows it. */
  function phcUnsettled(now: Micros): boolean {
    for (const [servo, { watch }] of watched) {
      if (isOsClock(servo)) continue;
      if (watch.phase === 'Disturbed' || now - watch.unsettledMicros < AFTERMATH_MICROS) return true;
    }
    return false;
  }

  function onClockCheck(context: DetectionContext, observation: ClockCheck): void {
    const instance = instanceFor(context.state, observation.configName);
    const osClock = observation.program === 'phc2sys';
    const clocks = instance.servos.get(observation.program);
    const servo = osClock ? clocks?.get('CLOCK_REALTIME') : clocks?.values().next().value;
    const key = servoKey(instance, observation.program, servo?.clock ?? (osClock ? 'CLOCK_REALTIME' : ''));
    const { episodes } = context.state;
    const { atMicros } = observation;
    const jumped = observation.what !== 'FrequencyChanged';
    const kind = osClock ? 'OsClockDisturbed' : jumped ? 'ClockStep' : 'FrequencyDisturbance';
    if (jumped && !osClock && joinLostLock(context, instance, observation)) return;
    if (osClock && servo !== undefined) {
      const entry = watchedOf(servo);
      if (entry.explained || isExplained(context, instance, servo, entry)) return;
    }
    const episode = episodes.begin(key, {
      kind,
      subject:
        servo === undefined
          ? osClock
            ? 'CLOCK_REALTIME'
            : instance.key
          : subjectOf(context, instance, servo),
      instance: instance.key,
      startMicros: atMicros,
      symptoms: [
        jumped ? 'ClockCheckJump' : 'ClockCheckFrequency',
        ...(osClock ? (['OsClockOnly'] as const) : []),
      ],
      ...uptimeOf(observation),
      ...lineOf(observation),
    });
    if (jumped && episode.kind !== kind) episodes.reclassify(key, kind);
    const known = complaints.get(key);
    const goesOn = known !== undefined && atMicros - known.newestMicros < COMPLAINT_GAP_MICROS;
    complaints.set(key, {
      firstMicros: goesOn ? known.firstMicros : atMicros,
      newestMicros: atMicros,
      servo,
    });
    const peak =
      (servo === undefined ? undefined : watched.get(servo)?.watch.disturbance?.peakNanoseconds) ?? 0;
    if (goesOn && atMicros - known.firstMicros > DUAL_AFTER_MICROS && peak < STEP_NANOSECONDS) {
      episode.symptoms.add('Repeated');
      episodes.reclassify(key, 'DualDiscipline');
    }
  }

  /** What the hardware clock did is told with it, also when the system clock's complaint came first. */
  function absorbOsClock(context: DetectionContext, instance: InstanceState, servo: ServoClock): void {
    const key = servoKey(instance, servo.program, servo.clock);
    const episode = context.state.episodes.get(key);
    if (episode === undefined || servo.lastMicros - episode.startMicros > ABSORB_MICROS) return;
    if (!isExplained(context, instance, servo, watchedOf(servo))) return;
    watchedOf(servo).explained = true;
    context.state.episodes.withdraw(key);
    complaints.delete(key);
  }

  /** Complaints of clockcheck by episode: it ends when they are not repeated and the clock is quiet. */
  const complaints = new Map<
    string,
    { firstMicros: Micros; newestMicros: Micros; servo: ServoClock | undefined }
  >();

  function endComplaints(context: DetectionContext, now: Micros): void {
    for (const [key, { newestMicros, servo }] of complaints) {
      const watch = servo === undefined ? undefined : watched.get(servo)?.watch;
      if (watch?.phase === 'Disturbed' || now - newestMicros < COMPLAINT_GAP_MICROS) continue;
      context.state.episodes.end(key, Math.max(newestMicros, Math.min(now, watch?.unsettledMicros ?? 0)));
      complaints.delete(key);
    }
  }

  /** A port that begins to follow starts a new settling of its clock. */
  function onTransition(context: DetectionContext, transition: PortTransition): void {
    if (transition.to !== 'SLAVE') return;
    const instance = instanceFor(context.state, transition.configName);
    const clocks = [
      ...(instance.servos.get('ptp4l')?.values() ?? []),
      ...(instance.servos.get('phc2sys')?.values() ?? []),
    ];
    for (const servo of clocks) {
      const entry = watchedOf(servo);
      entry.watch.settle(transition.atMicros);
      entry.lastLockMicros = transition.atMicros;
    }
  }

  return {
    listens: ['portTransition', 'clockCheck'],
    observe(context: DetectionContext, observation: Observation): void {
      if (observation.kind === 'portTransition') onTransition(context, observation);
      else if (observation.kind === 'clockCheck') onClockCheck(context, observation);
    },
    tick(context: DetectionContext, now: Micros): void {
      for (const osClocks of [false, true]) {
        for (const { instance, servo } of servosOf(context.state)) {
          if (isOsClock(servo) !== osClocks) continue;
          followServo(context, instance, servo);
          if (osClocks) absorbOsClock(context, instance, servo);
        }
      }
      endComplaints(context, now);
    },
  };
}

/** A servo that lost its lock because the clock jumped is one fault: the port's episode gets the better name. */
function joinLostLock(context: DetectionContext, instance: InstanceState, observation: ClockCheck): boolean {
  const { episodes } = context.state;
  for (const number of instance.ports.keys()) {
    const key = portKey(instance, number);
    const episode = episodes.get(key);
    if (episode?.kind !== 'SynchronizationFault' && episode?.kind !== 'ClockStep') continue;
    episodes.support(key, observation.atMicros, observation.line, 'ClockCheckJump');
    episodes.reclassify(key, 'ClockStep');
    return true;
  }
  return false;
}

/** A name that a line of the log gave stays. */
function mayRename(episode: Episode): boolean {
  return episode.kind !== 'DualDiscipline' && !episode.symptoms.has('ClockCheckJump');
}

/** Is the grandmaster's own clock disturbed at the same time? Then this one only follows it. */
function noteUpstream(context: DetectionContext, instance: InstanceState, episode: Episode): void {
  const identity = instance.grandmaster?.clockIdentity;
  const sender = identity === undefined ? undefined : context.fleet?.nodeOfClock(identity);
  if (sender === undefined || sender === context.state.node) return;
  const upstream = context.fleet?.stateOf(sender)?.episodes.active ?? [];
  for (const other of upstream) {
    if (other.kind === 'ClockStep' || other.kind === 'FrequencyDisturbance') {
      episode.symptoms.add('GrandmasterNodeSaysSo');
      episode.detail = `node ${sender}`;
    }
  }
}

/** Steps of the mean path delay against its own baseline: the sign of a changed, perhaps asymmetric path. */
class DelayWatch {
  readonly #runs = new Map<string, { startMicros: Micros; values: number[]; before: number }>();
  readonly #episodes = new Map<string, { before: number; tolerance: number; returned: number }>();

  follow(
    context: DetectionContext,
    instance: InstanceState,
    servo: ServoClock,
    watch: ServoWatch,
    bucket: { endMicros: Micros; delayNanoseconds?: number },
  ): void {
    const delay = bucket.delayNanoseconds;
    if (delay === undefined) return;
    const key = `delay step ${instance.key}`;
    const going = this.#episodes.get(key);
    if (going !== undefined) {
      this.#followEpisode(context, key, going, delay, bucket.endMicros, watch);
      return;
    }
    const baseline = watch.delayBaseline();
    if (baseline === undefined) return;
    const tolerance = Math.max(context.policy.limits.pathDelayStepNanoseconds, 3 * baseline.spread);
    if (Math.abs(delay - baseline.median) <= tolerance) {
      this.#runs.delete(key);
      return;
    }
    const run = this.#runs.get(key) ?? { startMicros: bucket.endMicros, values: [], before: baseline.median };
    run.values.push(delay);
    this.#runs.set(key, run);
    if (run.values.length > MAX_DEVIATING_BUCKETS) {
      this.#runs.delete(key);
      watch.forgetDelay();
      return;
    }
    if (
      run.values.length < DELAY_STEP_BUCKETS ||
      !isLevel(run.values.slice(-3), Math.abs(delay - run.before))
    )
      return;
    this.#runs.delete(key);
    this.#begin(context, instance, servo, key, run, delay);
    this.#episodes.set(key, { before: run.before, tolerance, returned: 0 });
    watch.forgetDelay();
  }

  #begin(
    context: DetectionContext,
    instance: InstanceState,
    servo: ServoClock,
    key: string,
    run: { startMicros: Micros; before: number },
    delay: number,
  ): void {
    const { episodes } = context.state;
    const offsets = episodes.get(servoKey(instance, servo.program, servo.clock));
    if (offsets?.kind === 'ClockStep' && offsets.symptoms.has('ClockCheckJump')) return;
    // The excursion of the offset is the other side of the same change.
    if (offsets !== undefined && Math.abs(offsets.startMicros - run.startMicros) < seconds(10)) {
      episodes.withdraw(servoKey(instance, servo.program, servo.clock));
    }
    const port = followingPort(instance);
    const episode = episodes.begin(key, {
      kind: 'PathDelayStep',
      subject: port === undefined ? instance.key : portName(context, instance, port),
      instance: instance.key,
      startMicros: Math.min(run.startMicros, offsets?.startMicros ?? run.startMicros),
      symptoms: ['DelayStepped', 'OffsetRecovered'],
      evidence: `mean path delay ${Math.round(run.before)} ns, now ${Math.round(delay)} ns`,
      ...uptimeAt(servo, run.startMicros),
    });
    episode.detail = `up to ${Math.round(Math.abs(delay - run.before))} ns of hidden time error`;
  }

  #followEpisode(
    context: DetectionContext,
    key: string,
    going: { before: number; tolerance: number; returned: number },
    delay: number,
    atMicros: Micros,
    watch: ServoWatch,
  ): void {
    const episode = context.state.episodes.get(key);
    if (episode === undefined) {
      this.#episodes.delete(key);
      return;
    }
    going.returned = Math.abs(delay - going.before) <= going.tolerance ? going.returned + 1 : 0;
    const accepted = atMicros - episode.startMicros > ACCEPT_DELAY_MICROS;
    if ((going.returned < DELAY_STEP_BUCKETS && !accepted) || watch.phase === 'Disturbed') return;
    context.state.episodes.end(key, atMicros);
    this.#episodes.delete(key);
    watch.forgetDelay();
  }
}

/** A new delay must hold for so many buckets to be a step. */
const DELAY_STEP_BUCKETS = 5;
/** Delays that wander for so long have no level: the baseline is learned anew. */
const MAX_DEVIATING_BUCKETS = 60;
/** A delay that stayed is the new normal after this. */
const ACCEPT_DELAY_MICROS = seconds(900);

/** Is the new delay a level, not noise or a ramp? */
function isLevel(values: readonly number[], step: number): boolean {
  return Math.max(...values) - Math.min(...values) <= step / 4;
}

const isOsClock = (servo: ServoClock): boolean => servo.clock === 'CLOCK_REALTIME';

function* servosOf(state: NodeState): Iterable<{ instance: InstanceState; servo: ServoClock }> {
  for (const instance of state.instances.values()) {
    for (const clocks of instance.servos.values())
      for (const servo of clocks.values()) yield { instance, servo };
  }
}

function subjectOf(context: DetectionContext, instance: InstanceState, servo: ServoClock): string {
  if (servo.clock !== '') return servo.clock;
  const port = followingPort(instance);
  return instance.phcDevice ?? (port === undefined ? instance.key : portName(context, instance, port));
}

/** The process's own seconds at a time on the node's time line, as far as they are known. */
function uptimeAt(servo: ServoClock, atMicros: Micros): { uptimeMicros?: Micros } {
  if (servo.lastUptimeMicros === undefined) return {};
  return { uptimeMicros: servo.lastUptimeMicros - (servo.lastMicros - atMicros) };
}

function describe(disturbance: Disturbance, watch: ServoWatch): string {
  const peak = Math.round(disturbance.peakNanoseconds);
  return `offset up to ${peak} ns; usual noise ${Math.round(watch.baselineNanoseconds ?? 0)} ns, limit ${Math.round(watch.limitNanoseconds)} ns`;
}

/** Names an excursion by its shape; `over`: the clock has settled again. */
function nameOf(
  servo: ServoClock,
  disturbance: Disturbance,
  over: boolean,
): { kind: FaultKind; symptoms: Symptom[] } {
  const { peakNanoseconds, buckets, frequencyBefore, lastFrequency, frequencyNoise } = disturbance;
  const shape = disturbance.shapeSum / buckets;
  const lasting = disturbance.highBuckets / buckets >= NOISE_SHARE;
  const noisy = shape >= NOISE_SHAPE && buckets >= NOISE_BUCKETS && lasting;
  if (isOsClock(servo)) {
    return {
      kind: 'OsClockDisturbed',
      symptoms: ['OsClockOnly', ...(noisy ? (['NoiseStays'] as const) : [])],
    };
  }
  if (noisy) return { kind: 'Instability', symptoms: ['NoiseStays'] };
  if (peakNanoseconds >= STEP_NANOSECONDS) return { kind: 'ClockStep', symptoms: ['OffsetStepped'] };
  const shift =
    frequencyBefore === undefined || lastFrequency === undefined
      ? 0
      : Math.abs(lastFrequency - frequencyBefore);
  const shifted = shift > Math.max(FREQUENCY_SHIFT_PPB, 3 * frequencyNoise);
  if (shifted) {
    return {
      kind: 'FrequencyDisturbance',
      symptoms: ['FrequencyShifted', ...(over ? (['OffsetRecovered'] as const) : [])],
    };
  }
  if (over && peakNanoseconds >= SMALL_STEP_NANOSECONDS) {
    return { kind: 'ClockStep', symptoms: ['OffsetStepped', 'FrequencyReturned'] };
  }
  return { kind: 'OffsetExceeded', symptoms: over ? ['OffsetRecovered'] : [] };
}
