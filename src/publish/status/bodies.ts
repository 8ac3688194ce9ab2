import type { PtpFleetReportStatus } from '../../api/fleet.ts';
import type { PtpHealthReportStatus } from '../../api/report.ts';
import { FLEET_REPORT_NAME } from '../../api/resources.ts';
import type { KubeObject } from '../../kube/objects.ts';

/** Bodies for server-side apply: exactly the fields that we own, nothing else. */

const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'ptp-health-operator' };

/**
 * The report itself, owned by its Node so that it goes with it. No `controller` and no
 * `blockOwnerDeletion`: the latter needs rights on nodes that nobody should have to give us.
 */
export function reportBody(nodeName: string, nodeUid: string): KubeObject {
  return {
    metadata: {
      name: nodeName,
      labels: MANAGED_BY,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeUid }],
    },
  };
}

/** @param generation of the report: readers see by it whether their change of spec has been taken in. */
export function reportStatusBody(
  nodeName: string,
  status: PtpHealthReportStatus,
  generation: number,
): KubeObject {
  const conditions = status.conditions.map((condition) => ({ ...condition, observedGeneration: generation }));
  return { metadata: { name: nodeName }, status: { ...status, observedGeneration: generation, conditions } };
}

export function fleetBody(): KubeObject {
  return { metadata: { name: FLEET_REPORT_NAME, labels: MANAGED_BY } };
}

export function fleetStatusBody(status: PtpFleetReportStatus): KubeObject {
  return { metadata: { name: FLEET_REPORT_NAME }, status };
}
