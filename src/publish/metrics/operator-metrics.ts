import { microsToSeconds } from '../../ptp/time.ts';
import { WRITE_RESULTS, type WatchStatistics } from '../statistics.ts';
import { ofOperator, type MetricDefinition } from './definition.ts';

/** Metrics of the operator itself: is it alive, does it see, does it write? */
export const OPERATOR_METRICS: readonly MetricDefinition[] = [
  ofOperator({
    name: 'ptp_health_build_info',
    help: 'Version of the operator and of its runtime; always 1.',
    type: 'gauge',
    labels: ['version', 'runtime'],
    collect: (operator, emit) => {
      emit(1, operator.version, process.version);
    },
  }),
  ofOperator({
    name: 'ptp_health_leader',
    help: '1 on the replica that writes.',
    type: 'gauge',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.leader ? 1 : 0);
    },
  }),
  ofOperator({
    name: 'ptp_health_status_writes_total',
    help: 'Reports looked at by the status writer, by result.',
    type: 'counter',
    labels: ['result'],
    collect: (operator, emit) => {
      for (const result of WRITE_RESULTS) emit(operator.statusWrites[result], result);
    },
  }),
  ofOperator({
    name: 'ptp_health_status_queue_depth',
    help: 'Reports waiting to be written.',
    type: 'gauge',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.statusQueueDepth);
    },
  }),
  ofOperator({
    name: 'ptp_health_largest_status_bytes',
    help: 'Size of the largest status written since the start.',
    type: 'gauge',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.largestStatusBytes);
    },
  }),
  perWatch('synced', 'gauge', '1 when the watch delivered its first state.', (watch) =>
    watch.synced ? 1 : 0,
  ),
  perWatch('objects', 'gauge', 'Objects kept in memory.', (watch) => watch.objects),
  perWatch(
    'idle_seconds',
    'gauge',
    'Time since the last event, bookmark or list.',
    (watch) => watch.idleSeconds,
  ),
  perWatch('restarts_total', 'counter', 'Watches opened again.', (watch) => watch.restartsTotal),
  perWatch('relists_total', 'counter', 'Full lists, the first included.', (watch) => watch.relistsTotal),
  perWatch(
    'parse_errors_total',
    'counter',
    'Watch events that were no JSON.',
    (watch) => watch.parseErrorsTotal,
  ),
  ofOperator({
    name: 'ptp_health_log_followers',
    help: 'Log streams by state.',
    type: 'gauge',
    labels: ['state'],
    collect: ({ logFollowers }, emit) => {
      emit(logFollowers.open, 'Open');
      emit(logFollowers.waiting, 'Waiting');
    },
  }),
  ofOperator({
    name: 'ptp_health_log_reopens_total',
    help: 'Log streams opened again after an end or an error.',
    type: 'counter',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.logFollowers.reopenedTotal);
    },
  }),
  ofOperator({
    name: 'ptp_health_scrapes_total',
    help: 'Scrapes of the platform metrics, by result.',
    type: 'counter',
    labels: ['result'],
    collect: ({ scrapes }, emit) => {
      emit(scrapes.succeededTotal, 'Succeeded');
      emit(scrapes.failedTotal, 'Failed');
    },
  }),
  ofOperator({
    name: 'ptp_health_observations_total',
    help: 'Facts folded into the state.',
    type: 'counter',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.observationsTotal);
    },
  }),
  ofOperator({
    name: 'ptp_health_evaluations_total',
    help: 'Evaluations of the fleet.',
    type: 'counter',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.evaluations.count);
    },
  }),
  ofOperator({
    name: 'ptp_health_evaluation_seconds_total',
    help: 'Time spent in evaluations.',
    type: 'counter',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.evaluations.secondsTotal);
    },
  }),
  ofOperator({
    name: 'ptp_health_last_evaluation_timestamp_seconds',
    help: 'End of the last evaluation.',
    type: 'gauge',
    labels: [],
    collect: (operator, emit) => {
      emit(microsToSeconds(operator.evaluations.lastMicros));
    },
  }),
  ofOperator({
    name: 'ptp_health_event_loop_lag_seconds',
    help: 'Longest delay of the event loop since the last scrape interval.',
    type: 'gauge',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.eventLoopLagSeconds);
    },
  }),
  ofOperator({
    name: 'ptp_health_wall_clock_jumps_total',
    help: 'Steps of the wall clock of this machine by more than a second.',
    type: 'counter',
    labels: [],
    collect: (operator, emit) => {
      emit(operator.wallClockJumpsTotal);
    },
  }),
];

function perWatch(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  value: (watch: WatchStatistics) => number,
): MetricDefinition {
  return ofOperator({
    name: `ptp_health_watch_${name}`,
    help,
    type,
    labels: ['resource'],
    collect: (operator, emit) => {
      for (const watch of operator.watches) emit(value(watch), watch.resource);
    },
  });
}
