import { collectDefaultMetrics, Registry } from '@prometheus-io/client';

/**
 * The process itself (processor time, memory, garbage collection, event loop), by the client
 * library and under the names every Prometheus client uses.
 */
export function createProcessRegistry(): Registry {
  const registry = new Registry();
  // By default these wake an idle process a hundred and ten times a second.
  collectDefaultMetrics({
    register: registry,
    eventLoopMonitoringPrecision: 1_000,
    eventLoopUtilizationTimeout: 5_000,
  });
  return registry;
}
