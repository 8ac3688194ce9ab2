import { z } from 'zod';
import { atomicList, conditions, count, faultKind, healthVerdict, text, time } from './common.ts';

/** PtpFleetReport: the whole cluster in one small object, always named `cluster`. */

const verdictCounts = z
  .object({
    healthy: count('Nodes with verdict Healthy.'),
    minor: count('Nodes with verdict Minor.'),
    moderate: count('Nodes with verdict Moderate.'),
    critical: count('Nodes with verdict Critical.'),
    unknown: count('Nodes that cannot be judged.'),
  })
  .describe('Nodes by verdict.');

const worstNodeSchema = z.object({
  nodeName: text(253, 'Node.'),
  health: healthVerdict,
  message: text(256, 'Its verdict in one sentence.'),
});

/** Several nodes that degrade together: one cause, one incident. */
export const incidentSchema = z.object({
  id: text(64, 'Stable identity of the incident.'),
  kind: faultKind,
  severity: healthVerdict,
  commonAncestor: text(
    128,
    'Deepest clock or port that all affected nodes depend on, where known.',
  ).optional(),
  message: text(512, 'What happened in one sentence.'),
  startTime: time('First evidence.').optional(),
  endTime: time('When the last member recovered; absent while it goes on.').optional(),
  affectedNodes: atomicList(z.string().max(253), 20, 'Nodes affected, by name.'),
  totalAffected: count('Nodes affected before the list was cut.'),
});
export type IncidentReport = z.infer<typeof incidentSchema>;

const clockTreeRootSchema = z.object({
  grandmasterIdentity: text(64, 'Clock identity of the root.'),
  nodeName: text(253, 'Node it lives on, when it is one of ours.').optional(),
  domainNumber: count('PTP domain.', 255).optional(),
  clockClass: count('Class it announces.', 255).optional(),
  followers: count('Nodes that follow it.'),
});

export const fleetStatusSchema = z
  .object({
    health: healthVerdict,
    message: text(512, 'The fleet in one sentence.'),
    lastEvaluationTime: time('When the operator last wrote this status.'),
    totalNodes: count('Nodes that run the PTP daemon.'),
    verdicts: verdictCounts,
    activeFaults: count('Episodes going on in the fleet.'),
    faultsLastHour: count('Episodes begun in the last hour.'),
    worstNodes: atomicList(worstNodeSchema, 20, 'Worst nodes first; healthy nodes are not listed.'),
    truncatedNodes: count('Unhealthy nodes that are not in the list.'),
    incidents: atomicList(incidentSchema, 20, 'Incidents going on, then the newest ended ones.'),
    clockTreeRoots: atomicList(clockTreeRootSchema, 32, 'Grandmasters seen, most followed first.'),
    conditions,
  })
  .describe('What the operator knows about the cluster. Absent: not evaluated yet.');
export type PtpFleetReportStatus = z.infer<typeof fleetStatusSchema>;
