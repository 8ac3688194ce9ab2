import type { ClockReport } from '../api/report.ts';
import type { Expected } from '../assess/expected.ts';
import { holdoverBudget } from '../assess/rules/holdover.ts';
import type { HealthVerdict } from '../ptp/health.ts';
import type { LockState } from '../ptp/states.ts';
import { MICROS_PER_SECOND, formatSeconds, type Micros } from '../ptp/time.ts';
import type { ServoClock } from '../state/clock-state.ts';
import type { InstanceState, NodeState } from '../state/node-state.ts';
import { quantile, summarise } from '../state/statistics.ts';
import { clean, compact, wholeCount, wholeInt32, wholeNanoseconds } from './text.ts';

/** Window of the offset statistics shown. */
export const STATISTICS_WINDOW_SECONDS = 60;

/** Which clock a servo steers, in the words of a person. */
export function clockName(instance: InstanceState, servo: ServoClock): string {
  if (servo.clock !== '') return servo.clock;
  return (
    instance.phcDevice ??
    [...instance.ports.values()].find((port) => port.everFollowed)?.interfaceName ??
    'PHC'
  );
}

/** How the servo stands towards its reference. */
export function servoLockState(instance: InstanceState, servo: ServoClock, now: Micros): LockState {
  if (servo.holdover) return 'Holdover';
  const follows = [...instance.ports.values()].some((port) => port.state === 'SLAVE');
  const acquires = [...instance.ports.values()].some((port) => port.state === 'UNCALIBRATED');
  if (servo.program === 'ptp4l' && !follows) return acquires ? 'Acquiring' : 'FreeRun';
  if (isSilent(servo, now)) return 'Unknown';
  switch (servo.servoState) {
    case 'Locked':
    case 'LockedStable':
      return 'Locked';
    case 'Jump':
    case 'Unlocked':
      return 'Acquiring';
    case undefined:
      return follows || servo.program !== 'ptp4l' ? 'Locked' : 'Unknown';
  }
}

/** Has the servo printed nothing for longer than its rhythm explains? */
export function isSilent(servo: ServoClock, now: Micros): boolean {
  const rhythm = servo.intervalMicros ?? MICROS_PER_SECOND;
  return now - servo.lastMicros > Math.max(10 * MICROS_PER_SECOND, 5 * rhythm);
}

export type HealthOf = (subject: string) => HealthVerdict;

/** Every clock of the node, worst first. */
export function clockReports(
  state: NodeState,
  expected: Expected,
  now: Micros,
  healthOf: HealthOf,
): ClockReport[] {
  const reports: ClockReport[] = [];
  for (const instance of state.instances.values()) {
    for (const servos of instance.servos.values()) {
      for (const servo of servos.values()) reports.push(servoReport(instance, servo, now, healthOf));
    }
  }
  for (const dpll of state.dpll.values()) {
    reports.push(
      compact<ClockReport>({
        name: clean(dpll.interfaceName, 128),
        type: 'DPLL',
        instance: undefined,
        state: dpll.state ?? 'Unknown',
        stateSinceTime: formatSeconds(dpll.sinceMicros),
        health: healthOf(dpll.interfaceName),
      }),
    );
  }
  for (const gnss of state.gnss.values()) {
    const name = gnss.interfaceName ?? 'gnss';
    reports.push({
      name: clean(name, 128),
      type: 'GNSS',
      state: gnss.state ?? ((gnss.fix ?? 0) >= 3 ? 'Locked' : 'FreeRun'),
      stateSinceTime: formatSeconds(gnss.sinceMicros),
      health: healthOf(name),
    });
  }
  addHoldover(reports, state, expected, now);
  return reports;
}

/** Puts each holdover that goes on to the clock it is about, or adds that clock. */
function addHoldover(reports: ClockReport[], state: NodeState, expected: Expected, now: Micros): void {
  for (const episode of state.episodes.active) {
    if (episode.kind !== 'Holdover') continue;
    const name = clean(episode.subject, 128);
    const budget = holdoverBudget({ expected, now }, episode);
    const holdover = compact<NonNullable<ClockReport['holdover']>>({
      elapsedSeconds: wholeCount(budget.elapsedSeconds),
      remainingSeconds:
        budget.remainingSeconds === undefined ? undefined : wholeCount(budget.remainingSeconds),
      inSpecification:
        budget.remainingSeconds === undefined ? 'Unknown' : budget.remainingSeconds > 0 ? 'Yes' : 'No',
    });
    const known = reports.find((report) => report.name === name);
    if (known === undefined)
      reports.push({ name, type: 'PHC', state: 'Holdover', health: episode.severity, holdover });
    else Object.assign(known, { holdover, state: 'Holdover' });
  }
}

/** Start of the statistics: the window's, or the lock's where that is later. What was before is not operation. */
function statisticsSince(instance: InstanceState, servo: ServoClock, now: Micros): Micros {
  const port = [...instance.ports.values()].find((one) => one.state === 'SLAVE');
  const lockMicros = Math.max(port?.sinceMicros ?? 0, servo.servoSinceMicros ?? 0);
  return Math.max(now - STATISTICS_WINDOW_SECONDS * MICROS_PER_SECOND, lockMicros);
}

function servoReport(
  instance: InstanceState,
  servo: ServoClock,
  now: Micros,
  healthOf: HealthOf,
): ClockReport {
  const name = clockName(instance, servo);
  const window = summarise(servo.buckets, statisticsSince(instance, servo, now));
  // Of the window's samples only: the ring may reach back to before the lock.
  const p99 =
    window === undefined || window.summary
      ? undefined
      : quantile([...servo.samples].slice(-window.count).map(Math.abs), 0.99);
  return compact<ClockReport>({
    name: clean(name, 128),
    type: servo.clock === 'CLOCK_REALTIME' ? 'System' : 'PHC',
    instance: clean(instance.key, 128),
    state: servoLockState(instance, servo, now),
    stateSinceTime: servo.servoSinceMicros === undefined ? undefined : formatSeconds(servo.servoSinceMicros),
    health: healthOf(name),
    servoState: servo.servoState,
    offset:
      window === undefined
        ? undefined
        : compact({
            lastNanoseconds: wholeNanoseconds(servo.lastOffsetNanoseconds),
            rmsNanoseconds: wholeNanoseconds(window.rms),
            maxAbsNanoseconds: wholeNanoseconds(window.maxAbs),
            p99Nanoseconds: wholeNanoseconds(p99),
            windowSeconds: STATISTICS_WINDOW_SECONDS,
            sampleCount: wholeCount(window.count),
            source: window.summary ? 'Summary' : 'Log',
          }),
    frequencyAdjustmentPpb: wholeInt32(servo.frequencyPpb),
    pathDelayNanoseconds: wholeNanoseconds(servo.delayNanoseconds),
  });
}
