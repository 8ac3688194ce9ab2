import { profileAssigner, type LabelledNode, type OperatorGeneration } from '../../assess/recommend.ts';
import {
  resourceOf,
  type ManifestProfile,
  type PtpConfigManifest,
} from '../manifests/ptp-config-manifest.ts';
import type { PtpProfile } from '../../observe/observation.ts';

/** Profiles that one node would run together, by the name they have there. */
export interface ProfileGroup {
  profiles: readonly PtpProfile[];
  origins: ReadonlyMap<string, ManifestProfile>;
}

const MAX_NODES = 2_000;

/**
 * Rules about several profiles hold for those of one node. Which meet there is told by imagined
 * nodes: one for each label and each node name that is asked for. What is left over stands alone.
 */
export function groupProfiles(manifests: readonly PtpConfigManifest[]): readonly ProfileGroup[] {
  const all = manifests.flatMap(({ profiles }) => profiles);
  const generation: OperatorGeneration =
    new Set(all.map(({ profile }) => profile.name)).size === all.length ? '4.21' : '4.22';
  const originsByName = new Map<string, ManifestProfile>();
  for (const one of all) {
    const name = nameOnNode(one, generation);
    if (!originsByName.has(name)) originsByName.set(name, one);
  }
  const names = new Set(all.map(({ profile }) => profile.name));
  const assign = profileAssigner(
    manifests.map((manifest) => {
      const resource = resourceOf(manifest);
      // What stops the operator has a finding of its own, and must not hide the others.
      const recommend = resource.recommend?.filter(
        ({ profile, priority }) => priority !== undefined && names.has(profile ?? ''),
      );
      return { ...resource, ...(recommend === undefined ? {} : { recommend }) };
    }),
    generation,
  );
  const groups = new Map<string, ProfileGroup>();
  const grouped = new Set<ManifestProfile>();
  for (const node of imaginedNodes(manifests)) {
    const profiles = assign(node).profiles.map(({ profile }) => profile);
    const origins = new Map<string, ManifestProfile>();
    for (const { name } of profiles) {
      const origin = originsByName.get(name);
      if (origin === undefined) continue;
      origins.set(name, origin);
      grouped.add(origin);
    }
    if (origins.size > 0) groups.set([...origins.keys()].join('\n'), { profiles, origins });
  }
  const alone = all
    .filter((one) => !grouped.has(one))
    .map((one) => ({ profiles: [one.profile], origins: new Map([[one.profile.name, one]]) }));
  return [...groups.values(), ...alone];
}

function nameOnNode({ manifest, profile }: ManifestProfile, generation: OperatorGeneration): string {
  return generation === '4.21' ? profile.name : `${manifest.name}_${profile.name}`;
}

function imaginedNodes(manifests: readonly PtpConfigManifest[]): readonly LabelledNode[] {
  const labels = new Set<string>();
  const nodeNames = new Set<string>();
  for (const { nodeLabel, nodeName } of manifests.flatMap(({ recommend = [] }) =>
    recommend.flatMap(({ match = [] }) => match),
  )) {
    if (nodeLabel !== undefined && labels.size < MAX_NODES) labels.add(nodeLabel);
    if (nodeName !== undefined && nodeNames.size < MAX_NODES) nodeNames.add(nodeName);
  }
  return [
    ...[...labels].map((label) => ({ name: '', labels: { [label]: '' } })),
    ...[...nodeNames].map((name) => ({ name, labels: {} })),
  ];
}
