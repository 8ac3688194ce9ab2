/** The kinds of the PTP operator (ptp.openshift.io) as CRDs that keep every field: names and scopes are theirs. */
import type { ObjectInput } from '../api/object-access.ts';

export const PTP_GROUP = 'ptp.openshift.io';

const KINDS = [
  { kind: 'PtpConfig', plural: 'ptpconfigs', version: 'v1', columns: [] },
  {
    kind: 'NodePtpDevice',
    plural: 'nodeptpdevices',
    version: 'v1',
    columns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
  },
  {
    kind: 'PtpOperatorConfig',
    plural: 'ptpoperatorconfigs',
    version: 'v1',
    columns: [
      { name: 'Event Enabled', type: 'string', jsonPath: '.spec.ptpEventConfig.enableEventPublisher' },
    ],
  },
  { kind: 'HardwareConfig', plural: 'hardwareconfigs', version: 'v2alpha1', columns: [] },
] as const;

const ANYTHING = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export const UPSTREAM_CRDS: readonly ObjectInput[] = KINDS.map(({ kind, plural, version, columns }) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${PTP_GROUP}` },
  spec: {
    group: PTP_GROUP,
    scope: 'Namespaced',
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: columns,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: ANYTHING, status: ANYTHING } } },
      },
    ],
  },
}));
