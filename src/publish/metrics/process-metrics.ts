import { collectDefaultMetrics, Registry } from '@prometheus-io/client';

/**
 * The process itself (processor time, memory, garbage collection, event loop), by the client
 * library and under the names every Prometheus client uses.
 */
export function createProcessRegistry(): Registry {
  const registry = new Registry();
  // The default of 10 ms wakes an idle process a hundred times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1_000 });
  return registry;
}
