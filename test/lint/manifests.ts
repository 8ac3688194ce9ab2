import { dump } from 'js-yaml';
import type { PtpProfile } from '../../src/observe/observation.ts';
import {
  boundaryClock,
  dualFollower,
  highAvailabilitySet,
  ordinaryClock,
  telecomBoundaryClock,
  telecomGrandmaster,
} from '../reference-profiles.ts';

/** A PtpConfig that recommends each of its profiles to the nodes of one role. */
export function ptpConfig(name: string, profiles: readonly PtpProfile[]): Record<string, unknown> {
  return {
    apiVersion: 'ptp.openshift.io/v1',
    kind: 'PtpConfig',
    metadata: { name, namespace: 'openshift-ptp' },
    spec: {
      profile: profiles,
      recommend: profiles.map((profile) => ({
        profile: profile.name,
        priority: 4,
        match: [{ nodeLabel: `node-role.kubernetes.io/${name}` }],
      })),
    },
  };
}

export function manifest(name: string, profiles: readonly PtpProfile[]): string {
  return dump(ptpConfig(name, profiles), { lineWidth: -1 });
}

/** Configurations in the shape vendors recommend: none has an error. */
export const REFERENCES: Readonly<Record<string, string>> = {
  ordinary: manifest('ordinary', [ordinaryClock()]),
  boundary: manifest('boundary', [boundaryClock()]),
  'dual-follower': manifest('dual-follower', [dualFollower()]),
  't-bc': manifest('t-bc', telecomBoundaryClock()),
  't-gm': manifest('t-gm', [telecomGrandmaster()]),
  ha: manifest('ha', highAvailabilitySet()),
};
