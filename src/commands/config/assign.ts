import {
  assignProfiles,
  type FleetAssignment,
  type LossReason,
  type NodeAssignment,
  type OperatorGeneration,
} from '../../assess/recommend.ts';
import type { ClusterView } from './sources.ts';

/** What `config assign --output json` prints: a stable contract, fields are added and never renamed. */
export interface PtpAssignment {
  kind: 'PtpAssignment';
  nodes: readonly {
    name: string;
    /** Names as applied, in the order of ptp-configmap. */
    profiles: readonly string[];
    applied: readonly { profile: string; resource: string; configName: string }[];
    lost: readonly { resource: string; profile: string | null; reason: LossReason; message: string }[];
    error: string | null;
  }[];
  /** Why no node is updated; null when all are. */
  error: string | null;
}

export function assignment({ configs, nodes }: ClusterView, generation: OperatorGeneration): PtpAssignment {
  return toContract(assignProfiles(configs, nodes, generation));
}

function toContract({ nodes, error }: FleetAssignment): PtpAssignment {
  return { kind: 'PtpAssignment', nodes: nodes.map(nodeContract), error: error ?? null };
}

function nodeContract({ node, profiles, lost, error }: NodeAssignment): PtpAssignment['nodes'][number] {
  return {
    name: node,
    profiles: profiles.map(({ profile }) => profile.name),
    applied: profiles.map(({ profile, resourceName, configNumber }) => ({
      profile: profile.name,
      resource: resourceName,
      configName: `ptp4l.${configNumber}.config`,
    })),
    lost: lost.map(({ resourceName, profile, reason, message }) => ({
      resource: resourceName,
      profile: profile ?? null,
      reason,
      message,
    })),
    error: error ?? null,
  };
}

export function renderAssignment({ nodes, error }: PtpAssignment): string {
  const lines = nodes.flatMap((node) => [
    node.name,
    ...node.applied.map(
      ({ profile, resource, configName }) =>
        `  ${profile} of PtpConfig ${resource}, as ${configName}${node.error === null ? '' : ' (not applied)'}`,
    ),
    ...(node.applied.length === 0 && node.error === null ? ['  no profile'] : []),
    ...(node.error === null ? [] : [`  error: ${node.error}`]),
    ...node.lost.map(
      ({ resource, profile, message }) => `  not ${profile ?? '?'} of PtpConfig ${resource}: ${message}`,
    ),
  ]);
  const verdict = error === null ? [] : [`The operator updates no node: ${error}`];
  return [...lines, ...verdict, ''].join('\n');
}
