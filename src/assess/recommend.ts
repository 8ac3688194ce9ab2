import type { PtpProfile } from '../observe/observation.ts';
import { DEFAULT_LINUXPTP_VERSION } from '../ptp/config/options.ts';
import { applyOrder, compareBytes } from './expected-model.ts';

/**
 * Which profiles a node gets, computed as the PTP operator does. `4.22` stands for that release
 * and later ones, which put the resource's name in front of the profile's; `4.21` for those before.
 */
export type OperatorGeneration = '4.21' | '4.22';

/** The parts of a PtpConfig the choice depends on. Absent fields are what the resource left out. */
export interface PtpConfigResource {
  name: string;
  profiles?: readonly PtpProfile[];
  recommend?: readonly ProfileRecommendation[];
}

export interface ProfileRecommendation {
  profile?: string;
  /** 0 is the highest. */
  priority?: number;
  match?: readonly { nodeLabel?: string; nodeName?: string }[];
}

export interface LabelledNode {
  name: string;
  /** Only the keys count: the operator never looks at a label's value. */
  labels: Readonly<Record<string, string>>;
}

export interface AssignedProfile {
  profile: PtpProfile;
  /** PtpConfig that holds it. */
  resourceName: string;
  /** N of `ptp4l.N.config` on the node. */
  configNumber: number;
}

export type LossReason = 'NoMatch' | 'EmptyMatch' | 'NoProfile' | 'LowerPriority';

/** A recommendation that gave the node nothing, and why. */
export interface LostRecommendation {
  resourceName: string;
  profile?: string;
  reason: LossReason;
  message: string;
}

export interface NodeAssignment {
  node: string;
  /** In the order of the ConfigMap, which is by name. Empty when the operator would fail. */
  profiles: readonly AssignedProfile[];
  lost: readonly LostRecommendation[];
  /** Why the operator fails on this node; it then updates no node at all. */
  error?: string;
}

export interface FleetAssignment {
  nodes: readonly NodeAssignment[];
  /** First error by node name: while it stands, no node gets a new configuration. */
  error?: string;
}

interface Candidate {
  resourceName: string;
  profile: string;
  priority: number | undefined;
  labels: readonly string[];
  nodeNames: readonly string[];
}

const NAME_SEPARATOR = '_';

/** Assigns profiles to every node. An error on one node stops the update of all. */
export function assignProfiles(
  resources: readonly PtpConfigResource[],
  nodes: readonly LabelledNode[],
  generation: OperatorGeneration,
): FleetAssignment {
  const assign = profileAssigner(resources, generation);
  const assignments = nodes.map(assign);
  const failed = assignments.find(({ error }) => error !== undefined);
  return {
    nodes: assignments,
    ...(failed?.error === undefined ? {} : { error: `${failed.node}: ${failed.error}` }),
  };
}

/** Prepares the resources once; the function it gives is cheap enough to run for every node. */
export function profileAssigner(
  resources: readonly PtpConfigResource[],
  generation: OperatorGeneration,
): (node: LabelledNode) => NodeAssignment {
  const ordered = resources.toSorted((left, right) => compareBytes(left.name, right.name));
  const { candidates, unusable } = readRecommendations(ordered);
  const holders = holdersByProfile(ordered);
  return (node) => {
    const matching: Candidate[] = [];
    const lost = [...unusable];
    for (const candidate of candidates) {
      if (matches(candidate, node)) matching.push(candidate);
      else lost.push(noMatch(candidate));
    }
    const withoutPriority = matching.find(({ priority }) => priority === undefined);
    if (withoutPriority !== undefined) {
      const { profile, resourceName } = withoutPriority;
      return {
        node: node.name,
        profiles: [],
        lost,
        error: `profile "${profile}" of PtpConfig "${resourceName}" is recommended without a priority`,
      };
    }
    // The first match in ascending order fixes the priority; only its equals are added.
    const best = matching[0]?.priority;
    lost.push(
      ...matching
        .filter(({ priority }) => priority !== best)
        .map((candidate) => lowerPriority(candidate, best)),
    );
    const names = new Set(matching.filter(({ priority }) => priority === best).map(({ profile }) => profile));
    return { node: node.name, lost, ...collect(names, holders, generation) };
  };
}

function readRecommendations(resources: readonly PtpConfigResource[]): {
  candidates: readonly Candidate[];
  unusable: readonly LostRecommendation[];
} {
  const candidates: Candidate[] = [];
  const unusable: LostRecommendation[] = [];
  for (const { name: resourceName, recommend = [] } of resources) {
    for (const { profile, priority, match = [] } of recommend) {
      if (profile === undefined) {
        unusable.push({ resourceName, reason: 'NoProfile', message: 'the recommendation names no profile' });
      } else if (match.length === 0) {
        unusable.push({
          resourceName,
          profile,
          reason: 'EmptyMatch',
          message: 'the recommendation has no match rule',
        });
      } else {
        const labels = match.flatMap(({ nodeLabel }) => (nodeLabel === undefined ? [] : [nodeLabel]));
        const nodeNames = match.flatMap(({ nodeName }) => (nodeName === undefined ? [] : [nodeName]));
        candidates.push({ resourceName, profile, priority, labels, nodeNames });
      }
    }
  }
  return { candidates: candidates.toSorted(byPriority), unusable };
}

