import type { IncidentReport, PtpFleetReportStatus } from '../api/fleet.ts';
import type { HealthVerdict } from '../ptp/health.ts';
import { formatSeconds, type Micros } from '../ptp/time.ts';
import { compareText, severityRank, worstOf } from '../assess/severity.ts';
import type { NodeReport } from './snapshot.ts';
import { clean, compact } from './text.ts';

const MAX_WORST_NODES = 20;
const MAX_INCIDENTS = 20;
const MAX_ROOTS = 32;

/** The whole fleet in one bounded object. */
export function fleetStatus(
  nodes: ReadonlyMap<string, NodeReport>,
  incidents: readonly IncidentReport[],
  identities: ReadonlyMap<string, string>,
  now: Micros,
): PtpFleetReportStatus {
  const reports = [...nodes.values()];
  const count = (verdict: HealthVerdict): number =>
    reports.filter((one) => one.status.health === verdict).length;
  const unhealthy = reports
    .filter((one) => one.status.health !== 'Healthy')
    .sort(
      (a, b) =>
        severityRank(b.status.health) - severityRank(a.status.health) || compareText(a.nodeName, b.nodeName),
    );
  const health = reports.length === 0 ? 'Unknown' : worstOf(reports.map((one) => one.status.health));
  return {
    health,
    message: clean(messageOf(reports.length, unhealthy), 512),
    lastEvaluationTime: formatSeconds(now),
    totalNodes: reports.length,
    verdicts: {
      healthy: count('Healthy'),
      minor: count('Minor'),
      moderate: count('Moderate'),
      critical: count('Critical'),
      unknown: count('Unknown'),
    },
    activeFaults: reports.reduce((sum, one) => sum + one.status.summary.activeFaults, 0),
    faultsLastHour: reports.reduce((sum, one) => sum + one.status.summary.faultsLastHour, 0),
    worstNodes: unhealthy.slice(0, MAX_WORST_NODES).map((one) => ({
      nodeName: one.nodeName,
      health: one.status.health,
      message: clean(one.status.message, 256),
    })),
    truncatedNodes: Math.max(0, unhealthy.length - MAX_WORST_NODES),
    incidents: incidents.slice(0, MAX_INCIDENTS),
    clockTreeRoots: clockTreeRoots(reports, identities),
    conditions: [],
  };
}

function messageOf(total: number, unhealthy: readonly NodeReport[]): string {
  if (total === 0) return 'No node runs the PTP daemon.';
  const worst = unhealthy[0];
  if (worst === undefined) return `All ${total} nodes are healthy.`;
  return `${unhealthy.length} of ${total} nodes are not healthy; worst: ${worst.nodeName}: ${worst.status.message}`;
}

function clockTreeRoots(
  reports: readonly NodeReport[],
  identities: ReadonlyMap<string, string>,
): PtpFleetReportStatus['clockTreeRoots'] {
  const roots = new Map<string, PtpFleetReportStatus['clockTreeRoots'][number]>();
  for (const report of reports) {
    for (const instance of report.status.instances) {
      const identity = instance.grandmasterIdentity;
      if (identity === undefined) continue;
      const own = identities.get(identity);
      const root =
        roots.get(identity) ??
        compact<PtpFleetReportStatus['clockTreeRoots'][number]>({
          grandmasterIdentity: identity,
          nodeName: own,
          domainNumber: instance.domainNumber,
          clockClass: instance.clockClass,
          followers: 0,
        });
      if (own !== report.nodeName) root.followers += 1;
      roots.set(identity, root);
    }
  }
  return [...roots.values()]
    .sort((a, b) => b.followers - a.followers || compareText(a.grandmasterIdentity, b.grandmasterIdentity))
    .slice(0, MAX_ROOTS);
}
