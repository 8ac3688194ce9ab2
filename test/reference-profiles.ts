import type { PtpProfile } from '../src/observe/observation.ts';

/**
 * Profiles in the shape telecom vendors recommend for G.8275.1: an ordinary clock, a boundary
 * clock, a T-BC of two profiles, a T-TSC with holdover, a T-GM, a dual-follower clock and an HA set.
 */
const GLOBAL_OPTIONS: Readonly<Record<string, string>> = {
  twoStepFlag: '1',
  slaveOnly: '0',
  priority1: '128',
  priority2: '128',
  domainNumber: '24',
  clockClass: '248',
  clockAccuracy: '0xFE',
  offsetScaledLogVariance: '0xFFFF',
  free_running: '0',
  freq_est_interval: '1',
  dscp_event: '0',
  dscp_general: '0',
  dataset_comparison: 'G.8275.x',
  'G.8275.defaultDS.localPriority': '128',
  logAnnounceInterval: '-3',
  logSyncInterval: '-4',
  logMinDelayReqInterval: '-4',
  logMinPdelayReqInterval: '-4',
  announceReceiptTimeout: '3',
  syncReceiptTimeout: '0',
  delayAsymmetry: '0',
  fault_reset_interval: '-4',
  neighborPropDelayThresh: '20000000',
  masterOnly: '0',
  'G.8275.portDS.localPriority': '128',
  assume_two_step: '0',
  logging_level: '6',
  path_trace_enabled: '0',
  follow_up_info: '0',
  hybrid_e2e: '0',
  inhibit_multicast_service: '0',
  net_sync_monitor: '0',
  tc_spanning_tree: '0',
  tx_timestamp_timeout: '50',
  unicast_listen: '0',
  unicast_master_table: '0',
  unicast_req_duration: '3600',
  use_syslog: '1',
  verbose: '0',
  summary_interval: '0',
  kernel_leap: '1',
  check_fup_sync: '0',
  clock_class_threshold: '135',
  pi_proportional_const: '0.0',
  pi_integral_const: '0.0',
  pi_proportional_exponent: '-0.3',
  pi_proportional_norm_max: '0.7',
  pi_integral_exponent: '0.4',
  pi_integral_norm_max: '0.3',
  step_threshold: '2.0',
  first_step_threshold: '0.00002',
  max_frequency: '900000000',
  clock_servo: 'pi',
  sanity_freq_limit: '200000000',
  ntpshm_segment: '0',
  transportSpecific: '0x0',
  ptp_dst_mac: '01:1B:19:00:00:00',
  p2p_dst_mac: '01:80:C2:00:00:0E',
  udp_ttl: '1',
  udp6_scope: '0x0E',
  uds_address: '/var/run/ptp4l',
  clock_type: 'BC',
  network_transport: 'L2',
  delay_mechanism: 'E2E',
  time_stamping: 'hardware',
  tsproc_mode: 'filter',
  delay_filter: 'moving_median',
  delay_filter_length: '10',
  egressLatency: '0',
  ingressLatency: '0',
  boundary_clock_jbod: '0',
  productDescription: ';;',
  revisionData: ';;',
  manufacturerIdentity: '00:00:00',
  userDescription: ';',
  timeSource: '0xA0',
};

/** Configuration text with one section per port and the global options, some of them changed. */
export function ptp4lText(
  ports: Readonly<Record<string, string>>,
  changed: Readonly<Record<string, string>> = {},
): string {
  const sections = Object.entries(ports).map(([name, setting]) => `[${name}]\n${setting}`);
  const options = Object.entries({ ...GLOBAL_OPTIONS, ...changed }).map(
    ([option, value]) => `${option} ${value}`,
  );
  return ['# ports', ...sections, '[global]', '#', '# Default Data Set', '#', ...options, ''].join('\n');
}

const SCHEDULING = { ptpSchedulingPolicy: 'SCHED_FIFO', ptpSchedulingPriority: 10 } as const;
const TS2PHC_GLOBAL =
  'use_syslog  0\nverbose 1\nlogging_level 7\nts2phc.pulsewidth 100000000\nleapfile  /usr/share/zoneinfo/leap-seconds.list';

export function ordinaryClock(changed: Readonly<Record<string, string>> = {}): PtpProfile {
  return {
    name: 'slave',
    interface: 'ens5f0',
    ptp4lOpts: '-2 -s',
    phc2sysOpts: '-a -r -n 24',
    ...SCHEDULING,
    ptpSettings: { logReduce: 'true' },
    ptp4lConf: ptp4lText({}, { slaveOnly: '1', clockClass: '255', clock_type: 'OC', ...changed }),
  };
}

export function boundaryClock(
  changed: Readonly<Record<string, string>> = {},
  name = 'boundary',
  card = 'ens1',
): PtpProfile {
  return {
    name,
    ptp4lOpts: '-2',
    phc2sysOpts: '-a -r -n 24',
    ...SCHEDULING,
    ptpSettings: { logReduce: 'true' },
    ptp4lConf: ptp4lText(
      {
        [`${card}f0`]: 'masterOnly 0',
        [`${card}f1`]: 'masterOnly 1',
        [`${card}f2`]: 'masterOnly 1',
        [`${card}f3`]: 'masterOnly 1',
      },
      changed,
    ),
  };
}

export function dualFollower(changed: Readonly<Record<string, string>> = {}): PtpProfile {
  return {
    name: 'oc1',
    ptp4lOpts: '-2  --summary_interval -4',
    phc2sysOpts: '-a -r -n 24 -N 8 -R 16 -u 0',
    ...SCHEDULING,
    ptpClockThreshold: { holdOverTimeout: 5, maxOffsetThreshold: 100, minOffsetThreshold: -100 },
    ptp4lConf: ptp4lText(
      { ens1f0: 'masterOnly 0', ens1f1: 'masterOnly 0' },
      { slaveOnly: '1', clockClass: '255', clock_type: 'OC', ...changed },
    ),
  };
}

