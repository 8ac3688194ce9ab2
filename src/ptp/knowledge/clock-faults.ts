import type { FaultKnowledge } from './types.ts';

/** Faults of clocks: steps, frequency, noise, path delay, the system clock. */
export const CLOCK_FAULTS = {
  OffsetExceeded: {
    title: 'Offset beyond the limit',
    dimension: 'LocalError',
    severity: 'Moderate',
    outage: false,
    causes: [
      {
        id: 'Disturbed',
        prior: 0.4,
        text: 'The clock or its reference was disturbed.',
        remedy: 'Compare with neighbours and the grandmaster at that time.',
        speaksFor: ['OffsetRecovered'],
      },
      {
        id: 'Noisy',
        prior: 0.3,
        text: 'Packet delay variation or poor time stamps.',
        remedy: 'Check the path and the NIC’s time stamping.',
        speaksFor: ['NoiseStays'],
      },
    ],
  },
  Instability: {
    title: 'Offset far noisier than usual',
    dimension: 'Stability',
    severity: 'Moderate',
    outage: false,
    causes: [
      {
        id: 'DelayVariation',
        prior: 0.6,
        text: 'Packet delay variation on the path: congestion, a non-PTP switch, changed path.',
        remedy: 'Check load and PTP support of every hop.',
        speaksFor: ['NoiseStays'],
      },
      {
        id: 'Oscillator',
        prior: 0.2,
        text: 'The local oscillator or its temperature is unstable.',
        remedy: 'Check temperature and the servo’s constants.',
        speaksFor: ['NoiseStays'],
      },
    ],
  },
  PathDelayStep: {
    title: 'Path delay stepped',
    dimension: 'LocalError',
    severity: 'Moderate',
    outage: false,
    causes: [
      {
        id: 'PathChanged',
        prior: 0.6,
        text: 'The path changed (reroute, SFP, FEC, speed) and may be asymmetric: half of a one-way change is a hidden time error.',
        remedy: 'Measure both directions, correct delayAsymmetry, recalibrate.',
        speaksFor: ['DelayStepped', 'OffsetRecovered'],
      },
    ],
  },
  ClockStep: {
    title: 'Clock stepped',
    dimension: 'LocalError',
    severity: 'Critical',
    outage: false,
    causes: [
      {
        id: 'SteppedByOther',
        prior: 0.5,
        text: 'The hardware clock was stepped by another program, a reset or its reference.',
        remedy: 'Look for a second writer (ts2phc, phc2sys, phc_ctl), NIC resets and steps of the reference.',
        speaksFor: ['ClockCheckJump', 'OffsetStepped', 'FrequencyReturned'],
      },
      {
        id: 'ReferenceStepped',
        prior: 0.4,
        text: 'The reference itself stepped.',
        remedy: 'Compare with the grandmaster and other clients.',
        speaksFor: ['GrandmasterNodeSaysSo', 'OffsetStepped'],
      },
    ],
  },
  FrequencyDisturbance: {
    title: 'Frequency disturbed',
    dimension: 'LocalError',
    severity: 'Moderate',
    outage: false,
    causes: [
      {
        id: 'OscillatorJump',
        prior: 0.6,
        text: 'The frequency of the oscillator jumped.',
        remedy: 'Check temperature, vibration and the NIC; compare with other nodes.',
        speaksFor: ['FrequencyShifted', 'OffsetRecovered'],
      },
      {
        id: 'ReferenceFrequency',
        prior: 0.3,
        text: 'The reference’s frequency changed.',
        remedy: 'Compare with other clients of the grandmaster.',
        speaksFor: ['GrandmasterNodeSaysSo'],
      },
    ],
  },
  OsClockDisturbed: {
    title: 'System clock disturbed',
    dimension: 'OsClock',
    severity: 'Moderate',
    outage: false,
    causes: [
      {
        id: 'SecondWriter',
        prior: 0.6,
        text: 'Another program writes the system clock (chronyd, ntpd, a second phc2sys).',
        remedy: 'Disable chronyd or ntpd on PTP nodes; let one phc2sys write CLOCK_REALTIME.',
        speaksFor: ['OsClockOnly', 'ClockCheckJump', 'ClockCheckFrequency', 'NtpSelected'],
      },
      {
        id: 'LateReads',
        prior: 0.3,
        text: 'Reading the hardware clock takes longer than usual (PCIe, interrupts).',
        remedy: 'Use -N 8 and check CPU isolation.',
        speaksFor: ['NoiseStays'],
      },
    ],
  },
  OsClockNotSynchronized: {
    title: 'System clock not synchronised',
    dimension: 'OsClock',
    severity: 'Moderate',
    outage: true,
    causes: [
      {
        id: 'Phc2sysWaits',
        prior: 0.5,
        text: 'phc2sys waits for ptp4l: domain or socket differ, or ptp4l is down.',
        remedy: 'Align phc2sys -n and -z with ptp4l.',
        speaksFor: ['Phc2sysWaiting'],
      },
      {
        id: 'Phc2sysStopped',
        prior: 0.5,
        text: 'phc2sys stopped or hangs.',
        remedy: 'Check the process and its last lines.',
        speaksFor: ['Phc2sysSilent', 'ProcessExited'],
      },
    ],
  },
  ClockControlDenied: {
    title: 'Clock control denied',
    dimension: 'Configuration',
    severity: 'Critical',
    outage: true,
    causes: [
      {
        id: 'NoCapability',
        prior: 0.8,
        text: 'The process may not adjust the clock (CAP_SYS_TIME missing).',
        remedy: 'Give the container CAP_SYS_TIME or run it privileged.',
        speaksFor: ['AdjustmentDenied'],
      },
    ],
  },
  DualDiscipline: {
    title: 'Two programs steer one clock',
    dimension: 'Configuration',
    severity: 'Critical',
    outage: false,
    causes: [
      {
        id: 'TwoWriters',
        prior: 0.7,
        text: 'Two programs steer the same clock.',
        remedy: 'Leave one: look for a duplicate profile, ts2phc beside ptp4l, a second phc2sys, chronyd.',
        speaksFor: ['ClockCheckFrequency', 'Repeated'],
      },
    ],
  },
} as const satisfies Record<string, FaultKnowledge>;