/** Ascending; entries without a priority last, as the operator sorts them. */
function byPriority(left: Candidate, right: Candidate): number {
  return (left.priority ?? Infinity) === (right.priority ?? Infinity)
    ? 0
    : (left.priority ?? Infinity) - (right.priority ?? Infinity);
}

function matches(candidate: Candidate, node: LabelledNode): boolean {
  return (
    candidate.nodeNames.includes(node.name) ||
    candidate.labels.some((label) => Object.hasOwn(node.labels, label))
  );
}

function noMatch({ resourceName, profile, labels, nodeNames }: Candidate): LostRecommendation {
  const assignment = labels.find((label) => label.includes('='));
  const message =
    assignment === undefined
      ? `the node has none of: ${[...labels.map((label) => `label ${label}`), ...nodeNames.map((name) => `name ${name}`)].join(', ')}`
      : `nodeLabel "${assignment}" is compared with label keys only: with "=" in it, it matches no node`;
  return { resourceName, profile, reason: 'NoMatch', message };
}

function lowerPriority(
  { resourceName, profile, priority }: Candidate,
  best: number | undefined,
): LostRecommendation {
  return {
    resourceName,
    profile,
    reason: 'LowerPriority',
    message: `priority ${priority} loses to ${best}; the lowest number wins`,
  };
}

interface Holder {
  resourceName: string;
  profile: PtpProfile;
}

function holdersByProfile(resources: readonly PtpConfigResource[]): ReadonlyMap<string, readonly Holder[]> {
  const holders = new Map<string, Holder[]>();
  for (const { name: resourceName, profiles = [] } of resources) {
    for (const profile of profiles) {
      const known = holders.get(profile.name);
      if (known === undefined) holders.set(profile.name, [{ resourceName, profile }]);
      else known.push({ resourceName, profile });
    }
  }
  return holders;
}

/** Every profile of a chosen name, in whichever resource it stands. */
function collect(
  names: ReadonlySet<string>,
  holders: ReadonlyMap<string, readonly Holder[]>,
  generation: OperatorGeneration,
): Pick<NodeAssignment, 'profiles' | 'error'> {
  const found = [...names].flatMap((name) => holders.get(name) ?? []);
  const missing = [...names].filter((name) => !holders.has(name));
  const twice = [...names].filter((name) => (holders.get(name)?.length ?? 0) > 1);
  // Before 4.22 only the counts are compared: a missing name and a doubled one cancel out.
  const fails = generation === '4.21' ? found.length !== names.size : missing.length > 0;
  if (fails) {
    const error =
      missing.length > 0
        ? `no PtpConfig holds profile ${quote(missing)}`
        : `more than one PtpConfig holds profile ${quote(twice)}`;
    return { profiles: [], error };
  }
  const applied =
    generation === '4.21' ? found : found.map((holder) => ({ ...holder, profile: qualify(holder, holders) }));
  const sorted = applied.toSorted((left, right) => compareBytes(left.profile.name, right.profile.name));
  const order = applyOrder(
    sorted.map(({ profile }) => profile),
    DEFAULT_LINUXPTP_VERSION,
  );
  return { profiles: sorted.map((holder) => ({ ...holder, configNumber: order.indexOf(holder.profile) })) };
}

function quote(names: readonly string[]): string {
  return names
    .toSorted(compareBytes)
    .map((name) => `"${name}"`)
    .join(', ');
}

/** Puts the resource's name in front of the profile's own and of those it refers to. */
function qualify(
  { resourceName, profile }: Holder,
  holders: ReadonlyMap<string, readonly Holder[]>,
): PtpProfile {
  const name = `${resourceName}${NAME_SEPARATOR}${profile.name}`;
  const { ptpSettings } = profile;
  if (ptpSettings === undefined) return { ...profile, name };
  const reference = (wanted: string): string => qualifiedReference(wanted.trim(), resourceName, holders);
  const { controllingProfile, haProfiles } = ptpSettings;
  return {
    ...profile,
    name,
    ptpSettings: {
      ...ptpSettings,
      ...(controllingProfile === undefined || controllingProfile === ''
        ? {}
        : { controllingProfile: reference(controllingProfile) }),
      ...(haProfiles === undefined || haProfiles === ''
        ? {}
        : { haProfiles: haProfiles.split(',').map(reference).join(',') }),
    },
  };
}

function qualifiedReference(
  wanted: string,
  resourceName: string,
  holders: ReadonlyMap<string, readonly Holder[]>,
): string {
  const separator = wanted.indexOf(NAME_SEPARATOR);
  const prefix = wanted.slice(0, Math.max(separator, 0));
  const isQualified =
    separator > 0 &&
    holders.get(wanted.slice(separator + 1))?.some((holder) => holder.resourceName === prefix) === true;
  if (isQualified) return wanted;
  const candidates = holders.get(wanted) ?? [];
  const chosen = candidates.find((holder) => holder.resourceName === resourceName) ?? candidates[0];
  return chosen === undefined ? wanted : `${chosen.resourceName}${NAME_SEPARATOR}${wanted}`;
}
