import { profileAssigner, type OperatorGeneration } from '../../assess/recommend.ts';
import { programOfConfig, runtimeNameOf } from '../../observe/archive/config-file.ts';
import type { NodePlan } from '../../observe/archive/node-plan.ts';
import type { ClusterObjects } from '../../observe/archive/objects.ts';
import type { Observation } from '../../observe/observation.ts';
import type { Micros } from '../../ptp/time.ts';

/** What is known of a node before its first line: configuration, devices, labels. */
export function factsOf(plan: NodePlan, objects: ClusterObjects, atMicros: Micros): Observation[] {
  const base = { node: plan.name, source: 'Archive', atMicros } as const;
  const facts: Observation[] = [
    {
      ...base,
      kind: 'sourceCondition',
      name: 'Metrics',
      condition: 'Absent',
      reason: 'Offline',
      message: 'logs carry no metrics',
    },
    {
      ...base,
      kind: 'sourceCondition',
      name: 'Events',
      condition: 'Absent',
      reason: 'Offline',
      message: 'logs carry no cloud events',
    },
  ];
  const cluster = objects.nodes.get(plan.name);
  if (cluster !== undefined)
    facts.push({ ...base, kind: 'node', uid: cluster.uid, ready: cluster.ready, labels: cluster.labels });
  for (const { file } of plan.configs) {
    const { path } = file.entry;
    const { text } = file;
    facts.push({
      ...base,
      kind: 'configFile',
      program: programOfConfig(path, text),
      configName: runtimeNameOf(path, text),
      text,
    });
  }
  const applied = objects.appliedTo(plan.name);
  if (applied !== undefined) facts.push({ ...base, kind: 'profilesAssigned', origin: 'Applied', ...applied });
  const desired = desiredProfiles(plan, objects, applied?.profiles.map(({ name }) => name) ?? []);
  if (desired !== undefined) facts.push({ ...base, ...desired });
  const devices = objects.devices.get(plan.name);
  if (devices !== undefined) facts.push({ ...base, kind: 'devices', devices: devices.devices });
  return facts;
}

type Desired = Pick<
  Extract<Observation, { kind: 'profilesAssigned' }>,
  'kind' | 'origin' | 'profiles' | 'resourceNames' | 'problem'
>;

/** The profiles the PtpConfigs give the node; undefined without PtpConfigs. */
function desiredProfiles(
  plan: NodePlan,
  objects: ClusterObjects,
  appliedNames: readonly string[],
): Desired | undefined {
  if (objects.ptpConfigs.size === 0) return undefined;
  const resources = [...objects.ptpConfigs.values()];
  const generation: OperatorGeneration = appliedNames.some((name) =>
    resources.some((resource) => name.startsWith(`${resource.name}_`)),
  )
    ? '4.22'
    : '4.21';
  const labels = objects.nodes.get(plan.name)?.labels;
  // Without the node's labels most recommendations cannot be matched, and a guess would look like drift.
  if (labels === undefined) return undefined;
  const { profiles, error } = profileAssigner(resources, generation)({ name: plan.name, labels });
  return {
    kind: 'profilesAssigned',
    origin: 'Desired',
    profiles: profiles.map(({ profile }) => profile),
    resourceNames: Object.fromEntries(
      profiles.map(({ profile, resourceName }) => [profile.name, resourceName]),
    ),
    ...(error !== undefined && { problem: error }),
  };
}
