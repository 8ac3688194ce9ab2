import type { FaultKind } from './fault-kind.ts';
import type { HealthVerdict } from './health.ts';

/**
 * Symptom → cause → remedy, as data. A detector notes symptoms; the cause that most of them
 * speak for is named, with what speaks for and against it.
 */

/** What can be seen, in words for people. */
export const SYMPTOMS = {
  LinkDownSeen: 'the port reported link down',
  NetworkDown: 'the socket reported that the network is down',
  LinkUpAgain: 'the link came up again',
  TxTimestampTimeout: 'the driver gave no transmit time stamp in time',
  RxWithoutTimestamp: 'event messages arrived without time stamp',
  SendFailed: 'sending an event message failed',
  AnnounceLost: 'Announce messages stopped',
  NoForeignMaster: 'no grandmaster was ever heard on this port',
  ForeignMasterHeard: 'a grandmaster was heard on this port',
  BestMasterSelected: 'a best master was selected',
  StuckListening: 'the port stayed in LISTENING',
  StuckUncalibrated: 'the port stayed in UNCALIBRATED',
  NoOffsets: 'no offset was ever computed',
  PeerDomainDiffers: 'a possible time transmitter is configured for another domain',
  PeerTransportDiffers: 'a possible time transmitter is configured for another transport',
  PeerDelayMechanismDiffers: 'a possible time transmitter is configured for another delay mechanism',
  OwnDomainUnusual: 'the domain is outside 24..43 of G.8275.1',
  OwnTransportUnusual: 'the transport is not L2 as G.8275.1 asks for',
  OwnDelayMechanismUnusual: 'the delay mechanism is not E2E as G.8275.1 asks for',
  PeerConfigurationMatches: 'a possible time transmitter has a matching configuration',
  PeerProcessEnded: 'the time transmitter’s ptp4l stopped or restarted at that time',
  GrandmasterSame: 'the same grandmaster came back',
  BackAtOnce: 'it was back within two seconds',
  GrandmasterOther: 'another grandmaster was selected',
  SecondGrandmasterHeard: 'a new grandmaster announced itself just before',
  GrandmasterFell: 'the former grandmaster was no longer heard',
  Repeated: 'it happened again and again within a minute',
  OffsetsStopped: 'offset lines stopped while the port stayed in SLAVE',
  OtherProgramsGoOn: 'other programs of the node went on printing',
  AnnounceGoesOn: 'the port did not lose its parent',
  DelayMissing: 'offset lines carry no path delay any more',
  DelayFrozen: 'the path delay stopped changing',
  DelayTimeoutSeen: 'ptp4l reported a delay response timeout',
  DelayStepped: 'the mean path delay moved to another level',
  OffsetRecovered: 'the offset settled again by itself',
  FrequencyShifted: 'the frequency correction settled at another level',
  FrequencyReturned: 'the frequency correction came back to its old level',
  NoiseStays: 'the offset stays noisy',
  OffsetStepped: 'the offset jumped by more than the servo steps at once',
  ClockCheckJump: 'clockcheck reported a jump',
  ClockCheckFrequency: 'clockcheck reported an unexpected change of frequency',
  ServoStepped: 'the servo stepped the clock',
  SynchronizationFaultSeen: 'the port left SLAVE with SYNCHRONIZATION_FAULT',
  OsClockOnly: 'the PTP hardware clock itself was quiet',
  NtpSelected: 'chronyd has selected a source',
  Phc2sysWaiting: 'phc2sys waits for ptp4l',
  Phc2sysSilent: 'phc2sys stopped printing offsets',
  AdjustmentDenied: 'the kernel refused to adjust the clock',
  ProcessExited: 'the process ended',
  ProcessBegan: 'the process began anew',
  SilenceBefore: 'it had been silent before',
  OptionNamed: 'linuxptp named the option',
  InterfaceMissing: 'linuxptp found no such interface',
  PhcDiffers: 'the ports are on different PTP hardware clocks',
  HardwareStampingMissing: 'the interface cannot time stamp as configured',
  BecameTransmitter: 'the port began to serve time',
  NotClientOnly: 'the configuration does not restrict the port to following',
  ClassFell: 'the announced clock class fell',
  GrandmasterNodeSaysSo: 'the grandmaster’s own node reports it',
  NoFix: 'the receiver has no fix',
  NmeaStopped: 'NMEA sentences stopped',
  NmeaInvalid: 'NMEA sentences say that the fix is not valid',
  PulsesMissing: '1PPS pulses are missing',
  StatusHoldover: 'the daemon reports holdover',
  StatusFreeRun: 'the daemon reports free run',
  DpllHoldover: 'the DPLL reports holdover',
  DpllFreeRun: 'the DPLL reports free run',
  GnssLostBefore: 'GNSS was lost before',
  UpstreamLostBefore: 'the upstream port was lost before',
  EecHoldover: 'the EEC is in holdover or free run',
  QualityLevelLow: 'the received quality level is do-not-use or worse than before',
  NotPtpTimescale: 'the grandmaster does not use the PTP time scale',
  UtcOffsetLower: 'the grandmaster announces a lower UTC offset than known',
  LeapTableOld: 'the leap second table has expired',
  UpstreamRejected: 'the grandmaster’s class is worse than clock_class_threshold',
  MetricSaysOtherwise: 'the platform’s metrics say otherwise',
  LogsSilent: 'no log line arrived',
} as const;
export type Symptom = keyof typeof SYMPTOMS;

