import type { ClockReport, InstanceReport } from '../../api/report.ts';
import { CHECK_RESULTS, HEALTH_VERDICTS } from '../../ptp/health.ts';
import { LOCK_STATES } from '../../ptp/states.ts';
import { microsToSeconds, parseRfc3339 } from '../../ptp/time.ts';
import type { NodeReport } from '../../report/snapshot.ts';
import { emitStates, nanosecondsToSeconds, perNode, type Emit, type MetricDefinition } from './definition.ts';

/** Metrics of the nodes. All numbers are those of the report that kubectl shows. */
export const NODE_METRICS: readonly MetricDefinition[] = [
  perNode({
    name: 'ptp_health_node_verdict',
    help: 'Verdict on the node: 1 for the one that holds.',
    type: 'gauge',
    labels: ['node', 'verdict'],
    collect: (report, emit) => {
      emitStates(emit, HEALTH_VERDICTS, report.status.health, report.nodeName);
    },
  }),
  perNode({
    name: 'ptp_health_node_sync_state',
    help: 'Worst state of the clocks that follow a reference: 1 for the one that holds.',
    type: 'gauge',
    labels: ['node', 'state'],
    collect: (report, emit) => {
      emitStates(emit, LOCK_STATES, report.status.summary.syncState, report.nodeName);
    },
  }),
  perNode({
    name: 'ptp_health_node_info',
    help: 'Role and profiles of the node; always 1.',
    type: 'gauge',
    labels: ['node', 'role', 'profile'],
    collect: ({ nodeName, status }, emit) => {
      emit(1, nodeName, status.summary.role, status.summary.profile ?? '');
    },
  }),
  perNode({
    name: 'ptp_health_node_last_evaluation_timestamp_seconds',
    help: 'When the node was last evaluated. Its age is the age of every other value of the node.',
    type: 'gauge',
    labels: ['node'],
    collect: (report, emit) => {
      emit(microsToSeconds(report.evaluatedMicros), report.nodeName);
    },
  }),
  perClock('offset_seconds', 'Newest offset of the clock from its reference.', (clock) =>
    nanosecondsToSeconds(clock.offset?.lastNanoseconds),
  ),
  perClock('offset_max_abs_seconds', 'Largest absolute offset in the window of the report.', (clock) =>
    nanosecondsToSeconds(clock.offset?.maxAbsNanoseconds),
  ),
  perClock(
    'path_delay_seconds',
    'Mean path delay of a PHC; time to read the clock for CLOCK_REALTIME.',
    (clock) => nanosecondsToSeconds(clock.pathDelayNanoseconds),
  ),
  perClock(
    'frequency_adjustment_ratio',
    'Frequency correction in force; 1e-9 is one part per billion.',
    (clock) => nanosecondsToSeconds(clock.frequencyAdjustmentPpb),
  ),
  perClock(
    'holdover_elapsed_seconds',
    'Time in holdover so far; absent outside holdover.',
    (clock) => clock.holdover?.elapsedSeconds,
  ),
  perClock(
    'holdover_remaining_seconds',
    'Time left within specification; absent when not known.',
    (clock) => clock.holdover?.remainingSeconds,
  ),
  perNode({
    name: 'ptp_health_clock_state',
    help: 'State of the clock: 1 for the one that holds.',
    type: 'gauge',
    labels: ['node', 'clock', 'state'],
    collect: ({ nodeName, status }, emit) => {
      for (const clock of distinctClocks(status.clocks))
        emitStates(emit, LOCK_STATES, clock.state, nodeName, clock.name);
    },
  }),
  perInstance(
    'clock_class',
    'Class of the grandmaster the profile follows.',
    (instance) => instance.clockClass,
  ),
  perInstance(
    'steps_removed',
    'Boundary clocks between the node and its grandmaster.',
    (instance) => instance.stepsRemoved,
  ),
  perNode({
    name: 'ptp_health_port_state',
    help: 'Port state of IEEE 1588; only the state that holds has a series, with value 1.',
    type: 'gauge',
    labels: ['node', 'profile', 'interface', 'state'],
    collect: ({ nodeName, status }, emit) => {
      for (const instance of status.instances) {
        for (const port of instance.ports) emit(1, nodeName, instance.name, port.interfaceName, port.state);
      }
    },
  }),
  perNode({
    name: 'ptp_health_faults_total',
    help: 'Fault episodes begun, by kind. One cause is one episode.',
    type: 'counter',
    labels: ['node', 'kind'],
    collect: ({ nodeName, counters }, emit) => {
      for (const [kind, total] of Object.entries(counters.episodesTotal)) emit(total, nodeName, kind);
    },
  }),
  perNode({
    name: 'ptp_health_active_faults',
    help: 'Fault episodes going on, by kind. Kinds the node never had have no series.',
    type: 'gauge',
    labels: ['node', 'kind'],
    collect: collectActiveFaults,
  }),
  perNode({
    name: 'ptp_health_compliance_result',
    help: 'Configuration against the profile it claims: 1 for the result that holds.',
    type: 'gauge',
    labels: ['node', 'result'],
    collect: ({ nodeName, status }, emit) => {
      emitStates(emit, CHECK_RESULTS, status.compliance.result, nodeName);
    },
  }),
  perNode({
    name: 'ptp_health_compliance_failed_checks',
    help: 'Checks that failed or gave a warning.',
    type: 'gauge',
    labels: ['node'],
    collect: ({ nodeName, status }, emit) => {
      emit(status.compliance.failed, nodeName);
    },
  }),
  perNode({
    name: 'ptp_health_source_fresh',
    help: '1 when the source of facts is fresh, 0 when it is stale or absent.',
    type: 'gauge',
    labels: ['node', 'source'],
    collect: ({ nodeName, status }, emit) => {
      for (const source of status.sources) emit(source.state === 'Fresh' ? 1 : 0, nodeName, source.name);
    },
  }),
  perNode({
    name: 'ptp_health_source_observed_timestamp_seconds',
    help: 'Newest fact from the source, to the minute.',
    type: 'gauge',
    labels: ['node', 'source'],
    collect: ({ nodeName, status }, emit) => {
      for (const source of status.sources) emit(timestampSeconds(source.observedTime), nodeName, source.name);
    },
  }),
  perCounter('log_lines_total', 'Log lines read.', (report) => report.counters.linesTotal),
  perCounter(
    'unrecognised_log_lines_total',
    'Lines of a known program that no grammar knows.',
    (report) => report.counters.unrecognisedLinesTotal,
  ),
  perCounter(
    'port_transitions_total',
    'Port state changes.',
    (report) => report.counters.portTransitionsTotal,
  ),
];

