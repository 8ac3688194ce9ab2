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

const expect = (
  fault: RegExp,
  host: string,
  kinds: readonly FaultKind[],
  delaySeconds: number,
  cause?: string,
): FaultExpectation => ({ fault, host, kinds, delaySeconds, ...(cause !== undefined && { cause }) });

export const FAULT_EXPECTATIONS: readonly FaultExpectation[] = [
  expect(/^kill( gm1| gm2|$)/, 'sl1', ['AnnounceTimeout', 'GrandmasterChanged'], 3),
  expect(/^kill gm1/, 'node', ['AnnounceTimeout'], 3, 'TransmitterStopped'),
  expect(/^kill gm1/, 'gm1', ['ProcessRestarted', 'ProcessDown'], 3, 'Restarted'),
  expect(/^switch drops all PTP frames/, 'sl1', ['AnnounceTimeout'], 3),
  expect(/^Announce frames dropped/, 'sl1', ['AnnounceTimeout'], 3),
  expect(/^client moved to another vlan/, 'sl1', ['AnnounceTimeout'], 3),
  expect(/^no grandmaster yet/, 'sl1', ['NotAcquired'], 25, 'NoAnnounce'),
  expect(/^ip link set ens1f0 down on sl1/, 'sl1', ['LinkDown'], 2),
  expect(/^switch port of sl1 down/, 'sl1', ['LinkDown'], 2),
  expect(/^link down$/, 'sl1', ['LinkDown', 'PortFlapping'], 3),
  expect(/^link flaps/, 'sl1', ['PortFlapping', 'LinkDown'], 3, 'LinkFlaps'),
  expect(/^grandmaster in domain/, 'sl1', ['NotAcquired'], 25, 'DomainMismatch'),
  expect(/^grandmaster on UDPv4/, 'sl1', ['NotAcquired'], 25, 'TransportMismatch'),
  expect(/^client on UDPv4/, 'sl1', ['NotAcquired'], 25, 'TransportMismatch'),
  expect(/^client uses P2P/, 'sl1', ['NotAcquired'], 25, 'DelayMechanismMismatch'),
  expect(/^grandmaster uses P2P/, 'sl1', ['NotAcquired'], 25, 'DelayMechanismMismatch'),
  expect(/^gm2 appears/, 'sl1', ['GrandmasterChanged'], 4, 'BetterAppeared'),
  expect(/^grandmaster class/, 'sl1', ['GrandmasterDegraded'], 3, 'GrandmasterHoldover'),
  expect(/^30 % of PTP frames dropped/, 'sl1', ['AnnounceTimeout', 'PortFlapping'], 25, 'PathBroken'),
  expect(/^80 % of PTP frames dropped/, 'sl1', ['PortFlapping', 'AnnounceTimeout'], 25, 'MessageLoss'),
  expect(/^(Sync|Follow_Up) frames dropped/, 'sl1', ['SyncTimeout'], 10, 'SyncDropped'),
  expect(/^Delay_Resp frames dropped/, 'sl1', ['DelayResponseTimeout'], 10, 'DelayRespDropped'),
  expect(/^Delay_Req frames dropped/, 'sl1', ['DelayResponseTimeout'], 10),
  expect(/one-way asymmetry/, 'sl1', ['PathDelayStep'], 10, 'PathChanged'),
  expect(/system oscillator/, 'sl1', ['FrequencyDisturbance', 'OsClockDisturbed'], 5),
  expect(/^a second phc2sys/, 'sl1', ['DualDiscipline', 'OsClockDisturbed'], 5),
  expect(/PHC oscillator/, 'sl1', ['FrequencyDisturbance'], 5, 'OscillatorJump'),
  expect(/^sl1 PHC stepped/, 'sl1', ['ClockStep'], 5, 'SteppedByOther'),
  expect(/^link noise/, 'sl1', ['Instability'], 10, 'DelayVariation'),
  expect(/^system clock of sl1 stepped/, 'sl1', ['OsClockDisturbed'], 5, 'SecondWriter'),
  expect(/^kill sl1-phc2sys/, 'sl1', ['OsClockNotSynchronized', 'ProcessDown'], 10, 'Phc2sysStopped'),
  expect(/^no CAP_SYS_TIME/, 'sl1', ['ClockControlDenied'], 5, 'NoCapability'),
  expect(/transmit time stamps? missing/, 'sl1', ['TxTimestampTimeout'], 3, 'DriverLate'),
  expect(/^kill \(ptp4l of the client\)/, 'sl1', ['ProcessDown', 'ProcessRestarted'], 5, 'Ended'),
  expect(/^bc upstream port down/, 'bc', ['LinkDown'], 2),
  expect(/^bc upstream port down/, 'sl1', ['GrandmasterChanged', 'GrandmasterDegraded'], 4),
  expect(/^NMEA status void/, 'gm1', ['GnssLost', 'NmeaLost'], 5),
  expect(/^NMEA sentences stop/, 'gm1', ['NmeaLost'], 5, 'SentencesStopped'),
  expect(/^receiver 1PPS jumps/, 'gm1', ['ClockStep', 'OffsetExceeded'], 5),
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