const HOLDOVER_PLUGIN = {
  e810: {
    enableDefaultConfig: false,
    interconnections: [
      {
        id: 'ens4f0',
        part: 'E810-XXVDA4T',
        gnssInput: false,
        phaseOutputConnectors: ['SMA1'],
        upstreamPort: 'ens4f1',
      },
    ],
    settings: { LocalHoldoverTimeout: 14400, LocalMaxHoldoverOffSet: 1500, MaxInSpecOffset: 100 },
  },
} as const;

export function telecomBoundaryClock(
  changed: Readonly<Record<string, string>> = {},
): readonly [PtpProfile, PtpProfile] {
  const steering = {
    pi_proportional_const: '0.60',
    pi_integral_const: '0.0003',
    boundary_clock_jbod: '1',
    ...changed,
  };
  const receiver: PtpProfile = {
    name: 'tbc-tr',
    ptp4lOpts: '-2 --summary_interval -4',
    phc2sysOpts: '-r -n 24 -N 8 -R 16 -u 0 -m -w -s ens4f1',
    ts2phcOpts: '-s generic -a --ts2phc.rh_external_pps 1',
    ...SCHEDULING,
    ptpSettings: { inSyncConditionThreshold: '10', inSyncConditionTimes: '12', logReduce: 'false' },
    plugins: HOLDOVER_PLUGIN,
    ptp4lConf: ptp4lText({ ens4f1: 'masterOnly 0' }, { clock_type: 'OC', ...steering }),
    ts2phcConf: `[global]\n${TS2PHC_GLOBAL}\ndomainNumber 24\nuds_address /var/run/ptp4l.0.socket\n[ens4f0]\nts2phc.extts_polarity rising\nts2phc.extts_correction -10\nts2phc.master 0\n`,
  };
  const transmitter: PtpProfile = {
    name: 'tbc-tt',
    ptp4lOpts: '-2 --summary_interval -4',
    ...SCHEDULING,
    ptpSettings: { controllingProfile: 'tbc-tr', logReduce: 'false' },
    ptp4lConf: ptp4lText({ ens4f2: 'masterOnly 1', ens4f3: 'masterOnly 1' }, steering),
  };
  return [receiver, transmitter];
}

export function telecomTimeSlaveClock(changed: Readonly<Record<string, string>> = {}): PtpProfile {
  return {
    ...telecomBoundaryClock(changed)[0],
    name: 't-tsc',
    phc2sysOpts: '-r -n 24 -N 8 -R 16 -u 0 -m -s ens4f1',
  };
}

export function telecomGrandmaster(changed: Readonly<Record<string, string>> = {}): PtpProfile {
  return {
    name: 'grandmaster',
    ptp4lOpts: '-2 --summary_interval -4',
    phc2sysOpts: '-r -u 0 -m -N 8 -R 16 -s ens1f0 -n 24',
    ts2phcOpts: ' ',
    ...SCHEDULING,
    ptpSettings: { logReduce: 'true' },
    plugins: {
      e810: {
        enableDefaultConfig: false,
        settings: { LocalHoldoverTimeout: 14400, LocalMaxHoldoverOffSet: 1500, MaxInSpecOffset: 1500 },
      },
    },
    ptpClockThreshold: { holdOverTimeout: 5, maxOffsetThreshold: 100, minOffsetThreshold: -100 },
    ptp4lConf: ptp4lText(
      { ens1f0: 'masterOnly 1', ens1f1: 'masterOnly 1', ens1f2: 'masterOnly 1', ens1f3: 'masterOnly 1' },
      {
        clockClass: '6',
        clockAccuracy: '0x27',
        logMinPdelayReqInterval: '0',
        clock_class_threshold: '7',
        timeSource: '0x20',
        ...changed,
      },
    ),
    ts2phcConf: `[nmea]\nts2phc.master 1\n[global]\n${TS2PHC_GLOBAL}\nts2phc.nmea_serialport /dev/ttyGNSS_1700_0\n[ens1f0]\nts2phc.extts_polarity rising\nts2phc.pin_index 1\nts2phc.extts_correction 0\n`,
  };
}

/** A lab server: the class of a client, and no word about its ports. */
export function labServer(changed: Readonly<Record<string, string>> = {}): PtpProfile {
  return {
    name: 'grandmaster',
    interface: 'ens5f0',
    ptp4lOpts: '-2 --summary_interval -4',
    phc2sysOpts: '-a -r -m -n 24 -N 8 -R 16',
    ...SCHEDULING,
    ptpSettings: { logReduce: 'true' },
    ptp4lConf: ptp4lText({}, { clockClass: '255', clock_type: 'OC', clock_class_threshold: '7', ...changed }),
  };
}

/** Two boundary clocks on two cards, and the profile whose phc2sys follows whichever is better. */
export function highAvailabilitySet(): readonly PtpProfile[] {
  const members = [boundaryClock({}, 'bc1', 'ens1'), boundaryClock({}, 'bc2', 'ens2')].map((profile) => ({
    ...profile,
    phc2sysOpts: '',
  }));
  return [
    ...members,
    {
      name: 'boundary-ha',
      ptp4lOpts: '',
      phc2sysOpts: '-a -r -n 24',
      ...SCHEDULING,
      ptpSettings: { logReduce: 'true', haProfiles: 'bc1,bc2' },
    },
  ];
}
