import { FLEET_METRICS } from './metrics/fleet-metrics.ts';
import { NODE_METRICS } from './metrics/node-metrics.ts';
import { OPERATOR_METRICS } from './metrics/operator-metrics.ts';
import type { MetricDefinition, MetricInput } from './metrics/definition.ts';
import { renderMetric } from './metrics/exposition.ts';

/** Every metric of the operator. Adding one is adding a row; docs/metrics.md is generated from it. */
export const METRICS: readonly MetricDefinition[] = [...FLEET_METRICS, ...NODE_METRICS, ...OPERATOR_METRICS];

/**
 * Everything that comes from the snapshot, all of it from one input. Nothing is kept between scrapes,
 * so no series outlives its node (docs/adr/0009).
 */
export function renderMetrics(input: MetricInput, onError: (error: unknown, metric: string) => void): string {
  return METRICS.map((metric) => renderMetric(metric, input, onError)).join('');
}
