import { API_GROUP, API_VERSION } from './common.ts';
import { FLEET_KIND, POLICY_KIND, REPORT_KIND, type KindDefinition } from './crd.ts';

/** Where the API server serves our kinds; the shape `kube` calls a ResourceDefinition. */
export interface OwnResource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: false;
}

function resourceOf({ plural, kind }: KindDefinition): OwnResource {
  return { group: API_GROUP, version: API_VERSION, plural, kind, namespaced: false };
}

export const REPORTS = resourceOf(REPORT_KIND);
export const FLEET_REPORTS = resourceOf(FLEET_KIND);
export const POLICIES = resourceOf(POLICY_KIND);

/** The one PtpFleetReport; a CEL rule refuses any other name. */
export const FLEET_REPORT_NAME = 'cluster';
