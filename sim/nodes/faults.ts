import type { SimulatedNode } from './node.ts';

/** A fault that can be made and cleared. `start` gives the function that clears it. */
export interface Fault {
  readonly id: string;
  /** What happens, for the list of the demo. */
  readonly title: string;
  /** It leaves no line that names it; only absence, numbers or configuration show it. */
  readonly isSilent: boolean;
  readonly start: (node: SimulatedNode) => () => void;
}

const ANOTHER_DOMAIN_OFFSET = 1;
const FLAP_MILLIS = 4_000;
const STEP_NANOSECONDS = 3e9;
const ASYMMETRY_NANOSECONDS = 2_000;
const OTHER_GRANDMASTER = '507c6f.fffe.0000ff';

const nothing = (): void => undefined;

function firstPort(node: SimulatedNode): string {
  const { instance } = node.follower;
  return instance.receivers[0] ?? instance.transmitters[0] ?? '';
}

export const FAULTS = [
  {
    id: 'linkDown',
    title: 'the cable of the receiving port is pulled',
    isSilent: false,
    start: (node) => {
      const port = firstPort(node);
      node.follower.setLink(port, false);
      return () => node.follower.setLink(port, true);
    },
  },
  {
    id: 'portFlapping',
    title: 'the receiving port loses its link every few seconds',
    isSilent: false,
    start: (node) => {
      const port = firstPort(node);
      let isUp = true;
      const flip = (): void => {
        isUp = !isUp;
        node.follower.setLink(port, isUp);
      };
      const cancel = node.agenda.every(FLAP_MILLIS, flip, 0);
      return () => {
        cancel();
        node.follower.setLink(port, true);
      };
    },
  },
  {
    id: 'grandmasterLost',
    title: 'the grandmaster stops; the platform metrics keep saying LOCKED',
    isSilent: false,
    start: (node) => {
      node.follower.setGrandmaster(false);
      return () => node.follower.setGrandmaster(true);
    },
  },
  {
    id: 'grandmasterChanged',
    title: 'another grandmaster takes over',
    isSilent: false,
    start: (node) => {
      node.follower.setGrandmaster(true, OTHER_GRANDMASTER);
      return () => node.follower.setGrandmaster(true, node.spec.grandmaster);
    },
  },
  {
    id: 'grandmasterDegraded',
    title: 'the grandmaster announces clock class 248',
    isSilent: true,
    start: (node) => {
      node.setUpstreamClass(248);
      return () => node.setUpstreamClass(6);
    },
  },
  {
    id: 'holdover',
    title: 'the upstream port of a T-BC hears no grandmaster',
    isSilent: false,
    start: (node) => {
      node.follower.setGrandmaster(false);
      return () => node.follower.setGrandmaster(true);
    },
  },
  {
    id: 'gnssLost',
    title: 'the GNSS receiver of a T-GM has no fix',
    isSilent: false,
    start: (node) => {
      setGnss(node, false);
      return () => setGnss(node, true);
    },
  },
  {
    id: 'wrongDomain',
    title: 'a profile with another domain number is applied',
    isSilent: true,
    start: (node) => {
      node.setDomain(node.spec.domain + ANOTHER_DOMAIN_OFFSET);
      return () => node.setDomain(node.spec.domain);
    },
  },
  {
    id: 'syncLost',
    title: 'Sync messages are lost while Announce passes: the port stays SLAVE',
    isSilent: true,
    start: (node) => {
      node.follower.receivesSync = false;
      return () => {
        node.follower.receivesSync = true;
      };
    },
  },
  {
    id: 'asymmetry',
    title: 'one direction of the path gets 2 µs longer; the offset settles, the time is wrong',
    isSilent: true,
    start: (node) => {
      node.follower.setAsymmetry(ASYMMETRY_NANOSECONDS);
      return () => node.follower.setAsymmetry(0);
    },
  },
  {
    id: 'txTimestampTimeout',
    title: 'the card returns no transmit time stamps',
    isSilent: false,
    start: (node) => {
      node.follower.losesTxTimestamps = true;
      return () => {
        node.follower.losesTxTimestamps = false;
      };
    },
  },
  {
    id: 'ptp4lKilled',
    title: 'ptp4l is killed and started again by the daemon',
    isSilent: false,
    start: (node) => {
      node.killProcess('ptp4l');
      return nothing;
    },
  },
  {
    id: 'containerRestarted',
    title: 'the daemon container restarts',
    isSilent: false,
    start: (node) => {
      node.restartContainer();
      return nothing;
    },
  },
  {
    id: 'phcStep',
    title: 'something steps the PHC by 3 s',
    isSilent: false,
    start: (node) => {
      node.follower.clock.step(STEP_NANOSECONDS);
      return nothing;
    },
  },
  {
    id: 'secondTimeDaemon',
    title: 'chronyd steers the system clock besides phc2sys',
    isSilent: false,
    start: (node) => {
      const { phc2sys } = node;
      if (phc2sys !== undefined) phc2sys.isDisturbed = true;
      return () => {
        if (phc2sys !== undefined) phc2sys.isDisturbed = false;
      };
    },
  },
] as const satisfies readonly Fault[];

export type FaultId = (typeof FAULTS)[number]['id'];
export const FAULT_IDS = FAULTS.map((fault) => fault.id) as [FaultId, ...FaultId[]];

export function findFault(id: FaultId): Fault {
  const fault = FAULTS.find((candidate) => candidate.id === id);
  if (fault === undefined) throw new RangeError(`unknown fault ${id}; known: ${FAULT_IDS.join(', ')}`);
  return fault;
}

function setGnss(node: SimulatedNode, hasFix: boolean): void {
  if (node.ts2phc !== undefined) node.ts2phc.hasNmea = hasFix;
  node.chain?.setReference(hasFix);
}
