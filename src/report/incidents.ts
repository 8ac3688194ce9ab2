import type { IncidentReport } from '../api/fleet.ts';
import type { Incident } from '../assess/incidents.ts';
import { formatSeconds } from '../ptp/time.ts';
import { clean, compact } from './text.ts';

const MAX_NODES = 20;

export function incidentReport(incident: Incident): IncidentReport {
  return compact<IncidentReport>({
    id: clean(incident.id, 64),
    kind: incident.kind,
    severity: incident.severity,
    commonAncestor: incident.commonAncestor === undefined ? undefined : clean(incident.commonAncestor, 128),
    message: clean(incident.message, 512),
    startTime: formatSeconds(incident.startMicros),
    endTime: incident.endMicros === undefined ? undefined : formatSeconds(incident.endMicros),
    affectedNodes: incident.nodes.slice(0, MAX_NODES).map((name) => clean(name, 253)),
    totalAffected: incident.nodes.length,
  });
}
