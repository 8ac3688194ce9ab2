import { profileAssigner, type NodeAssignment, type OperatorGeneration } from '../../assess/recommend.ts';
import type { ProfilesAssigned, PtpProfile } from '../../observe/observation.ts';
import { appliedProfiles, type AppliedConfig } from '../../observe/resources/applied-config.ts';
import type { ClusterNode } from '../../observe/resources/node.ts';
import type { PtpConfig } from '../../observe/resources/ptp-config.ts';

export type Assignment = Pick<ProfilesAssigned, 'origin' | 'profiles' | 'resourceNames' | 'problem'>;

/** Which profiles each node runs and should run; made anew when PtpConfigs or the configmap change. */
export class Assignments {
  readonly #configs: readonly PtpConfig[];
  readonly #applied: AppliedConfig | undefined;
  readonly #assign: ((node: ClusterNode) => NodeAssignment) | undefined;
  readonly #problem: string | undefined;

  /** @param configs undefined when PtpConfigs cannot be read. */
  constructor(configs: readonly PtpConfig[] | undefined, applied: AppliedConfig | undefined) {
    this.#configs = configs ?? [];
    this.#applied = applied;
    this.#assign =
      configs === undefined ? undefined : profileAssigner(configs, generationOf(configs, applied));
    const problems = this.#configs.flatMap((config) => config.problems);
    this.#problem = problems.length === 0 ? undefined : problems.join('; ').slice(0, 500);
  }

  /** All that is known, best first: applied, desired, matched. Empty = no source says anything. */
  of(node: ClusterNode): Assignment[] {
    return [this.#appliedTo(node), this.#desiredFor(node), this.#matchedTo(node)].filter(
      (one) => one !== undefined,
    );
  }

  #appliedTo(node: ClusterNode): Assignment | undefined {
    if (this.#applied === undefined) return undefined;
    const applied = appliedProfiles(this.#applied, node.name);
    if (applied === undefined) return undefined;
    const resourceNames = this.#resourceNames(applied.profiles);
    return { origin: 'Applied', ...applied, resourceNames };
  }

  #desiredFor(node: ClusterNode): Assignment | undefined {
    const assignment = this.#assign?.(node);
    if (assignment === undefined) return undefined;
    const problem = assignment.error ?? this.#problem;
    return {
      origin: 'Desired',
      profiles: assignment.profiles.map(({ profile }) => profile),
      resourceNames: Object.fromEntries(
        assignment.profiles.map(({ profile, resourceName }) => [profile.name, resourceName]),
      ),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  #matchedTo(node: ClusterNode): Assignment | undefined {
    const profiles: PtpProfile[] = [];
    const resourceNames: Record<string, string> = {};
    for (const config of this.#configs) {
      const names = config.matchList
        .filter((match) => match.nodeName === node.name)
        .map((match) => match.profile);
      for (const profile of config.profiles.filter(({ name }) => names.includes(name))) {
        profiles.push(profile);
        resourceNames[profile.name] = config.name;
      }
    }
    return profiles.length === 0 ? undefined : { origin: 'Matched', profiles, resourceNames };
  }

  /** From 4.22 on the applied name is `<PtpConfig>_<profile>`, before it is the profile's own. */
  #resourceNames(profiles: readonly PtpProfile[]): Record<string, string> {
    const names: Record<string, string> = {};
    for (const { name } of profiles) {
      const holder = this.#configs.find((config) =>
        config.profiles.some((profile) => name === profile.name || name === qualified(config, profile)),
      );
      if (holder !== undefined) names[name] = holder.name;
    }
    return names;
  }
}

function qualified(config: PtpConfig, profile: PtpProfile): string {
  return `${config.name}_${profile.name}`;
}

/** Seen by the names in the configmap: releases from 4.22 on put the resource's name in front. */
function generationOf(configs: readonly PtpConfig[], applied: AppliedConfig | undefined): OperatorGeneration {
  const qualifiedNames = new Set(
    configs.flatMap((config) => config.profiles.map((profile) => qualified(config, profile))),
  );
  for (const nodeName of Object.keys(applied?.byNode ?? {})) {
    const names =
      applied === undefined
        ? []
        : (appliedProfiles(applied, nodeName)?.profiles ?? []).map(({ name }) => name);
    if (names.length > 0) return names.every((name) => qualifiedNames.has(name)) ? '4.22' : '4.21';
  }
  return '4.21';
}
