/** The PtpProfile of an instance: what PtpConfig, ptp-configmap and the daemon's config dump show. */
import type { Instance, NodeSpec } from './node-spec.ts';

export interface PtpProfile {
  readonly name: string;
  readonly ptp4lOpts: string;
  readonly ptp4lConf: string;
  readonly phc2sysOpts?: string;
  readonly ts2phcOpts?: string;
  readonly ts2phcConf?: string;
  readonly ptpSchedulingPolicy: string;
  readonly ptpSchedulingPriority: number;
  readonly ptpClockThreshold: {
    readonly holdOverTimeout: number;
    readonly maxOffsetThreshold: number;
    readonly minOffsetThreshold: number;
  };
  readonly ptpSettings: Readonly<Record<string, string>>;
}

/** Nodes of the common shape share a profile; any other node has one of its own, as names must be unique. */
export function profileNameOf(spec: NodeSpec, instance: Instance, domain: number): string {
  const isCommon = spec.ports === undefined && spec.everyOffset && domain === COMMON_DOMAIN;
  return isCommon ? instance.profileName : `${instance.profileName}-${spec.name}`;
}

const COMMON_DOMAIN = 24;

export function profileOf(spec: NodeSpec, instance: Instance, domain: number = spec.domain): PtpProfile {
  const isClient = instance.transmitters.length === 0;
  const global = [
    'tx_timestamp_timeout 50',
    'logAnnounceInterval -3',
    'logSyncInterval -4',
    'logMinDelayReqInterval -4',
    'announceReceiptTimeout 3',
    'dataset_comparison G.8275.x',
    `domainNumber ${domain}`,
    ...(isClient ? ['clientOnly 1', 'clockClass 255'] : []),
    ...(spec.clockType === 'T-GM'
      ? ['clockClass 6', 'clockAccuracy 0x21', 'offsetScaledLogVariance 0x4e5d']
      : []),
    ...(spec.clockType === 'T-BC' ? ['boundary_clock_jbod 1', 'clock_class_threshold 135'] : []),
    'step_threshold 2.0',
    'first_step_threshold 0.00002',
    'fault_reset_interval 2',
    'network_transport L2',
  ];
  const ports = [
    ...instance.receivers.flatMap((port) => [`[${port}]`, ...(isClient ? [] : ['masterOnly 0'])]),
    ...instance.transmitters.flatMap((port) => [`[${port}]`, 'masterOnly 1']),
  ];
  return {
    name: profileNameOf(spec, instance, domain),
    ptp4lOpts: spec.everyOffset ? '-2 --summary_interval -4' : '-2 --summary_interval 0',
    ptp4lConf: `[global]\n${[...global, ...ports].join('\n')}\n`,
    ...(instance.hasPhc2sys ? { phc2sysOpts: `-a -r -n ${domain} -R 8 -u ${spec.everyOffset ? 0 : 8}` } : {}),
    ...(instance.hasTs2phc ? { ts2phcOpts: ' ', ts2phcConf: ts2phcConf(instance) } : {}),
    ptpSchedulingPolicy: 'SCHED_FIFO',
    ptpSchedulingPriority: 10,
    ptpClockThreshold: { holdOverTimeout: 5, maxOffsetThreshold: 100, minOffsetThreshold: -100 },
    ptpSettings: settings(spec, instance, domain),
  };
}

function settings(spec: NodeSpec, instance: Instance, domain: number): Record<string, string> {
  if (spec.clockType === 'T-GM') return { logReduce: 'false', clockType: 'T-GM' };
  if (spec.clockType !== 'T-BC') return { logReduce: 'false' };
  if (instance.receivers.length === 0) {
    const controllingProfile = profileNameOf(spec, { ...instance, profileName: '01-tbc-tr' }, domain);
    return { logReduce: 'false', controllingProfile };
  }
  const port = instance.receivers[0] ?? '';
  return { logReduce: 'false', clockType: 'T-BC', upstreamPort: port, leadingInterface: port };
}

function ts2phcConf(instance: Instance): string {
  const port = instance.receivers[0] ?? instance.transmitters[0] ?? '';
  const source = instance.receivers.length === 0 ? ['[nmea]', 'ts2phc.master 1'] : [];
  return [
    ...source,
    '[global]',
    'use_syslog 0',
    'verbose 1',
    'logging_level 7',
    'ts2phc.pulsewidth 100000000',
    'leapfile /usr/share/zoneinfo/leap-seconds.list',
    `[${port}]`,
    'ts2phc.extts_polarity rising',
    'ts2phc.extts_correction 0',
    '',
  ].join('\n');
}
