import { buildExpected } from '../../assess/expected-model.ts';
import type { Expected } from '../../assess/expected.ts';
import type { PtpProfile } from '../../observe/observation.ts';
import type { ClusterNode } from '../../observe/resources/node.ts';
import { Assignments } from '../operator/assignments.ts';
import type { ClusterView } from './sources.ts';

/** What a node is meant to run: what is applied, else what the PtpConfigs give it. */
export function expectedOfNode(
  { configs, nodes, applied }: ClusterView,
  name: string,
  linuxptpVersion?: string,
): Expected {
  const known = nodes.find((node) => node.name === name);
  // Without the node's labels, only recommendations by its name can be told.
  const node: ClusterNode = known ?? { name, uid: '', ready: 'Unknown', labels: {} };
  const assigned = new Assignments(configs, applied)
    .of(node)
    .map(
      (one) => ({ kind: 'profilesAssigned', node: name, source: 'Resource', atMicros: 0, ...one }) as const,
    );
  const expected = buildExpected({ assigned, linuxptpVersion });
  if (known !== undefined || expected.instances.length > 0) return expected;
  const problem = `node ${name}: its labels are not known, and no profile is recommended to it by name`;
  return { ...expected, problems: [...expected.problems, problem] };
}

/** All profiles of the resources as if one node ran them. */
export function expectedOfAll({ configs }: ClusterView, linuxptpVersion?: string): Expected {
  const profiles = new Map<string, PtpProfile>();
  const resourceNames: Record<string, string> = {};
  for (const config of configs) {
    for (const profile of config.profiles) {
      // Names count within a resource only; a second one is shown with the resource's in front.
      const name = profiles.has(profile.name) ? `${config.name}_${profile.name}` : profile.name;
      profiles.set(name, { ...profile, name });
      resourceNames[name] = config.name;
    }
  }
  const source = { node: '', source: 'Resource', atMicros: 0, origin: 'Desired' } as const;
  return buildExpected({
    assigned: [{ kind: 'profilesAssigned', ...source, profiles: [...profiles.values()], resourceNames }],
    linuxptpVersion,
  });
}
