import type { KubeObject } from '../../kube/objects.ts';
import type { PtpProfile } from '../observation.ts';
import { fieldsOf, integerOf, itemsOf, textOf } from './loose.ts';
import { readProfiles } from './profile.ts';

/** What we keep of a PtpConfig. */
export interface PtpConfig {
  name: string;
  profiles: readonly PtpProfile[];
  recommend: readonly Recommendation[];
  /** The PTP Operator's own word on which node takes which profile; filled since 4.21. */
  matchList: readonly { nodeName: string; profile: string }[];
  problems: readonly string[];
}

export interface Recommendation {
  profile?: string;
  /** 0 is the highest; absent counts as the lowest. */
  priority?: number;
  match: readonly { nodeLabel?: string; nodeName?: string }[];
}

export function projectPtpConfig(raw: KubeObject): PtpConfig {
  const spec = fieldsOf(raw['spec']);
  const { profiles, problems } = readProfiles(itemsOf(spec['profile']));
  return {
    name: raw.metadata.name,
    profiles,
    recommend: itemsOf(spec['recommend']).map(readRecommendation),
    matchList: itemsOf(fieldsOf(raw['status'])['matchList']).flatMap(readMatch),
    problems: problems.map((problem) => `PtpConfig ${raw.metadata.name}: ${problem}`),
  };
}

function readRecommendation(raw: unknown): Recommendation {
  const fields = fieldsOf(raw);
  const profile = textOf(fields['profile']);
  const priority = integerOf(fields['priority']);
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(priority === undefined ? {} : { priority }),
    match: itemsOf(fields['match']).map((item) => {
      const nodeLabel = textOf(fieldsOf(item)['nodeLabel']);
      const nodeName = textOf(fieldsOf(item)['nodeName']);
      return {
        ...(nodeLabel === undefined ? {} : { nodeLabel }),
        ...(nodeName === undefined ? {} : { nodeName }),
      };
    }),
  };
}

function readMatch(raw: unknown): { nodeName: string; profile: string }[] {
  const nodeName = textOf(fieldsOf(raw)['nodeName']);
  const profile = textOf(fieldsOf(raw)['profile']);
  return nodeName === undefined || profile === undefined ? [] : [{ nodeName, profile }];
}