function perClock(
  name: string,
  help: string,
  value: (clock: ClockReport) => number | undefined,
): MetricDefinition {
  return perNode({
    name: `ptp_health_clock_${name}`,
    help,
    type: 'gauge',
    labels: ['node', 'clock'],
    collect: ({ nodeName, status }, emit) => {
      for (const clock of distinctClocks(status.clocks)) emit(value(clock), nodeName, clock.name);
    },
  });
}

function perInstance(
  name: string,
  help: string,
  value: (instance: InstanceReport) => number | undefined,
): MetricDefinition {
  return perNode({
    name: `ptp_health_${name}`,
    help,
    type: 'gauge',
    labels: ['node', 'profile'],
    collect: ({ nodeName, status }, emit) => {
      for (const instance of status.instances) emit(value(instance), nodeName, instance.name);
    },
  });
}

function perCounter(name: string, help: string, value: (report: NodeReport) => number): MetricDefinition {
  return perNode({
    name: `ptp_health_${name}`,
    help,
    type: 'counter',
    labels: ['node'],
    collect: (report, emit) => {
      emit(value(report), report.nodeName);
    },
  });
}

/** Two instances may steer one clock; the report lists the worse one first, and a series must be unique. */
function distinctClocks(clocks: readonly ClockReport[]): ClockReport[] {
  const seen = new Set<string>();
  return clocks.filter((clock) => !seen.has(clock.name) && seen.add(clock.name).size > 0);
}

function collectActiveFaults({ nodeName, episodes, counters }: NodeReport, emit: Emit): void {
  const active = new Map<string, number>(Object.keys(counters.episodesTotal).map((kind) => [kind, 0]));
  for (const episode of episodes) {
    if (episode.endTime === undefined) active.set(episode.kind, (active.get(episode.kind) ?? 0) + 1);
  }
  for (const [kind, count] of active) emit(count, nodeName, kind);
}

function timestampSeconds(time: string | undefined): number | undefined {
  const micros = time === undefined ? undefined : parseRfc3339(time);
  return micros === undefined ? undefined : microsToSeconds(micros);
}
