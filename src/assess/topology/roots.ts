import type { PtpFleetReportStatus } from '../../api/fleet.ts';
import type { ClockTopology } from './topology.ts';

type RootReport = PtpFleetReportStatus['clockTreeRoots'][number];

const MAX_ROOTS = 32;

/** The grandmasters as PtpFleetReport lists them: most followed first. */
export function clockTreeRoots({ trees }: Pick<ClockTopology, 'trees'>): RootReport[] {
  return trees.slice(0, MAX_ROOTS).flatMap((tree): RootReport[] => {
    const { grandmasterIdentity, nodeName, domainNumber, clockClass, followers } = tree;
    // A root without an identity is a clock that lost its own parent: no grandmaster.
    if (grandmasterIdentity === undefined) return [];
    return [
      {
        grandmasterIdentity,
        ...(nodeName === undefined ? {} : { nodeName }),
        ...(domainNumber === undefined ? {} : { domainNumber }),
        ...(clockClass === undefined ? {} : { clockClass }),
        followers,
      },
    ];
  });
}
