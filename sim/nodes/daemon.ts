import type { NodeContext } from './node-context.ts';
import { ptp4lTag } from './node-context.ts';
import type { Instance } from './node-spec.ts';
import type { PtpProfile } from './profile.ts';

const CONFIG_POLL_MILLIS = 30_000;
const PMC_POLL_MILLIS = 60_000;
/** linuxptp options this version warns about when a configuration uses the old names. */
const DEPRECATED: readonly (readonly [old: string, now: string])[] = [
  ['slaveOnly', 'clientOnly'],
  ['masterOnly', 'serverOnly'],
];

export interface Applied {
  readonly instance: Instance;
  readonly profile: PtpProfile;
}

export interface UpstreamQuality {
  readonly clockClass: number;
  readonly identity: string;
  readonly parentPort: string;
}

/** The daemon's own lines: start, configuration dumps, process life, pmc polls and idle chatter. */
export class DaemonVoice {
  readonly #context: NodeContext;
  #cancel: (() => void)[] = [];

  constructor(context: NodeContext) {
    this.#context = context;
  }

  /** First lines of a container. */
  printStart(pod: string): void {
    const { output } = this.#context;
    output.raw('Git commit: Undefined');
    for (const [location, text] of [
      ['main.go:81', 'resync period set to: 30 [s]'],
      ['main.go:82', 'linuxptp profile path set to: /etc/linuxptp'],
      ['main.go:83', 'pmc poll interval set to: 60 [s]'],
      ['main.go:102', 'successfully get kubeconfig'],
      ['main.go:486', `Pod ${pod} labelled successfully.`],
      ['leap-file.go:243', 'Leap file expiration is set to 4291747200'],
      ['version.go:52', 'linuxptp package version is: 4.4-1.el9_6.3'],
      ['featureflags.go:52', 'OC Enabled: true'],
      ['featureflags.go:53', 'OC DualPort: true'],
      ['featureflags.go:74', 'BC Enabled: true'],
      ['featureflags.go:75', 'BC HoldOver: true'],
      ['featureflags.go:99', 'GM Enabled: true'],
      ['featureflags.go:28', 'LogSeverity: true'],
      ['daemon.go:630', 'Daemon Run() started, waiting for configuration updates...'],
      ['ready.go:141', 'Starting Ready Server'],
    ] as const) {
      output.glog('I', location, text);
    }
  }

  printApply(applied: readonly Applied[]): void {
    const { output } = this.#context;
    output.glog('I', 'config.go:186', `load profiles: ${applied.length} profiles loaded`);
    output.glog(
      'I',
      'daemon.go:752',
      `in applyNodePTPProfiles - starting to apply ${applied.length} node profiles`,
    );
    for (const { instance, profile } of applied) {
      output.glog('I', 'daemon.go:922', '------------------------------------');
      output.glog('I', 'daemon.go:707', `Profile Name: ${profile.name}`);
      output.glog('I', 'daemon.go:707', 'Interface: ');
      output.glog('I', 'daemon.go:707', `Ptp4lOpts: ${profile.ptp4lOpts} -m`);
      output.glog('I', 'daemon.go:707', `Ptp4lConf: ${runtimeConfiguration(instance, profile)}`);
      if (profile.phc2sysOpts !== undefined)
        output.glog('I', 'daemon.go:707', `Phc2sysOpts: ${profile.phc2sysOpts} -m`);
      output.glog('I', 'daemon.go:707', `PtpSchedulingPolicy: ${profile.ptpSchedulingPolicy}`);
      output.glog('I', 'daemon.go:714', `PtpSettings: map[${settingsText(profile)}]`);
      output.glog('I', 'daemon.go:936', '------------------------------------');
      output.glog('I', 'daemon.go:842', `Successfully applied profile: ${profile.name}`);
    }
    const ports = applied.flatMap(({ instance }) => [...instance.receivers, ...instance.transmitters]);
    output.glog('I', 'ptpdev.go:136', `PTP capable NICs: [${[...new Set(ports)].sort().join(' ')}]`);
  }