export interface Cause {
  readonly id: string;
  readonly text: string;
  readonly remedy: string;
  /** Symptoms that speak for it and against it. */
  readonly speaksFor: readonly Symptom[];
  readonly speaksAgainst?: readonly Symptom[];
  /** How likely it is before anything speaks: 0 to 1. */
  readonly prior: number;
}

export interface FaultKnowledge {
  readonly title: string;
  readonly dimension: 'SyncState' | 'LocalError' | 'Upstream' | 'OsClock' | 'Stability' | 'Configuration';
  /** Severity while it goes on, where nothing else decides. */
  readonly severity: HealthVerdict;
  /** Does the subject lack its function while it goes on? */
  readonly outage: boolean;
  readonly causes: readonly Cause[];
}

const cause = (
  id: string,
  prior: number,
  text: string,
  remedy: string,
  speaksFor: readonly Symptom[] = [],
  speaksAgainst: readonly Symptom[] = [],
): Cause => ({ id, prior, text, remedy, speaksFor, speaksAgainst });

export const KNOWLEDGE: Readonly<Record<FaultKind, FaultKnowledge>> = {
  LinkDown: {
    title: 'Link down',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'CableOrSwitch',
        0.6,
        'Cable, transceiver or switch port: the link is down.',
        'Check cable, SFP and the switch port; see the interface’s link state.',
        ['LinkDownSeen', 'NetworkDown'],
      ),
      cause(
        'InterfaceDown',
        0.4,
        'The interface was set down on the node.',
        'Check who changed the interface (NetworkManager, SR-IOV operator) and bring it up.',
        ['NetworkDown'],
      ),
    ],
  },
  PortFaulty: {
    title: 'Port faulty',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'SocketError',
        0.4,
        'Sending or receiving on the port failed.',
        'Look at driver messages in the kernel log and at changes of the interface at that time.',
        ['SendFailed', 'NetworkDown'],
      ),
      cause(
        'PeerNetwork',
        0.3,
        'More than one neighbour answers peer delay requests.',
        'Use E2E delay, or make the link point to point.',
      ),
    ],
  },
  TxTimestampTimeout: {
    title: 'Transmit time stamp missing',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'DriverLate',
        0.7,
        'The driver delivered the transmit time stamp too late or not at all: starved worker, small timeout, firmware.',
        'Set tx_timestamp_timeout to 50 or more, use SCHED_FIFO, isolate the NIC’s kworker, update driver and firmware.',
        ['TxTimestampTimeout'],
      ),
      cause(
        'StampTakenByOther',
        0.2,
        'Another program took the time stamp.',
        'Stop other PTP users of the interface.',
        ['TxTimestampTimeout', 'RxWithoutTimestamp'],
      ),
    ],
  },
  RxTimestampMissing: {
    title: 'Receive time stamp missing',
    dimension: 'SyncState',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'FilterChanged',
        0.6,
        'The hardware filter no longer stamps PTP messages: changed by another tool, a reset, a VLAN or bond.',
        'Compare ethtool -T and hwstamp_ctl, stop other PTP users, use the physical function.',
        ['RxWithoutTimestamp'],
      ),
    ],
  },
  AnnounceTimeout: {
    title: 'Grandmaster lost',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'TransmitterStopped',
        0.55,
        'The time transmitter or grandmaster stopped sending Announce.',
        'Check the grandmaster and the boundary clocks on the way; see their logs at that time.',
        ['AnnounceLost', 'PeerProcessEnded', 'GrandmasterSame'],
      ),
      cause(
        'PathBroken',
        0.5,
        'The path to the time transmitter is broken or loses PTP messages.',
        'Check switch ports, VLAN and QoS on the way; PTP belongs in a priority queue.',
        ['AnnounceLost', 'Repeated', 'BackAtOnce'],
        ['PeerProcessEnded'],
      ),
      cause(
        'Starved',
        0.15,
        'ptp4l did not run in time (CPU starvation).',
        'Use SCHED_FIFO and isolated CPUs.',
        ['Repeated'],
      ),
    ],
  },
  NotAcquired: {
    title: 'Never acquired',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'DomainMismatch',
        0.45,
        'Domain number differs: Announce of another domain is ignored without a word.',
        'Set the same domainNumber on both sides (24..43 in G.8275.1).',
        ['PeerDomainDiffers', 'OwnDomainUnusual', 'StuckListening', 'NoForeignMaster'],
        ['ForeignMasterHeard', 'PeerConfigurationMatches'],
      ),
      cause(
        'TransportMismatch',
        0.4,
        'Transport differs (L2 against UDP): the messages are never seen.',
        'Set the same network_transport on both sides.',
        ['PeerTransportDiffers', 'OwnTransportUnusual', 'StuckListening', 'NoForeignMaster'],
        ['ForeignMasterHeard', 'PeerConfigurationMatches'],
      ),
      cause(
        'DelayMechanismMismatch',
        0.4,
        'Delay mechanism differs (E2E against P2P): no delay is ever measured.',
        'Set delay_mechanism E2E on both sides.',
        [
          'PeerDelayMechanismDiffers',
          'OwnDelayMechanismUnusual',
          'StuckUncalibrated',
          'BestMasterSelected',
          'NoOffsets',
        ],
        ['NoForeignMaster'],
      ),
      cause(
        'DelayResponsesMissing',
        0.3,
        'Delay requests are not answered.',
        'Check that the time transmitter answers Delay_Req and that no filter drops it.',
        ['StuckUncalibrated', 'BestMasterSelected'],
        ['NoForeignMaster', 'PeerDelayMechanismDiffers'],
      ),
      cause(
        'NoAnnounce',
        0.42,
        'No Announce reaches this port: no time transmitter, wrong VLAN or port, filtered MAC address.',
        'Check that the neighbour serves PTP on this link, untagged, with the same destination MAC.',
        ['NoForeignMaster', 'StuckListening', 'PeerConfigurationMatches'],
        ['ForeignMasterHeard', 'PeerDomainDiffers', 'PeerTransportDiffers'],
      ),
      cause(
        'UpstreamRejected',
        0.1,
        'The grandmaster is worse than clock_class_threshold allows.',
        'Repair the grandmaster or raise clock_class_threshold by intent.',
        ['UpstreamRejected'],
        [],
      ),
      cause('ClockNotAdjustable', 0.1, 'ptp4l may not adjust the clock.', 'Give the process CAP_SYS_TIME.', [
        'AdjustmentDenied',
      ]),
    ],
  },
  UnexpectedTimeTransmitter: {
    title: 'Serves time unexpectedly',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'PromotedAfterLoss',
        0.6,
        'The port lost its grandmaster and promoted itself.',
        'Restore the grandmaster; set clientOnly 1 (T-TSC) or serverOnly on the ports meant to serve.',
        ['AnnounceLost', 'BecameTransmitter', 'NotClientOnly'],
      ),
      cause(
        'LocalClockWins',
        0.4,
        'The local clock compares better than the grandmaster.',
        'Compare clockClass and priorities; a T-BC or T-TSC must not claim class 6 or 7.',
        ['BecameTransmitter'],
        ['AnnounceLost'],
      ),
    ],
  },
  SynchronizationFault: {
    title: 'Servo lost the lock',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'OffsetTooLarge',
        0.5,
        'The offset jumped beyond step_threshold.',
        'Look for steps of the grandmaster or of the hardware clock at that time.',
        ['ServoStepped', 'OffsetStepped', 'SynchronizationFaultSeen'],
      ),
      cause(
        'DelayResponses',
        0.2,
        'Delay requests were not answered.',
        'Check the time transmitter’s capacity and filters on the way.',
        ['DelayTimeoutSeen'],
      ),
    ],
  },
  SyncTimeout: {
    title: 'Sync messages stopped',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'SyncDropped',
        0.6,
        'Sync or Follow_Up no longer arrive while Announce does.',
        'Check filters and the time transmitter: event messages (Sync) may be dropped or not time stamped there.',
        ['OffsetsStopped', 'OtherProgramsGoOn', 'AnnounceGoesOn'],
      ),
      cause(
        'ProcessHung',
        0.3,
        'ptp4l hangs or was stopped.',
        'Check the process; restart the daemon pod if it does not react.',
        ['OffsetsStopped'],
      ),
    ],
  },
  DelayResponseTimeout: {
    title: 'Delay responses missing',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'DelayRespDropped',
        0.6,
        'Delay_Req is not answered, or the answer is lost: the path delay in use is old.',
        'Check the time transmitter’s capacity, ACLs and one-way loss on the path.',
        ['DelayMissing', 'DelayFrozen', 'DelayTimeoutSeen'],
      ),
    ],
  },
  PortFlapping: {
    title: 'Port flaps',
    dimension: 'Stability',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'MessageLoss',
        0.5,
        'PTP messages are lost on the way: congestion, errors, wrong queue.',
        'Check error counters and QoS on the path; PTP belongs in a priority queue.',
        ['AnnounceLost', 'Repeated'],
        ['LinkDownSeen'],
      ),
      cause(
        'LinkFlaps',
        0.4,
        'The link itself goes up and down.',
        'Check cable, SFP and port settings.',
        ['LinkDownSeen', 'Repeated'],
        ['AnnounceLost'],
      ),
      cause(
        'StampFlaps',
        0.3,
        'Time stamps are missing again and again.',
        'Set tx_timestamp_timeout to 50 or more; update driver and firmware.',
        ['TxTimestampTimeout', 'Repeated'],
      ),
    ],
  },
  GrandmasterChanged: {
    title: 'Grandmaster changed',
    dimension: 'Upstream',
    severity: 'Minor',
    outage: false,
    causes: [
      cause(
        'BetterAppeared',
        0.5,
        'A better grandmaster appeared.',
        'Confirm that it is meant to be best: compare priority2, class and accuracy.',
        ['SecondGrandmasterHeard'],
      ),
      cause(
        'FormerLost',
        0.5,
        'The former grandmaster was lost and another took over.',
        'Check the former grandmaster.',
        ['GrandmasterFell'],
        ['SecondGrandmasterHeard'],
      ),
      cause(
        'UpstreamLostItsSource',
        0.3,
        'The boundary clock above lost its grandmaster and serves its own time.',
        'Check the boundary clock’s upstream port.',
        ['GrandmasterNodeSaysSo', 'UpstreamLostBefore'],
      ),
      cause(
        'Alternates',
        0.3,
        'Two nearly equal grandmasters alternate.',
        'Plan priority2; fix the unstable one.',
        ['Repeated'],
      ),
    ],
  },
  GrandmasterDegraded: {
    title: 'Grandmaster degraded',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'GrandmasterHoldover',
        0.6,
        'The grandmaster lost its reference and announces a worse class.',
        'Check the grandmaster’s GNSS and holdover budget.',
        ['ClassFell', 'GrandmasterNodeSaysSo', 'GnssLostBefore'],
      ),
      cause(
        'UpstreamLost',
        0.3,
        'A boundary clock on the way lost its upstream.',
        'Check the boundary clock’s upstream port.',
        ['ClassFell', 'UpstreamLostBefore'],
      ),
    ],
  },
  OffsetExceeded: {
    title: 'Offset beyond the limit',
    dimension: 'LocalError',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'Disturbed',
        0.4,
        'The clock or its reference was disturbed.',
        'Compare with neighbours and the grandmaster at that time.',
        ['OffsetRecovered'],
      ),
      cause(
        'Noisy',
        0.3,
        'Packet delay variation or poor time stamps.',
        'Check the path and the NIC’s time stamping.',
        ['NoiseStays'],
      ),
    ],
  },
  Instability: {
    title: 'Offset far noisier than usual',
    dimension: 'Stability',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'DelayVariation',
        0.6,
        'Packet delay variation on the path: congestion, a non-PTP switch, changed path.',
        'Check load and PTP support of every hop.',
        ['NoiseStays'],
      ),
      cause(
        'Oscillator',
        0.2,
        'The local oscillator or its temperature is unstable.',
        'Check temperature and the servo’s constants.',
        ['NoiseStays'],
      ),
    ],
  },
  PathDelayStep: {
    title: 'Path delay stepped',
    dimension: 'LocalError',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'PathChanged',
        0.6,
        'The path changed (reroute, SFP, FEC, speed) and may be asymmetric: half of a one-way change is a hidden time error.',
        'Measure both directions, correct delayAsymmetry, recalibrate.',
        ['DelayStepped', 'OffsetRecovered'],
      ),
    ],
  },
  ClockStep: {
    title: 'Clock stepped',
    dimension: 'LocalError',
    severity: 'Critical',
    outage: false,
    causes: [
      cause(
        'SteppedByOther',
        0.5,
        'The hardware clock was stepped by another program, a reset or its reference.',
        'Look for a second writer (ts2phc, phc2sys, phc_ctl), NIC resets and steps of the reference.',
        ['ClockCheckJump', 'OffsetStepped', 'FrequencyReturned'],
      ),
      cause(
        'ReferenceStepped',
        0.4,
        'The reference itself stepped.',
        'Compare with the grandmaster and other clients.',
        ['GrandmasterNodeSaysSo', 'OffsetStepped'],
      ),
    ],
  },
  FrequencyDisturbance: {
    title: 'Frequency disturbed',
    dimension: 'LocalError',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'OscillatorJump',
        0.6,
        'The frequency of the oscillator jumped.',
        'Check temperature, vibration and the NIC; compare with other nodes.',
        ['FrequencyShifted', 'OffsetRecovered'],
      ),
      cause(
        'ReferenceFrequency',
        0.3,
        'The reference’s frequency changed.',
        'Compare with other clients of the grandmaster.',
        ['GrandmasterNodeSaysSo'],
      ),
    ],
  },
  OsClockDisturbed: {
    title: 'System clock disturbed',
    dimension: 'OsClock',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'SecondWriter',
        0.6,
        'Another program writes the system clock (chronyd, ntpd, a second phc2sys).',
        'Disable chronyd or ntpd on PTP nodes; let one phc2sys write CLOCK_REALTIME.',
        ['OsClockOnly', 'ClockCheckJump', 'ClockCheckFrequency', 'NtpSelected'],
      ),
      cause(
        'LateReads',
        0.3,
        'Reading the hardware clock takes longer than usual (PCIe, interrupts).',
        'Use -N 8 and check CPU isolation.',
        ['NoiseStays'],
      ),
    ],
  },
  OsClockNotSynchronized: {
    title: 'System clock not synchronised',
    dimension: 'OsClock',
    severity: 'Moderate',
    outage: true,
    causes: [
      cause(
        'Phc2sysWaits',
        0.5,
        'phc2sys waits for ptp4l: domain or socket differ, or ptp4l is down.',
        'Align phc2sys -n and -z with ptp4l.',
        ['Phc2sysWaiting'],
      ),
      cause('Phc2sysStopped', 0.5, 'phc2sys stopped or hangs.', 'Check the process and its last lines.', [
        'Phc2sysSilent',
        'ProcessExited',
      ]),
    ],
  },
  ClockControlDenied: {
    title: 'Clock control denied',
    dimension: 'Configuration',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'NoCapability',
        0.8,
        'The process may not adjust the clock (CAP_SYS_TIME missing).',
        'Give the container CAP_SYS_TIME or run it privileged.',
        ['AdjustmentDenied'],
      ),
    ],
  },
  DualDiscipline: {
    title: 'Two programs steer one clock',
    dimension: 'Configuration',
    severity: 'Critical',
    outage: false,
    causes: [
      cause(
        'TwoWriters',
        0.7,
        'Two programs steer the same clock.',
        'Leave one: look for a duplicate profile, ts2phc beside ptp4l, a second phc2sys, chronyd.',
        ['ClockCheckFrequency', 'Repeated'],
      ),
    ],
  },
  ProcessDown: {
    title: 'Process down',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'Ended',
        0.6,
        'The process ended: killed, crashed or stopped.',
        'See its exit status and last lines.',
        ['ProcessExited', 'SilenceBefore', 'ProcessBegan'],
      ),
    ],
  },
  ProcessRestarted: {
    title: 'Process restarted',
    dimension: 'Stability',
    severity: 'Minor',
    outage: false,
    causes: [
      cause(
        'Restarted',
        0.6,
        'The process ended and was started again.',
        'See its exit status and last lines; look for a restart loop.',
        ['ProcessBegan', 'ProcessExited'],
      ),
    ],
  },
  ConfigurationRejected: {
    title: 'Configuration rejected',
    dimension: 'Configuration',
    severity: 'Critical',
    outage: true,
    causes: [
      cause(
        'BadOption',
        0.4,
        'linuxptp refused an option or its value.',
        'Correct the option named in the line; check it against this linuxptp version.',
        ['OptionNamed'],
      ),
      cause(
        'NoInterface',
        0.3,
        'The interface does not exist or has no PTP clock.',
        'Correct the interface name; check that the NIC supports hardware time stamps.',
        ['InterfaceMissing'],
      ),
      cause(
        'PhcMismatch',
        0.3,
        'The ports are on different hardware clocks.',
        'Set boundary_clock_jbod 1 and join the clocks, or use ports of one NIC.',
        ['PhcDiffers'],
      ),
      cause(
        'NoHardwareStamping',
        0.3,
        'The interface cannot time stamp as configured.',
        'Use another NIC or time_stamping mode.',
        ['HardwareStampingMissing'],
      ),
    ],
  },
  GnssLost: {
    title: 'GNSS lost',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: true,
    causes: [
      cause(
        'NoSignal',
        0.6,
        'The receiver has no valid fix: antenna, cable, sky view or jamming.',
        'Check antenna, splitter, cable and supply; look at satellites and signal strength.',
        ['NoFix', 'NmeaInvalid'],
      ),
    ],
  },
  NmeaLost: {
    title: 'NMEA lost',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: true,
    causes: [
      cause(
        'SentencesStopped',
        0.6,
        'NMEA sentences stopped: gpsd, gpspipe or the serial line.',
        'Restart the chain gpsd, gpspipe, ts2phc; check the serial port.',
        ['NmeaStopped'],
      ),
      cause(
        'FixInvalid',
        0.4,
        'The receiver has no valid fix.',
        'Check antenna and sky view.',
        ['NmeaInvalid', 'NoFix'],
        ['NmeaStopped'],
      ),
    ],
  },
  PpsLost: {
    title: '1PPS lost',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: true,
    causes: [
      cause(
        'PulsesMissing',
        0.6,
        'No pulses arrive: pin setting, SMA cable or source.',
        'Check pin direction and index, and the cable between the cards.',
        ['PulsesMissing'],
      ),
    ],
  },
  DpllUnlocked: {
    title: 'DPLL unlocked',
    dimension: 'SyncState',
    severity: 'Moderate',
    outage: true,
    causes: [
      cause(
        'ReferenceLost',
        0.6,
        'The DPLL lost its reference.',
        'Check the reference input and the jumper between cards.',
        ['DpllHoldover', 'DpllFreeRun', 'PulsesMissing'],
      ),
    ],
  },
  Holdover: {
    title: 'Holdover',
    dimension: 'SyncState',
    severity: 'Moderate',
    outage: true,
    causes: [
      cause(
        'GnssLost',
        0.4,
        'GNSS was lost; the oscillator keeps time.',
        'Restore GNSS before the holdover budget ends.',
        ['GnssLostBefore', 'NoFix', 'StatusHoldover'],
      ),
      cause(
        'UpstreamLost',
        0.4,
        'The upstream was lost; the oscillator keeps time.',
        'Restore the upstream before the holdover budget ends.',
        ['UpstreamLostBefore', 'StatusHoldover'],
        ['GnssLostBefore'],
      ),
    ],
  },
  FreeRun: {
    title: 'Free run',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      cause('BudgetUsed', 0.4, 'The reference is lost and no holdover is left.', 'Restore the reference.', [
        'StatusFreeRun',
        'GnssLostBefore',
        'UpstreamLostBefore',
      ]),
    ],
  },
  SyncEDegraded: {
    title: 'SyncE degraded',
    dimension: 'Upstream',
    severity: 'Minor',
    outage: false,
    causes: [
      cause(
        'QualityLevel',
        0.5,
        'The SyncE source is lost or of low quality.',
        'Check the quality level plan and the neighbour’s ESMC.',
        ['EecHoldover', 'QualityLevelLow'],
      ),
    ],
  },
  TimePropertiesInvalid: {
    title: 'Time properties invalid',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: false,
    causes: [
      cause(
        'ArbTimescale',
        0.4,
        'The grandmaster serves an arbitrary time scale.',
        'Set ptpTimescale and the UTC offset on the grandmaster.',
        ['NotPtpTimescale'],
      ),
      cause(
        'UtcOffset',
        0.4,
        'The grandmaster announces a wrong UTC offset.',
        'Correct the grandmaster’s leap second data.',
        ['UtcOffsetLower'],
      ),
      cause(
        'LeapTable',
        0.4,
        'The leap second table has expired.',
        'Update the leap file (leap-configmap).',
        ['LeapTableOld'],
      ),
      cause(
        'ClassTooLow',
        0.3,
        'The grandmaster’s class is beyond clock_class_threshold.',
        'Repair the grandmaster or raise the threshold by intent.',
        ['UpstreamRejected'],
      ),
    ],
  },
  TelemetryDisagreement: {
    title: 'Metrics and log disagree',
    dimension: 'SyncState',
    severity: 'Minor',
    outage: false,
    causes: [
      cause(
        'MetricsStale',
        0.7,
        'The platform’s metrics kept an old value.',
        'Trust the log; restart the daemon pod to refresh its metrics.',
        ['MetricSaysOtherwise'],
      ),
    ],
  },
  TelemetryStale: {
    title: 'No telemetry',
    dimension: 'SyncState',
    severity: 'Unknown',
    outage: false,
    causes: [
      cause(
        'DaemonSilent',
        0.5,
        'The daemon prints nothing or its log cannot be read.',
        'Check the daemon pod and the log stream.',
        ['LogsSilent'],
      ),
    ],
  },
};

