import type { ClockCheck, Observation, PortTransition } from '../../observe/observation.ts';
import type { FaultKind } from '../../ptp/fault-kind.ts';
import type { Symptom } from '../../ptp/knowledge.ts';
import type { Micros } from '../../ptp/time.ts';
import type { ServoClock } from '../../state/clock-state.ts';
import { instanceFor } from '../../state/instances.ts';
import type { Episode, EpisodeLog } from '../../state/episode-log.ts';
import type { InstanceState, NodeState } from '../../state/node-state.ts';
import {
  expectedInstance,
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
/** One odd second is no episode; with software time stamps not even four are. */
const MIN_BUCKETS = 2;
const MIN_SOFTWARE_BUCKETS = 5;
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

const OS_CLOCK = 'CLOCK_REALTIME';

/** A servo with what is remembered about it, in the light of the moment. */
interface Followed {
  readonly context: DetectionContext;
  readonly instance: InstanceState;
  readonly servo: ServoClock;
  readonly entry: Watched;
}

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
class OffsetDetector implements Detector {
  readonly listens = ['portTransition', 'clockCheck'] as const;
  readonly #watched = new Map<ServoClock, Watched>();
  readonly #delaySteps = new DelayWatch();
  /** Complaints of clockcheck by episode: it ends when they are not repeated and the clock is quiet. */
  readonly #complaints = new Map<
    string,
    { firstMicros: Micros; newestMicros: Micros; servo: ServoClock | undefined }
  >();

  observe(context: DetectionContext, observation: Observation): void {
    if (observation.kind === 'portTransition') this.#onTransition(context, observation);
    else if (observation.kind === 'clockCheck') this.#onClockCheck(context, observation);
  }

  tick(context: DetectionContext, now: Micros): void {
    for (const osClocks of [false, true]) {
      for (const { instance, servo } of servosOf(context.state)) {
        if (isOsClock(servo) !== osClocks) continue;
        this.#followServo(context, instance, servo);
        if (osClocks) this.#absorbOsClock(context, instance, servo);
      }
    }
    this.#endComplaints(context, now);
  }

  #watchedOf(servo: ServoClock): Watched {
    let entry = this.#watched.get(servo);
    if (entry === undefined) {
      const floor = isOsClock(servo) ? OS_CLOCK_FLOOR_NANOSECONDS : PHC_FLOOR_NANOSECONDS;
      entry = { watch: new ServoWatch(floor), explained: false, lastLockMicros: 0 };
      if (this.#watched.size >= MAX_WATCHED) this.#watched.clear();
      this.#watched.set(servo, entry);
    }
    return entry;
  }

  #followServo(context: DetectionContext, instance: InstanceState, servo: ServoClock): void {
    const entry = this.#watchedOf(servo);
    const followed: Followed = { context, instance, servo, entry };
    for (const bucket of entry.watch.take(servo)) {
      const ended = entry.watch.follow(bucket);
      if (servo.program === 'ptp4l') this.#delaySteps.follow(followed, bucket);
      const { disturbance } = entry.watch;
      if (disturbance === undefined) continue;
      if (disturbance.startMicros === bucket.endMicros) entry.explained = this.#isExplained(followed);
      if (ended) this.#endDisturbance(followed, disturbance);
      else this.#judge(followed, disturbance, bucket.endMicros - bucket.startMicros);
    }
  }

  #judge(followed: Followed, disturbance: Disturbance, bucketMicros: Micros): void {
    const { context, instance, servo, entry } = followed;
    const long = bucketMicros >= LONG_BUCKET_MICROS && disturbance.peakNanoseconds >= STEP_NANOSECONDS;
    if (disturbance.longestRun < bucketsNeeded(followed) && !long) return;
    entry.explained ||= this.#isExplained(followed);
    const key = servoKey(instance, servo.program, servo.clock);
    if (entry.explained) {
      if (!this.#complaints.has(key)) context.state.episodes.withdraw(key);
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

  #endDisturbance({ context, instance, servo, entry }: Followed, disturbance: Disturbance): void {
    const key = servoKey(instance, servo.program, servo.clock);
    const episode = context.state.episodes.get(key);
    entry.watch.disturbance = undefined;
    entry.explained = false;
    if (episode === undefined) return;
    const { kind, symptoms } = nameOf(servo, disturbance, true);
    for (const symptom of symptoms) episode.symptoms.add(symptom);
    if (mayRename(episode)) context.state.episodes.reclassify(key, kind);
    const { uptimeMicros } = uptimeAt(servo, disturbance.lastMicros);
    context.state.episodes.end(key, disturbance.lastMicros, uptimeMicros);
  }

  /** Does something else that goes on, or has just been, account for this excursion? */
  #isExplained({ context, instance, servo, entry }: Followed): boolean {
    const { episodes } = context.state;
    const now = servo.lastMicros;
    if (entry.lastLockMicros > 0 && now - entry.lastLockMicros < AFTERMATH_MICROS) return true;
    if (episodes.get(grandmasterKey(instance)) !== undefined) return true;
    for (const number of instance.ports.keys())
      if (episodes.get(portKey(instance, number)) !== undefined) return true;
    if (episodes.get(`delay step ${instance.key}`) !== undefined) return true;
    return isOsClock(servo) && this.#phcUnsettled(now);
  }

  /** Was any hardware clock of the node unsettled lately? The system clock follows it. */
  #phcUnsettled(now: Micros): boolean {
    for (const [servo, { watch }] of this.#watched) {
      if (isOsClock(servo)) continue;
      if (watch.phase === 'Disturbed' || now - watch.unsettledMicros < AFTERMATH_MICROS) return true;
    }
    return false;
  }

  #onClockCheck(context: DetectionContext, observation: ClockCheck): void {
    const instance = instanceFor(context.state, observation.configName);
    const complaint = complaintOf(context, instance, observation);
    if (this.#isTold(context, instance, observation, complaint)) return;
    const { episodes } = context.state;
    const episode = episodes.begin(complaint.key, {
      kind: complaint.kind,
      subject: complaint.subject,
      instance: instance.key,
      startMicros: observation.atMicros,
      symptoms: complaint.symptoms,
      ...uptimeOf(observation),
      ...lineOf(observation),
    });
    if (complaint.jumped && episode.kind !== complaint.kind)
      episodes.reclassify(complaint.key, complaint.kind);
    this.#noteComplaint(episodes, episode, complaint, observation.atMicros);
  }

  /** Does another episode tell this complaint's story already? */
  #isTold(
    context: DetectionContext,
    instance: InstanceState,
    observation: ClockCheck,
    { jumped, servo }: Complaint,
  ): boolean {
    if (observation.program !== 'phc2sys') return jumped && joinLostLock(context, instance, observation);
    if (servo === undefined) return false;
    const entry = this.#watchedOf(servo);
    return entry.explained || this.#isExplained({ context, instance, servo, entry });
  }

  /** Complaints that go on although no step is being slewed away mean two writers. */
  #noteComplaint(episodes: EpisodeLog, episode: Episode, { key, servo }: Complaint, atMicros: Micros): void {
    const known = this.#complaints.get(key);
    const goesOn = known !== undefined && atMicros - known.newestMicros < COMPLAINT_GAP_MICROS;
    const firstMicros = goesOn ? known.firstMicros : atMicros;
    this.#complaints.set(key, { firstMicros, newestMicros: atMicros, servo });
    const watch = servo === undefined ? undefined : this.#watched.get(servo)?.watch;
    const peak = watch?.disturbance?.peakNanoseconds ?? 0;
    if (atMicros - firstMicros <= DUAL_AFTER_MICROS || peak >= STEP_NANOSECONDS) return;
    episode.symptoms.add('Repeated');
    episodes.reclassify(key, 'DualDiscipline');
  }

  /** What the hardware clock did is told with it, also when the system clock's complaint came first. */
  #absorbOsClock(context: DetectionContext, instance: InstanceState, servo: ServoClock): void {
    const key = servoKey(instance, servo.program, servo.clock);
    const episode = context.state.episodes.get(key);
    if (episode === undefined || servo.lastMicros - episode.startMicros > ABSORB_MICROS) return;
    const entry = this.#watchedOf(servo);
    if (!this.#isExplained({ context, instance, servo, entry })) return;
    entry.explained = true;
    context.state.episodes.withdraw(key);
    this.#complaints.delete(key);
  }

  #endComplaints(context: DetectionContext, now: Micros): void {
    for (const [key, { newestMicros, servo }] of this.#complaints) {
      const watch = servo === undefined ? undefined : this.#watched.get(servo)?.watch;
      if (watch?.phase === 'Disturbed' || now - newestMicros < COMPLAINT_GAP_MICROS) continue;
      context.state.episodes.end(key, Math.max(newestMicros, Math.min(now, watch?.unsettledMicros ?? 0)));
      this.#complaints.delete(key);
    }
  }

  /** A port that begins to follow starts a new settling of its clock. */
  #onTransition(context: DetectionContext, transition: PortTransition): void {
    if (transition.to !== 'SLAVE') return;
    const instance = instanceFor(context.state, transition.configName);
    const clocks = [
      ...(instance.servos.get('ptp4l')?.values() ?? []),
      ...(instance.servos.get('phc2sys')?.values() ?? []),
    ];
    for (const servo of clocks) {
      const entry = this.#watchedOf(servo);
      entry.watch.settle(transition.atMicros);
      entry.lastLockMicros = transition.atMicros;
    }
  }
}