  printProcessStart(program: string, index: number, profile: PtpProfile): void {
    const { output, metrics } = this.#context;
    const options =
      program === 'ptp4l'
        ? profile.ptp4lOpts
        : program === 'phc2sys'
          ? profile.phc2sysOpts
          : profile.ts2phcOpts;
    output.glog('I', 'daemon.go:1792', `Starting ${program}...`);
    const command = `/bin/chrt -f ${profile.ptpSchedulingPriority} /usr/sbin/${program} -f /var/run/${program}.${index}.config  ${(options ?? '').trim()} -m`;
    output.glog('I', 'daemon.go:1793', `${program} cmd: ${command}`);
    if (program === 'ptp4l') {
      for (const [old, now] of DEPRECATED) {
        if (profile.ptp4lConf.includes(`${old} `))
          output.raw(`option ${old} is deprecated, please use ${now} instead`);
      }
    }
    const labels = {
      config: program === 'ts2phc' ? `ts2phc.${index}.config` : ptp4lTag(index),
      process: program,
    };
    metrics.set('process_status', labels, 1);
    metrics.increment('process_restart_count', labels);
  }

  printProcessExit(program: string, index: number, reason: string): void {
    const { output, metrics } = this.#context;
    output.glog('E', 'daemon.go:1869', `CmdRun() error waiting for ${program}: ${reason}`);
    const config = program === 'ts2phc' ? `ts2phc.${index}.config` : ptp4lTag(index);
    metrics.set('process_status', { config, process: program }, 0);
  }

  printRecreate(program: string): void {
    this.#context.output.glog('I', 'daemon.go:1884', `Recreating ${program}...`);
  }

  printStop(program: string): void {
    this.#context.output.glog('I', 'daemon.go:1905', `stopping ${program}...`);
  }

  /** Starts the polls. Own class and `upstream` are asked each time, as pmc would be. */
  startPolls(index: number, ownClass: () => number, upstream: () => UpstreamQuality | undefined): void {
    const { agenda, output } = this.#context;
    this.#cancel = [
      agenda.every(CONFIG_POLL_MILLIS, () => {
        output.glog('I', 'ptpdev.go:165', 'run device status update function');
        output.glog('I', 'config.go:177', 'UpdateConfig: config unchanged, skipping update');
      }),
      agenda.every(PMC_POLL_MILLIS, () => this.printParent(index, ownClass(), upstream()), 3_000),
    ];
  }

  stopPolls(): void {
    for (const cancel of this.#cancel) cancel();
    this.#cancel = [];
  }

  /** A pmc answer about the parent, tab-indented as pmc prints it, and the daemon's class line. */
  printParent(index: number, ownClass: number, parent: UpstreamQuality | undefined): void {
    const { output, metrics } = this.#context;
    if (parent !== undefined) {
      const fields = [
        `parentPortIdentity                    ${parent.parentPort}`,
        'parentStats                           0',
        'observedParentOffsetScaledLogVariance 0xffff',
        'observedParentClockPhaseChangeRate    0x7fffffff',
        'grandmasterPriority1                  128',
        `gm.ClockClass                         ${parent.clockClass}`,
        `gm.ClockAccuracy                      ${parent.clockClass === 6 ? '0x21' : '0xfe'}`,
        `gm.OffsetScaledLogVariance            ${parent.clockClass === 6 ? '0x4e5d' : '0xffff'}`,
        'grandmasterPriority2                  128',
        `grandmasterIdentity                   ${parent.identity}`,
      ];
      output.glog('I', 'pmc.go:146', 'GET PARENT_DATA_SET retry 0');
      output.glog('I', 'pmc.go:287', fields.join('\n\t\t'));
    }
    output.status('ptp4l', ptp4lTag(index), `CLOCK_CLASS_CHANGE ${ownClass}`);
    metrics.set('clock_class', { config: ptp4lTag(index), process: 'ptp4l' }, ownClass);
  }
}

/** The configuration as the daemon writes it: profile name first, tag and socket added to [global]. */
function runtimeConfiguration(instance: Instance, profile: PtpProfile): string {
  const tag = ptp4lTag(instance.index);
  const added = `message_tag [${tag}:{level}]\nuds_address /var/run/ptp4l.${instance.index}.socket\n`;
  const firstPort = profile.ptp4lConf.indexOf('\n[') + 1;
  const configuration = profile.ptp4lConf.slice(0, firstPort) + added + profile.ptp4lConf.slice(firstPort);
  return `#profile: ${profile.name}\n\n${configuration.trimEnd()}`;
}

function settingsText(profile: PtpProfile): string {
  return Object.entries(profile.ptpSettings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}:${value}`)
    .join(' ');
}
