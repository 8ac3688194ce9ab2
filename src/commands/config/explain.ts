import { explainInstance, type ExplainedValue } from '../../assess/compliance/explain.ts';
import type { Expected, ExpectedInstance } from '../../assess/expected.ts';
import type { ConfigProblem } from '../../ptp/config/problem.ts';

/** What `config explain --output json` prints: a stable contract. */
export interface PtpExplanation {
  kind: 'PtpExplanation';
  /** Node the profiles are those of; null when a file was looked at by itself. */
  node: string | null;
  profiles: readonly ExplainedProfile[];
  problems: readonly string[];
}

export interface ExplainedProfile {
  name: string;
  resource: string | null;
  configName: string;
  clockType: string;
  ituProfile: string;
  domainNumber: number | null;
  ports: ExpectedInstance['ports'];
  values: readonly ExplainedValue[];
  /** Lines that linuxptp or the daemon refuses, drops or reads in another way than they look. */
  problems: readonly (ConfigProblem & { program: string })[];
}

/** @param profile only the profile of this name, with or without the resource's in front. */
export function explain(
  expected: Expected,
  options: { node?: string | undefined; profile?: string | undefined; linuxptpVersion?: string | undefined },
): PtpExplanation {
  const { node, profile, linuxptpVersion } = options;
  return {
    kind: 'PtpExplanation',
    node: node ?? null,
    profiles: expected.instances
      .filter(({ name }) => profile === undefined || name === profile || name.endsWith(`_${profile}`))
      .map((instance) => explainedProfile(instance, linuxptpVersion)),
    problems: expected.problems,
  };
}

function explainedProfile(instance: ExpectedInstance, linuxptpVersion: string | undefined): ExplainedProfile {
  const configs = [instance.ptp4l, instance.phc2sys, instance.ts2phc, instance.synce4l].filter(
    (config) => config !== undefined,
  );
  return {
    name: instance.name,
    resource: instance.resourceName ?? null,
    configName: instance.configName,
    clockType: instance.clockType,
    ituProfile: instance.ituProfile,
    domainNumber: instance.domainNumber ?? null,
    ports: instance.ports,
    values: explainInstance(instance, linuxptpVersion === undefined ? {} : { linuxptpVersion }),
    problems: configs.flatMap(({ program, problems }) =>
      problems.map((problem) => ({ program, ...problem })),
    ),
  };
}