export const createOffsetDetector = (): Detector => new OffsetDetector();

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

/** Seconds in a row beyond the limit that make an episode. */
function bucketsNeeded({ context, instance }: Followed): number {
  const mode = expectedInstance(context, instance)?.ptp4l?.get('time_stamping')?.value;
  return mode === 'software' || mode === 'legacy' ? MIN_SOFTWARE_BUCKETS : MIN_BUCKETS;
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

/** A clockcheck line and the clock it is about. */
interface Complaint {
  readonly key: string;
  readonly servo: ServoClock | undefined;
  readonly subject: string;
  readonly kind: FaultKind;
  readonly jumped: boolean;
  readonly symptoms: readonly Symptom[];
}

function complaintOf(context: DetectionContext, instance: InstanceState, observation: ClockCheck): Complaint {
  const clocks = instance.servos.get(observation.program);
  const jumped = observation.what !== 'FrequencyChanged';
  const symptom: Symptom = jumped ? 'ClockCheckJump' : 'ClockCheckFrequency';
  if (observation.program === 'phc2sys') {
    return {
      key: servoKey(instance, 'phc2sys', OS_CLOCK),
      servo: clocks?.get(OS_CLOCK),
      subject: OS_CLOCK,
      kind: 'OsClockDisturbed',
      jumped,
      symptoms: [symptom, 'OsClockOnly'],
    };
  }
  const servo = clocks?.values().next().value;
  return {
    key: servoKey(instance, observation.program, servo?.clock ?? ''),
    servo,
    subject: servo === undefined ? instance.key : subjectOf(context, instance, servo),
    kind: jumped ? 'ClockStep' : 'FrequencyDisturbance',
    jumped,
    symptoms: [symptom],
  };
}

/** Steps of the mean path delay against its own baseline: the sign of a changed, perhaps asymmetric path. */
class DelayWatch {
  readonly #runs = new Map<string, { startMicros: Micros; values: number[]; before: number }>();
  readonly #episodes = new Map<string, { before: number; tolerance: number; returned: number }>();

  follow(followed: Followed, bucket: { endMicros: Micros; delayNanoseconds?: number }): void {
    const delay = bucket.delayNanoseconds;
    if (delay === undefined) return;
    const { watch } = followed.entry;
    const key = `delay step ${followed.instance.key}`;
    if (this.#episodes.has(key)) {
      this.#followEpisode(followed, key, delay, bucket.endMicros);
      return;
    }
    const baseline = watch.delayBaseline();
    if (baseline === undefined) return;
    const floor = followed.context.policy.limits.pathDelayStepNanoseconds;
    const tolerance = Math.max(floor, 3 * baseline.spread);
    const run = this.#runs.get(key) ?? { startMicros: bucket.endMicros, values: [], before: baseline.median };
    if (Math.abs(delay - run.before) <= tolerance || run.values.length > MAX_DEVIATING_BUCKETS) {
      this.#runs.delete(key);
      if (run.values.length > MAX_DEVIATING_BUCKETS) watch.forgetDelay();
      return;
    }
    run.values.push(delay);
    this.#runs.set(key, run);
    const isStep =
      run.values.length >= DELAY_STEP_BUCKETS && isLevel(run.values.slice(-3), Math.abs(delay - run.before));
    if (!isStep) return;
    this.#runs.delete(key);
    this.#begin(followed, key, run, delay);
    this.#episodes.set(key, { before: run.before, tolerance, returned: 0 });
    watch.forgetDelay();
  }

  #begin(
    { context, instance, servo }: Followed,
    key: string,
    run: { startMicros: Micros; before: number },
    delay: number,
  ): void {
    const { episodes } = context.state;
    const offsetsKey = servoKey(instance, servo.program, servo.clock);
    const offsets = episodes.get(offsetsKey);
    if (offsets?.kind === 'ClockStep' && offsets.symptoms.has('ClockCheckJump')) return;
    // The excursion of the offset is the other side of the same change.
    const together = offsets !== undefined && Math.abs(offsets.startMicros - run.startMicros) < seconds(10);
    if (together) episodes.withdraw(offsetsKey);
    const port = followingPort(instance);
    const episode = episodes.begin(key, {
      kind: 'PathDelayStep',
      subject: port === undefined ? instance.key : portName(context, instance, port),
      instance: instance.key,
      startMicros: together ? Math.min(run.startMicros, offsets.startMicros) : run.startMicros,
      symptoms: ['DelayStepped', 'OffsetRecovered'],
      evidence: `mean path delay ${Math.round(run.before)} ns, now ${Math.round(delay)} ns`,
      ...uptimeAt(servo, run.startMicros),
    });
    episode.detail = `up to ${Math.round(Math.abs(delay - run.before))} ns of hidden time error`;
  }

  #followEpisode({ context, entry }: Followed, key: string, delay: number, atMicros: Micros): void {
    const episode = context.state.episodes.get(key);
    const going = this.#episodes.get(key);
    if (episode === undefined || going === undefined) {
      this.#episodes.delete(key);
      return;
    }
    going.returned = Math.abs(delay - going.before) <= going.tolerance ? going.returned + 1 : 0;
    const accepted = atMicros - episode.startMicros > ACCEPT_DELAY_MICROS;
    const returned = going.returned >= DELAY_STEP_BUCKETS;
    if ((!returned && !accepted) || entry.watch.phase === 'Disturbed') return;
    context.state.episodes.end(key, atMicros);
    this.#episodes.delete(key);
    entry.watch.forgetDelay();
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

const isOsClock = (servo: ServoClock): boolean => servo.clock === OS_CLOCK;

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
