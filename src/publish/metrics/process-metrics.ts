import { readdirSync } from 'node:fs';
import { ofOperator, type MetricDefinition } from './definition.ts';

const MICROS_PER_SECOND = 1e6;

/**
 * The process itself, under the names every Prometheus client uses. Read at the scrape: nothing here
 * costs anything in between.
 */
export const PROCESS_METRICS: readonly MetricDefinition[] = [
  ofOperator({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process, user and system.',
    type: 'counter',
    labels: [],
    collect: (_, emit) => {
      const { user, system } = process.cpuUsage();
      emit((user + system) / MICROS_PER_SECOND);
    },
  }),
  ofOperator({
    name: 'process_start_time_seconds',
    help: 'Start of the process since the epoch.',
    type: 'gauge',
    labels: [],
    collect: (_, emit) => {
      emit(START_SECONDS);
    },
  }),
  ofOperator({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the process.',
    type: 'gauge',
    labels: [],
    collect: (_, emit) => {
      emit(process.memoryUsage.rss());
    },
  }),
  ofOperator({
    name: 'process_open_fds',
    help: 'Open file descriptors; absent where the system does not show them.',
    type: 'gauge',
    labels: [],
    collect: (_, emit) => {
      emit(openFileDescriptors());
    },
  }),
  ofOperator({
    name: 'nodejs_heap_size_used_bytes',
    help: 'JavaScript heap in use.',
    type: 'gauge',
    labels: [],
    collect: (_, emit) => {
      emit(process.memoryUsage().heapUsed);
    },
  }),
  ofOperator({
    name: 'nodejs_external_memory_bytes',
    help: 'Memory outside the JavaScript heap that its objects hold.',
    type: 'gauge',
    labels: [],
    collect: (_, emit) => {
      emit(process.memoryUsage().external);
    },
  }),
  ofOperator({
    name: 'nodejs_version_info',
    help: 'Version of Node.js; always 1.',
    type: 'gauge',
    labels: ['version'],
    collect: (_, emit) => {
      emit(1, process.version);
    },
  }),
];

const START_SECONDS = Math.round(Date.now() / 1_000 - process.uptime());

function openFileDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}
