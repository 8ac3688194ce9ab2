import type { IncidentReport } from '../../api/fleet.ts';
import { findIncidents } from '../../assess/incidents.ts';
import { incidentReport } from '../../report/incidents.ts';
import type { NodeOutcome } from './group-run.ts';

/**
 * Incidents over all nodes and the whole length of their logs. Nodes are compared on one clock only:
 * uptimes of one host say nothing about another's wall clock.
 */
export function incidentsOver(outcomes: readonly NodeOutcome[]): IncidentReport[] {
  return (['Wall', 'Uptime'] as const).flatMap((axis) => {
    const states = new Map(
      outcomes.filter((outcome) => outcome.axis === axis).map(({ plan, state }) => [plan.name, state]),
    );
    const owners = new Map<string, string>();
    for (const [name, state] of states)
      for (const { clockIdentity } of state.instances.values())
        if (clockIdentity !== undefined) owners.set(clockIdentity, name);
    // Measured from the earliest time, no incident is too long ago.
    return findIncidents(states, (identity) => owners.get(identity), -Infinity).map((incident) =>
      withoutTimes(incidentReport(incident), axis),
    );
  });
}

/** Seconds of uptime would be shown as the year 1970. */
function withoutTimes(incident: IncidentReport, axis: 'Wall' | 'Uptime'): IncidentReport {
  if (axis === 'Wall') return incident;
  const timeless = { ...incident };
  delete timeless.startTime;
  delete timeless.endTime;
  return timeless;
}
