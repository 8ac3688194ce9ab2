import type { FaultKind } from '../../src/ptp/fault-kind.ts';

/**
 * What each injected fault must look like on each host. `kinds`: any of them names it rightly;
 * the first is what an expert would say. `delaySeconds`: how long after the fault (and after its
 * end) the protocol's timers and the detectors may take.
 */
export interface FaultExpectation {
  /** Text of the FAULT line in events.tsv. */
  readonly fault: RegExp;
  readonly host: string;
  readonly kinds: readonly FaultKind[];
  readonly delaySeconds: number;
  /** Key of the cause in src/ptp/knowledge.ts that is the true one, where the capture tells. */
  readonly cause?: string;
}

const GRANDMASTER_GONE: readonly FaultKind[] = ['AnnounceTimeout'];

export const FAULT_EXPECTATIONS: readonly FaultExpectation[] = [
  { fault: /^kill gm\d/, host: 'sl1', kinds: GRANDMASTER_GONE, delaySeconds: 3, cause: 'TransmitterStopped' },
  {
    fault: /^kill gm\d/,
    host: 'node',
    kinds: GRANDMASTER_GONE,
    delaySeconds: 3,
    cause: 'TransmitterStopped',
  },
  {
    fault: /^kill gm1/,
    host: 'gm1',
    kinds: ['ProcessRestarted', 'ProcessDown'],
    delaySeconds: 3,
    cause: 'Restarted',
  },
  { fault: /^ip link set ens1f0 down on sl1/, host: 'sl1', kinds: ['LinkDown'], delaySeconds: 2 },
  {
    fault: /^grandmaster in domain/,
    host: 'sl1',
    kinds: ['NotAcquired'],
    delaySeconds: 25,
    cause: 'DomainMismatch',
  },
  {
    fault: /^gm2 appears/,
    host: 'sl1',
    kinds: ['GrandmasterChanged'],
    delaySeconds: 4,
    cause: 'BetterAppeared',
  },
  {
    fault: /PTP frames dropped/,
    host: 'sl1',
    kinds: ['AnnounceTimeout', 'PortFlapping'],
    delaySeconds: 25,
    cause: 'PathBroken',
  },
  { fault: /^Delay_Resp frames dropped/, host: 'sl1', kinds: ['DelayResponseTimeout'], delaySeconds: 10 },
  { fault: /oscillator/, host: 'sl1', kinds: ['FrequencyDisturbance'], delaySeconds: 5 },
  { fault: /transmit time stamps? missing/, host: 'sl1', kinds: ['TxTimestampTimeout'], delaySeconds: 3 },
  {
    fault: /^kill \(ptp4l of the client\)/,
    host: 'sl1',
    kinds: ['ProcessDown', 'ProcessRestarted'],
    delaySeconds: 5,
  },
  { fault: /^bc upstream port down/, host: 'bc', kinds: ['LinkDown'], delaySeconds: 2 },
  {
    fault: /^bc upstream port down/,
    host: 'sl1',
    kinds: ['GrandmasterChanged', 'GrandmasterDegraded'],
    delaySeconds: 4,
    cause: 'UpstreamLostItsSource',
  },
  { fault: /^NMEA status void/, host: 'gm1', kinds: ['GnssLost', 'NmeaLost'], delaySeconds: 5 },
  {
    fault: /^NMEA sentences stop/,
    host: 'gm1',
    kinds: ['NmeaLost'],
    delaySeconds: 5,
    cause: 'SentencesStopped',
  },
  { fault: /^receiver 1PPS jumps/, host: 'gm1', kinds: ['ClockStep', 'OffsetExceeded'], delaySeconds: 5 },
];

/** Hosts of the misconfig folder: started with a configuration that linuxptp refuses, or none. */
export const REFUSED: Readonly<Record<string, readonly FaultKind[]>> = {
  'unknown-option': ['ConfigurationRejected'],
  'value-out-of-range': ['ConfigurationRejected'],
  'bad-value': ['ConfigurationRejected'],
  garbage: ['ConfigurationRejected'],
  'no-such-interface': ['ConfigurationRejected'],
  'no-interface': ['ConfigurationRejected'],
};
