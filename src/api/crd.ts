import type { z } from 'zod';
import { API_GROUP, API_VERSION } from './common.ts';
import { toStructural, type CelRule, type StructuralSchema } from './crd-structural.ts';
import { fleetStatusSchema } from './fleet.ts';
import { policySpecSchema, policyStatusSchema } from './policy.ts';
import { reportSpecSchema, reportStatusSchema } from './report.ts';

/** The one list of our kinds. YAML, `kubectl` columns and the paths we call come from it. */
export interface KindDefinition {
  kind: string;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  description: string;
  spec?: z.ZodType;
  status: z.ZodType;
  columns: readonly Column[];
  rules: readonly CelRule[];
}

/** A column of `kubectl get`; priority 1 shows with `-o wide` only. */
interface Column {
  name: string;
  type: 'string' | 'integer' | 'date';
  jsonPath: string;
  priority?: 1;
  description?: string;
}

const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

export const REPORT_KIND: KindDefinition = {
  kind: 'PtpHealthReport',
  plural: 'ptphealthreports',
  singular: 'ptphealthreport',
  shortNames: ['phr'],
  description:
    'PTP health of one node. Named after the node and owned by it; the operator writes its status.',
  spec: reportSpecSchema,
  status: reportStatusSchema,
  columns: [
    {
      name: 'Health',
      type: 'string',
      jsonPath: '.status.health',
      description: 'Verdict; the worst dimension wins.',
    },
    { name: 'Sync', type: 'string', jsonPath: '.status.summary.syncState' },
    {
      name: 'Offset(ns)',
      type: 'integer',
      jsonPath: '.status.summary.worstOffsetNanoseconds',
      description: 'Largest absolute offset of the last minute.',
    },
    { name: 'Role', type: 'string', jsonPath: '.status.summary.role' },
    { name: 'Faults(1h)', type: 'integer', jsonPath: '.status.summary.faultsLastHour' },
    { name: 'Compliant', type: 'string', jsonPath: '.status.summary.compliance' },
    { name: 'Fresh', type: 'string', jsonPath: '.status.summary.freshness' },
    AGE,
    { name: 'Grandmaster', type: 'string', jsonPath: '.status.summary.grandmasterIdentity', priority: 1 },
    { name: 'Class', type: 'integer', jsonPath: '.status.summary.clockClass', priority: 1 },
    { name: 'Profile', type: 'string', jsonPath: '.status.summary.profile', priority: 1 },
    { name: 'Message', type: 'string', jsonPath: '.status.message', priority: 1 },
  ],
  rules: [
    {
      rule: '!has(self.status) || self.status.nodeName == self.metadata.name',
      message: 'a report is named after the node it describes',
    },
  ],
};

export const FLEET_KIND: KindDefinition = {
  kind: 'PtpFleetReport',
  plural: 'ptpfleetreports',
  singular: 'ptpfleetreport',
  shortNames: ['pfr'],
  description: 'PTP health of the whole cluster. There is one, named cluster.',
  status: fleetStatusSchema,
  columns: [
    { name: 'Health', type: 'string', jsonPath: '.status.health' },
    { name: 'Nodes', type: 'integer', jsonPath: '.status.totalNodes' },
    { name: 'Healthy', type: 'integer', jsonPath: '.status.verdicts.healthy' },
    { name: 'Minor', type: 'integer', jsonPath: '.status.verdicts.minor' },
    { name: 'Moderate', type: 'integer', jsonPath: '.status.verdicts.moderate' },
    { name: 'Critical', type: 'integer', jsonPath: '.status.verdicts.critical' },
    { name: 'Unknown', type: 'integer', jsonPath: '.status.verdicts.unknown' },
    AGE,
    { name: 'Faults', type: 'integer', jsonPath: '.status.activeFaults', priority: 1 },
    { name: 'Message', type: 'string', jsonPath: '.status.message', priority: 1 },
  ],
  rules: [{ rule: "self.metadata.name == 'cluster'", message: 'the only PtpFleetReport is named cluster' }],
};

export const POLICY_KIND: KindDefinition = {
  kind: 'PtpHealthPolicy',
  plural: 'ptphealthpolicies',
  singular: 'ptphealthpolicy',
  shortNames: ['ptpolicy'],
  description: 'Limits and habits for the nodes it selects. Without one the defaults below hold.',
  spec: policySpecSchema,
  status: policyStatusSchema,
  columns: [
    { name: 'Priority', type: 'integer', jsonPath: '.spec.priority' },
    { name: 'Class', type: 'string', jsonPath: '.spec.clockClass' },
    { name: 'Profile', type: 'string', jsonPath: '.spec.ituProfile' },
    { name: 'Nodes', type: 'integer', jsonPath: '.status.matchedNodes' },
    AGE,
  ],
  rules: [],
};

export const KINDS: readonly KindDefinition[] = [REPORT_KIND, FLEET_KIND, POLICY_KIND];

/** A CustomResourceDefinition, apiextensions.k8s.io/v1, ready to be written as YAML. */
export interface CustomResourceDefinition {
  apiVersion: 'apiextensions.k8s.io/v1';
  kind: 'CustomResourceDefinition';
  metadata: { name: string };
  spec: {
    group: string;
    scope: 'Cluster';
    names: {
      kind: string;
      listKind: string;
      plural: string;
      singular: string;
      shortNames: string[];
      categories: string[];
    };
    versions: CrdVersion[];
  };
}

interface CrdVersion {
  name: string;
  served: boolean;
  storage: boolean;
  subresources: { status: Record<string, never> };
  additionalPrinterColumns: Column[];
  schema: { openAPIV3Schema: StructuralSchema };
}

export function customResourceDefinition(kind: KindDefinition): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: 'Cluster',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: [...kind.shortNames],
        categories: ['ptp'],
      },
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [...kind.columns],
          schema: { openAPIV3Schema: rootSchema(kind) },
        },
      ],
    },
  };
}

function rootSchema(kind: KindDefinition): StructuralSchema {
  return {
    type: 'object',
    description: kind.description,
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...(kind.spec === undefined ? {} : { spec: toStructural(kind.spec, `${kind.kind}.spec`) }),
      status: toStructural(kind.status, `${kind.kind}.status`),
    },
    ...(kind.rules.length === 0 ? {} : { 'x-kubernetes-validations': [...kind.rules] }),
  };
}