export interface CauseVerdict {
  cause: Cause;
  confidence: 'Low' | 'Medium' | 'High';
  speaksFor: string[];
  speaksAgainst: string[];
}

/** The cause most symptoms speak for; of equals the one that is likelier beforehand. */
export function mostLikelyCause(kind: FaultKind, symptoms: ReadonlySet<Symptom>): CauseVerdict | undefined {
  let best: { cause: Cause; score: number } | undefined;
  let second = 0;
  for (const candidate of KNOWLEDGE[kind].causes) {
    const pro = candidate.speaksFor.filter((symptom) => symptoms.has(symptom)).length;
    const contra = candidate.speaksAgainst?.filter((symptom) => symptoms.has(symptom)).length ?? 0;
    const score = candidate.prior + pro - 2 * contra;
    if (best === undefined || score > best.score) {
      second = best?.score ?? 0;
      best = { cause: candidate, score };
    } else {
      second = Math.max(second, score);
    }
  }
  if (best === undefined) return undefined;
  const margin = best.score - second;
  return {
    cause: best.cause,
    confidence: best.score >= 1.3 && margin >= 0.9 ? 'High' : best.score >= 1 ? 'Medium' : 'Low',
    speaksFor: best.cause.speaksFor
      .filter((symptom) => symptoms.has(symptom))
      .map((symptom) => SYMPTOMS[symptom]),
    speaksAgainst: (best.cause.speaksAgainst ?? [])
      .filter((symptom) => symptoms.has(symptom))
      .map((symptom) => SYMPTOMS[symptom]),
  };
}
