import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { ObservationSink } from '../observation.ts';
import { decodeSample } from './decode.ts';
import { scanExposition } from './exposition.ts';
import { fetchMetrics, type MetricsEndpoint } from './fetch.ts';

export interface ScraperOptions {
  clock: Clock;
  log: Logger;
  onObservation: ObservationSink;
  /** Prefix of the platform's metrics; forks rename it. */
  prefix: string;
  intervalMillis: number;
  /** Where a node's metrics are now; undefined while it has no daemon. */
  endpointOf: (node: string) => MetricsEndpoint | undefined;
  fetch?: typeof fetchMetrics;
}

const SCRAPE_DEADLINE_MILLIS = 5_000;
const MAX_IN_FLIGHT = 100;
/** How often due nodes are looked for; the jitter of the scrapes is not finer than this. */
const TICK_MILLIS = 250;

interface Target {
  dueMillis: number;
  running: boolean;
  /** What was last said of the source, so that it is said once. */
  condition: string;
}

/**
 * Scrapes the platform's own metrics of every node, spread over the interval by the node's name,
 * so that a thousand nodes are a steady trickle.
 */
export class MetricsScraper {
  readonly #options: ScraperOptions;
  readonly #fetch: typeof fetchMetrics;
  /** One entry per node added; `remove` evicts. */
  readonly #targets = new Map<string, Target>();
  #inFlight = 0;
  #succeeded = 0;
  #failed = 0;

  constructor(options: ScraperOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? fetchMetrics;
  }

  get stats(): { succeededTotal: number; failedTotal: number } {
    return { succeededTotal: this.#succeeded, failedTotal: this.#failed };
  }

  add(node: string): void {
    if (this.#targets.has(node)) return;
    const now = this.#options.clock.monotonicMillis();
    // A first look soon, as nothing is known yet; then in the node's own place in the interval.
    this.#targets.set(node, {
      dueMillis: now + spread(node, Math.min(2_000, this.#options.intervalMillis)),
      running: false,
      condition: '',
    });
  }

  remove(node: string): void {
    this.#targets.delete(node);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const [node, target] of this.#targets) {
        if (this.#isDue(target)) this.#start(node, target, signal);
      }
      await this.#options.clock.sleep(TICK_MILLIS, signal).catch(() => undefined);
    }
  }

  #isDue(target: Target): boolean {
    return (
      !target.running &&
      this.#inFlight < MAX_IN_FLIGHT &&
      target.dueMillis <= this.#options.clock.monotonicMillis()
    );
  }

  #start(node: string, target: Target, signal: AbortSignal): void {
    target.running = true;
    target.dueMillis = this.#options.clock.monotonicMillis() + this.#options.intervalMillis;
    this.#inFlight += 1;
    void this.#scrape(node, target, signal).finally(() => {
      target.running = false;
      this.#inFlight -= 1;
    });
  }

  /** Never throws: what goes wrong is the source's condition. */
  async #scrape(node: string, target: Target, signal: AbortSignal): Promise<void> {
    const endpoint = this.#options.endpointOf(node);
    if (endpoint === undefined) {
      this.#tell(node, target, 'Absent', 'NoDaemon', 'the node has no running PTP daemon');
      return;
    }
    try {
      const page = await this.#fetch(endpoint, SCRAPE_DEADLINE_MILLIS, signal);
      if (this.#targets.get(node) !== target) return;
      this.#take(node, target, page);
      this.#succeeded += 1;
    } catch (error) {
      if (signal.aborted) return;
      this.#failed += 1;
      const message = error instanceof Error ? error.message : String(error);
      this.#options.log.debug({ node, error: message }, 'metrics not read');
      this.#tell(node, target, 'Stale', 'ScrapeFailed', `the daemon's metrics could not be read: ${message}`);
    }
  }

  #take(node: string, target: Target, page: string): void {
    const { clock, prefix, onObservation } = this.#options;
    const context = { node, atMicros: clock.wallMicros() };
    const { samples } = scanExposition(page, prefix, (name, labels, value) => {
      const sample = decodeSample(name, labels, value, context);
      if (sample !== undefined) onObservation(sample);
    });
    if (samples > 0) this.#tell(node, target, 'Fresh', 'Scraped', 'the metrics are read');
    else this.#tell(node, target, 'Absent', 'NoMetrics', `the page has no metric with the prefix ${prefix}`);
  }

  #tell(
    node: string,
    target: Target,
    condition: 'Fresh' | 'Stale' | 'Absent',
    reason: string,
    message: string,
  ): void {
    if (this.#targets.get(node) !== target || target.condition === condition + reason) return;
    target.condition = condition + reason;
    const { clock, onObservation } = this.#options;
    const atMicros = clock.wallMicros();
    onObservation({
      kind: 'sourceCondition',
      node,
      source: 'Metric',
      atMicros,
      name: 'Metrics',
      condition,
      reason,
      message,
    });
  }
}

/** A place in the interval that depends on the name only (FNV-1a). */
export function spread(node: string, intervalMillis: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < node.length; index++)
    hash = Math.imul(hash ^ node.charCodeAt(index), 0x01000193) >>> 0;
  return hash % Math.max(1, Math.round(intervalMillis));
}
