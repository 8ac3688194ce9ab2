import type { FaultKnowledge } from './types.ts';

/** Faults of what a clock follows: grandmaster, GNSS, NMEA, pulses, DPLL, SyncE. */
export const SOURCE_FAULTS = {
  GrandmasterChanged: {
    title: 'Grandmaster changed',
    dimension: 'Upstream',
    severity: 'Minor',
    outage: false,
    causes: [
      {
        id: 'BetterAppeared',
        prior: 0.5,
        text: 'A better grandmaster appeared.',
        remedy: 'Confirm that it is meant to be best: compare priority2, class and accuracy.',
        speaksFor: ['SecondGrandmasterHeard'],
      },
      {
        id: 'FormerLost',
        prior: 0.5,
        text: 'The former grandmaster was lost and another took over.',
        remedy: 'Check the former grandmaster.',
        speaksFor: ['GrandmasterFell'],
        speaksAgainst: ['SecondGrandmasterHeard'],
      },
      {
        id: 'UpstreamLostItsSource',
        prior: 0.3,
        text: 'The boundary clock above lost its grandmaster and serves its own time.',
        remedy: 'Check the boundary clock’s upstream port.',
        speaksFor: ['GrandmasterNodeSaysSo', 'UpstreamLostBefore'],
      },
      {
        id: 'Alternates',
        prior: 0.3,
        text: 'Two nearly equal grandmasters alternate.',
        remedy: 'Plan priority2; fix the unstable one.',
        speaksFor: ['Repeated'],
      },
    ],
  },
  GrandmasterDegraded: {
    title: 'Grandmaster degraded',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: false,
    causes: [
      {
        id: 'GrandmasterHoldover',
        prior: 0.6,
        text: 'The grandmaster lost its reference and announces a worse class.',
        remedy: 'Check the grandmaster’s GNSS and holdover budget.',
        speaksFor: ['ClassFell', 'GrandmasterNodeSaysSo', 'GnssLostBefore'],
      },
      {
        id: 'UpstreamLost',
        prior: 0.3,
        text: 'A boundary clock on the way lost its upstream.',
        remedy: 'Check the boundary clock’s upstream port.',
        speaksFor: ['ClassFell', 'UpstreamLostBefore'],
      },
    ],
  },
  TimePropertiesInvalid: {
    title: 'Time properties invalid',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: false,
    causes: [
      {
        id: 'ArbTimescale',
        prior: 0.4,
        text: 'The grandmaster serves an arbitrary time scale.',
        remedy: 'Set ptpTimescale and the UTC offset on the grandmaster.',
        speaksFor: ['NotPtpTimescale'],
      },
      {
        id: 'UtcOffset',
        prior: 0.4,
        text: 'The grandmaster announces a wrong UTC offset.',
        remedy: 'Correct the grandmaster’s leap second data.',
        speaksFor: ['UtcOffsetLower'],
      },
      {
        id: 'LeapTable',
        prior: 0.4,
        text: 'The leap second table has expired.',
        remedy: 'Update the leap file (leap-configmap).',
        speaksFor: ['LeapTableOld'],
      },
      {
        id: 'ClassTooLow',
        prior: 0.3,
        text: 'The grandmaster’s class is beyond clock_class_threshold.',
        remedy: 'Repair the grandmaster or raise the threshold by intent.',
        speaksFor: ['UpstreamRejected'],
      },
    ],
  },
  GnssLost: {
    title: 'GNSS lost',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: true,
    causes: [
      {
        id: 'NoSignal',
        prior: 0.6,
        text: 'The receiver has no valid fix: antenna, cable, sky view or jamming.',
        remedy: 'Check antenna, splitter, cable and supply; look at satellites and signal strength.',
        speaksFor: ['NoFix', 'NmeaInvalid'],
      },
    ],
  },
  NmeaLost: {
    title: 'NMEA lost',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: true,
    causes: [
      {
        id: 'SentencesStopped',
        prior: 0.6,
        text: 'NMEA sentences stopped: gpsd, gpspipe or the serial line.',
        remedy: 'Restart the chain gpsd, gpspipe, ts2phc; check the serial port.',
        speaksFor: ['NmeaStopped'],
      },
      {
        id: 'FixInvalid',
        prior: 0.4,
        text: 'The receiver has no valid fix.',
        remedy: 'Check antenna and sky view.',
        speaksFor: ['NmeaInvalid', 'NoFix'],
        speaksAgainst: ['NmeaStopped'],
      },
    ],
  },
  PpsLost: {
    title: '1PPS lost',
    dimension: 'Upstream',
    severity: 'Moderate',
    outage: true,
    causes: [
      {
        id: 'PulsesMissing',
        prior: 0.6,
        text: 'No pulses arrive: pin setting, SMA cable or source.',
        remedy: 'Check pin direction and index, and the cable between the cards.',
        speaksFor: ['PulsesMissing'],
      },
    ],
  },
  DpllUnlocked: {
    title: 'DPLL unlocked',
    dimension: 'SyncState',
    severity: 'Moderate',
    outage: true,
    causes: [
      {
        id: 'ReferenceLost',
        prior: 0.6,
        text: 'The DPLL lost its reference.',
        remedy: 'Check the reference input and the jumper between cards.',
        speaksFor: ['DpllHoldover', 'DpllFreeRun', 'PulsesMissing'],
      },
    ],
  },
  Holdover: {
    title: 'Holdover',
    dimension: 'SyncState',
    severity: 'Moderate',
    outage: true,
    causes: [
      {
        id: 'GnssLost',
        prior: 0.4,
        text: 'GNSS was lost; the oscillator keeps time.',
        remedy: 'Restore GNSS before the holdover budget ends.',
        speaksFor: ['GnssLostBefore', 'NoFix', 'StatusHoldover'],
      },
      {
        id: 'UpstreamLost',
        prior: 0.4,
        text: 'The upstream was lost; the oscillator keeps time.',
        remedy: 'Restore the upstream before the holdover budget ends.',
        speaksFor: ['UpstreamLostBefore', 'StatusHoldover'],
        speaksAgainst: ['GnssLostBefore'],
      },
    ],
  },
  FreeRun: {
    title: 'Free run',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      {
        id: 'BudgetUsed',
        prior: 0.4,
        text: 'The reference is lost and no holdover is left.',
        remedy: 'Restore the reference.',
        speaksFor: ['StatusFreeRun', 'GnssLostBefore', 'UpstreamLostBefore'],
      },
    ],
  },
  SyncEDegraded: {
    title: 'SyncE degraded',
    dimension: 'Upstream',
    severity: 'Minor',
    outage: false,
    causes: [
      {
        id: 'QualityLevel',
        prior: 0.5,
        text: 'The SyncE source is lost or of low quality.',
        remedy: 'Check the quality level plan and the neighbour’s ESMC.',
        speaksFor: ['EecHoldover', 'QualityLevelLow'],
      },
    ],
  },
} as const satisfies Record<string, FaultKnowledge>;
