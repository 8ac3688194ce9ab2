import type { PtpFleetReportStatus } from '../../src/api/fleet.ts';
import type { PtpHealthReportStatus } from '../../src/api/report.ts';
import type { ApiClient } from '../controlplane/api-client.ts';

/** What the tests read from the API: as a client that knows nothing of the operator's insides. */

interface Named<Status> {
  metadata: { name: string; uid: string; ownerReferences?: { kind: string; name: string; uid: string }[] };
  status?: Status;
}
export type Report = Named<PtpHealthReportStatus>;

const API = '/apis/ptphealth.io/v1alpha1';

export async function readReport(admin: ApiClient, node: string): Promise<Report | undefined> {
  const answer = await admin.get(`${API}/ptphealthreports/${node}`);
  return answer.status === 200 ? (answer.body as Report) : undefined;
}

export async function listReports(admin: ApiClient): Promise<Report[]> {
  return ((await admin.get(`${API}/ptphealthreports`)).body as { items: Report[] }).items;
}

export async function readFleet(admin: ApiClient): Promise<PtpFleetReportStatus | undefined> {
  const answer = await admin.get(`${API}/ptpfleetreports/cluster`);
  return answer.status === 200 ? (answer.body as Named<PtpFleetReportStatus>).status : undefined;
}

/** Episodes of this kind begun in the last day. */
export function countOf(report: Report | undefined, kind: string): number {
  return report?.status?.faults.byKind.find((entry) => entry.kind === kind)?.count ?? 0;
}

/** Name of the replica that holds the lease. */
export async function leaderName(admin: ApiClient, namespace: string): Promise<string | undefined> {
  const answer = await admin.get(
    `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/ptp-health-operator`,
  );
  if (answer.status !== 200) return undefined;
  const holder = (answer.body as { spec?: { holderIdentity?: string } }).spec?.holderIdentity;
  return holder === undefined || holder === '' ? undefined : holder;
}
