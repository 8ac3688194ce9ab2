import type { ResourceDefinition } from '../../kube/objects.ts';

/** The resources we read. All belong to others: any of them may be missing, come later or differ by version. */

export const NODES: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'nodes',
  kind: 'Node',
  namespaced: false,
};
export const PODS: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'pods',
  kind: 'Pod',
  namespaced: true,
};
export const CONFIG_MAPS: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

const PTP_GROUP = { group: 'ptp.openshift.io', version: 'v1', namespaced: true };
export const PTP_CONFIGS: ResourceDefinition = { ...PTP_GROUP, plural: 'ptpconfigs', kind: 'PtpConfig' };
export const NODE_PTP_DEVICES: ResourceDefinition = {
  ...PTP_GROUP,
  plural: 'nodeptpdevices',
  kind: 'NodePtpDevice',
};
export const PTP_OPERATOR_CONFIGS: ResourceDefinition = {
  ...PTP_GROUP,
  plural: 'ptpoperatorconfigs',
  kind: 'PtpOperatorConfig',
};

/** What the PTP Operator installs, unless it is told otherwise. */
export const DEFAULT_PTP_NAMESPACE = 'openshift-ptp';
export const DEFAULT_DAEMON_SELECTOR = 'app=linuxptp-daemon';
export const DAEMON_CONTAINER = 'linuxptp-daemon-container';
/** One key per node; the value is the JSON array of profiles that the daemon of that node applies. */
export const APPLIED_CONFIG_MAP = 'ptp-configmap';
