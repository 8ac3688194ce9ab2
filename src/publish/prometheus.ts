import { collectDefaultMetrics, Registry, type Metric, type MetricValue } from '@prometheus-io/client';
import { FLEET_METRICS } from './metrics/fleet-metrics.ts';
import { NODE_METRICS } from './metrics/node-metrics.ts';
import { OPERATOR_METRICS } from './metrics/operator-metrics.ts';
import type { MetricDefinition, MetricInput } from './metrics/definition.ts';

/** Every metric of the operator. Adding one is adding a row; docs/metrics.md is generated from it. */
export const METRICS: readonly MetricDefinition[] = [...FLEET_METRICS, ...NODE_METRICS, ...OPERATOR_METRICS];

/**
 * A registry that reads the newest snapshot when it is scraped. Nothing is kept between
 * scrapes, so no series outlives its node.
 */
export function createMetricsRegistry(
  input: () => MetricInput,
  onError: (error: unknown, metric: string) => void,
): Registry {
  const registry = new Registry();
  const sameInput = oncePerTurn(input);
  for (const definition of METRICS) {
    registry.registerMetric(new SnapshotMetric(definition, sameInput, onError) as unknown as Metric);
  }
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** A registry asks all its metrics in one turn of the event loop: they all see the same input. */
function oncePerTurn<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    if (made === undefined) {
      made = { value: make() };
      queueMicrotask(() => {
        made = undefined;
      });
    }
    return made.value;
  };
}

/** The part of the client's Metric that a registry calls. */
class SnapshotMetric {
  readonly name: string;
  readonly #definition: MetricDefinition;
  readonly #input: () => MetricInput;
  readonly #onError: (error: unknown, metric: string) => void;

  constructor(
    definition: MetricDefinition,
    input: () => MetricInput,
    onError: (error: unknown, metric: string) => void,
  ) {
    this.name = definition.name;
    this.#definition = definition;
    this.#input = input;
    this.#onError = onError;
  }

  get(): Promise<{ name: string; help: string; type: string; values: MetricValue<string>[] }> {
    const { name, help, type } = this.#definition;
    return Promise.resolve({ name, help, type, values: this.#values() });
  }

  /** An error in one metric is logged and costs that metric only: the others must stay visible. */
  #values(): MetricValue<string>[] {
    const values: MetricValue<string>[] = [];
    const { labels, collect } = this.#definition;
    try {
      collect(this.#input(), (value, ...labelValues) => {
        if (value === undefined) return;
        const entries = labels.map((label, index) => [label, labelValues[index] ?? ''] as const);
        values.push({ value, labels: Object.fromEntries(entries) });
      });
    } catch (error) {
      this.#onError(error, this.name);
    }
    return values;
  }
}
