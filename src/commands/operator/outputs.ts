import { FLEET_REPORT_NAME } from '../../api/resources.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { TransitionPublisher } from '../../publish/events.ts';
import type { HttpServer } from '../../publish/http-server.ts';
import { startMcpHttpServer } from '../../publish/mcp/http.ts';
import { startMetricsServer } from '../../publish/metrics-server.ts';
import { PolicyPublisher } from '../../publish/policies.ts';
import { startProbeServer } from '../../publish/probes.ts';
import type { OperatorStatistics } from '../../publish/statistics.ts';
import { StatusPublisher, type ClusterView } from '../../publish/status.ts';
import type { FleetSnapshot } from '../../report/snapshot.ts';
import { version } from '../version.ts';
import type { Kubernetes } from './kubernetes.ts';
import { splitAddress, type OperatorOptions } from './options.ts';
import type { Watches } from './watches.ts';

/** What writes to the cluster: status of reports and policies, and Kubernetes Events. */
export class Writers {
  readonly status: StatusPublisher;
  readonly policies: PolicyPublisher;
  readonly transitions: TransitionPublisher;

  constructor(parts: {
    kubernetes: Kubernetes;
    watches: Watches;
    mayWrite: () => boolean;
    clock: Clock;
    log: Logger;
  }) {
    const { kubernetes, watches, mayWrite, clock, log } = parts;
    this.status = new StatusPublisher({
      client: kubernetes.client,
      cluster: clusterView(watches),
      mayWrite,
      clock,
      log,
    });
    this.policies = new PolicyPublisher({
      client: kubernetes.client,
      statusOf: (name) => watches.policies.store.get(name)?.status,
      mayWrite,
      clock,
      log,
    });
    this.transitions = new TransitionPublisher({
      recorder: kubernetes.recorder,
      reportUid: (name) => watches.reports.store.get(name)?.uid,
      mayWrite,
    });
  }

  /** What was written is another leader's. */
  beginTerm(): void {
    this.status.beginTerm();
    this.policies.beginTerm();
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.status.run(signal), this.policies.run(signal)]);
  }

  publish(snapshot: FleetSnapshot): void {
    this.transitions.update(snapshot);
    this.status.update(snapshot);
  }
}

function clusterView({ nodes, reports, fleetReports }: Watches): ClusterView {
  return {
    nodeUid: (name) => nodes.store.get(name)?.uid,
    report: (name) => reports.store.get(name),
    reportNames: () => reports.store.keys(),
    fleetReportExists: () => fleetReports.store.get(FLEET_REPORT_NAME) !== undefined,
  };
}

export interface ServerInputs {
  snapshot: () => FleetSnapshot;
  statistics: () => OperatorStatistics;
  sinceProgressMillis: () => number;
  notReady: () => readonly string[];
  /** Why the counts of before the restart are not back yet; empty = they are. */
  notRestored: () => string;
  synced: () => boolean;
  clock: Clock;
  log: Logger;
}

export interface Servers {
  metrics: HttpServer;
  health: HttpServer;
  mcp: HttpServer;
}

/** What answers readers, each on its own port. Errors: an address cannot be bound. */
export async function startServers(options: OperatorOptions, inputs: ServerInputs): Promise<Servers> {
  const { log, clock } = inputs;
  const onError = (error: unknown): void => {
    log.warn({ error: error instanceof Error ? error.message : String(error) }, 'request failed');
  };
  const { sinceProgressMillis, notReady } = inputs;
  return {
    health: await startProbeServer({
      ...splitAddress(options.healthAddress),
      sinceProgressMillis,
      notReady,
      onError,
    }),
    metrics: await startMetricsServer({
      ...splitAddress(options.metricsAddress),
      input: () => ({ snapshot: inputs.snapshot(), operator: inputs.statistics() }),
      notReady: inputs.notRestored,
      onError,
      onMetricError: (error, metric) => {
        log.error({ metric, error: String(error) }, 'metric not computed');
      },
    }),
    mcp: await startMcpHttpServer({
      ...splitAddress(options.mcpAddress),
      allowedHosts: ['localhost', '127.0.0.1', '[::1]', ...options.mcpAllowedHosts],
      allowedOrigins: options.mcpAllowedOrigins,
      version: version(),
      context: () => ({ snapshot: inputs.snapshot(), now: clock.wallMicros(), synced: inputs.synced() }),
      onError,
    }),
  };
}
