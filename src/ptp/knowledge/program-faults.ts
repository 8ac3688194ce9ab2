import type { FaultKnowledge } from './types.ts';

/** Faults of programs, configuration and telemetry. */
export const PROGRAM_FAULTS = {
  ProcessDown: {
    title: 'Process down',
    dimension: 'SyncState',
    severity: 'Critical',
    outage: true,
    causes: [
      {
        id: 'Ended',
        prior: 0.6,
        text: 'The process ended: killed, crashed or stopped.',
        remedy: 'See its exit status and last lines.',
        speaksFor: ['ProcessExited', 'SilenceBefore', 'ProcessBegan'],
      },
    ],
  },
  ProcessRestarted: {
    title: 'Process restarted',
    dimension: 'Stability',
    severity: 'Minor',
    outage: false,
    causes: [
      {
        id: 'Restarted',
        prior: 0.6,
        text: 'The process ended and was started again.',
        remedy: 'See its exit status and last lines; look for a restart loop.',
        speaksFor: ['ProcessBegan', 'ProcessExited'],
      },
    ],
  },
  ConfigurationRejected: {
    title: 'Configuration rejected',
    dimension: 'Configuration',
    severity: 'Critical',
    outage: true,
    causes: [
      {
        id: 'BadOption',
        prior: 0.4,
        text: 'linuxptp refused an option or its value.',
        remedy: 'Correct the option named in the line; check it against this linuxptp version.',
        speaksFor: ['OptionNamed'],
      },
      {
        id: 'NoInterface',
        prior: 0.3,
        text: 'The interface does not exist or has no PTP clock.',
        remedy: 'Correct the interface name; check that the NIC supports hardware time stamps.',
        speaksFor: ['InterfaceMissing'],
      },
      {
        id: 'PhcMismatch',
        prior: 0.3,
        text: 'The ports are on different hardware clocks.',
        remedy: 'Set boundary_clock_jbod 1 and join the clocks, or use ports of one NIC.',
        speaksFor: ['PhcDiffers'],
      },
      {
        id: 'NoHardwareStamping',
        prior: 0.3,
        text: 'The interface cannot time stamp as configured.',
        remedy: 'Use another NIC or time_stamping mode.',
        speaksFor: ['HardwareStampingMissing'],
      },
    ],
  },
  TelemetryDisagreement: {
    title: 'Metrics and log disagree',
    dimension: 'SyncState',
    severity: 'Minor',
    outage: false,
    causes: [
      {
        id: 'MetricsStale',
        prior: 0.7,
        text: 'The platform’s metrics kept an old value.',
        remedy: 'Trust the log; restart the daemon pod to refresh its metrics.',
        speaksFor: ['MetricSaysOtherwise'],
      },
    ],
  },
  TelemetryStale: {
    title: 'No telemetry',
    dimension: 'SyncState',
    severity: 'Unknown',
    outage: false,
    causes: [
      {
        id: 'DaemonSilent',
        prior: 0.5,
        text: 'The daemon prints nothing or its log cannot be read.',
        remedy: 'Check the daemon pod and the log stream.',
        speaksFor: ['LogsSilent'],
      },
    ],
  },
} as const satisfies Record<string, FaultKnowledge>;
