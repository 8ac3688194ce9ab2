import { describe, expect, it } from '@jest/globals';
import type { SampleLine } from '../../../../test/support/observe-log.ts';
import { observeLog } from '../../../../test/support/observe-log.ts';

const G = 'I0908 10:12:04.085236  624338 daemon.go:707] ';
const E = 'E0908 10:12:04.085236  624338 metrics.go:707] ';

const samples: readonly SampleLine[] = [
  [
    'Git commit: ff19dc8f3ccf9dce23c28fdb6d9bed42f8e95e84',
    [{ kind: 'daemonLife', what: 'ContainerStarted' }],
  ],
  [
    `${G}linuxptp package version is: 4.4-1.el9_6.3`,
    [{ what: 'LinuxptpVersion', linuxptpVersion: '4.4-1.el9_6.3', level: 6 }],
  ],
  [
    `${G}PTP capable NICs: [eno1 ens4f0 ens8f3]`,
    [{ what: 'CapableInterfaces', interfaceNames: ['eno1', 'ens4f0', 'ens8f3'] }],
  ],
  [`${G}PTP capable NICs: []`, [{ interfaceNames: [] }]],
  [`${G}in applyNodePTPProfiles`, [{ what: 'ApplyingProfiles' }]],
  [`${G}config unchanged, skipping update`, [{ what: 'ConfigUnchanged' }]],
  [`${G}Starting ptp4l...`, [{ kind: 'processLife', program: 'ptp4l', what: 'Starting' }]],
  [`${G}stopping phc2sys...`, [{ program: 'phc2sys', what: 'Stopping' }]],
  [`${G}Sending TERM to (ptp4l) PID: 4711`, [{ program: 'ptp4l', what: 'Stopping' }]],
  [
    'E0908 10:12:04.085236  624338 daemon.go:7] CmdRun() error waiting for phc2sys: exit status 146',
    [{ program: 'phc2sys', what: 'Exited', exitStatus: 146, level: 3 }],
  ],
  [`${G}Recreating phc2sys...`, [{ program: 'phc2sys', what: 'Recreating' }]],
  [`${G}Not recreating phc2sys, processes was stopped.`, [{ program: 'phc2sys', what: 'NotRecreated' }]],
  [`${G}T-BC MOVE TO HOLDOVER`, [{ kind: 'syncStatus', role: 'T-BC', state: 'Holdover' }]],
  [`${G}T-BC MOVE TO NORMAL`, [{ kind: 'syncStatus', role: 'T-BC', state: 'Locked' }]],
  [
    `${G}registered iface ens4f0 phc /dev/ptp9 in alias store`,
    [{ kind: 'hardwareClock', interfaceName: 'ens4f0', device: '/dev/ptp9' }],
  ],
  [
    `${G}dpll event sent for (ens4f0): state s1, Offset 1, In spec true, Source ptp4l lost false, On holdover true`,
    [],
  ],
  // Error lines that quote other lines are no events.
  [`${E}Failed to extract metrics from ptp4l output: unrecognized role in event: link down`, []],
  [
    `${E}Failed to extract metrics from ptp4l output: port 1 (ens4f1): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)`,
    [],
  ],
];

describe("the daemon's own messages", () => {
  it.each([...samples])('%s', (text, facts) => {
    const { observations, counts } = observeLog(`${text}\n`);
    expect(counts).toMatchObject({ total: 1, recognised: 1 });
    expect(observations).toHaveLength(facts.length);
    expect(observations).toMatchObject(facts);
  });

  it('counts warnings and errors that no rule knows', () => {
    expect(observeLog('E0908 10:12:04.085236  624338 x.go:1] quite new trouble\n').unrecognised).toEqual([
      'E0908 10:12:04.085236  624338 x.go:1] quite new trouble',
    ]);
  });

  it('puts configurations together, also with process lines between', () => {
    const text = [
      `${G}Profile Name: 01-tbc-tr`,
      `${G}Ptp4lOpts: -2 --summary_interval -4 -m`,
      `${G}Ptp4lConf: #profile: 01-tbc-tr`,
      '',
      '[global]',
      'domainNumber 24',
      'phc2sys[12.345]: [ptp4l.0.config:6] Waiting for ptp4l...',
      'message_tag [ptp4l.1.config:{level}]',
      '[ens4f1]',
      'masterOnly 0',
      `${G}Phc2sysOpts: -a -r`,
      `${G}ptp4l cmd: /bin/chrt -f 10 /usr/sbin/ptp4l -f /var/run/ptp4l.1.config -2 -m`,
      `${G}phc2sys cmd: /usr/sbin/phc2sys -f /var/run/phc2sys.1.config -a -r`,
    ].join('\n');
    const { observations, counts } = observeLog(text);
    expect(counts).toMatchObject({ recognised: 12, empty: 1, unrecognised: 0 });
    expect(observations).toMatchObject([
      { kind: 'clockSource' },
      {
        kind: 'configApplied',
        profile: '01-tbc-tr',
        target: 'ptp4l',
        configName: 'ptp4l.1.config',
        text: '#profile: 01-tbc-tr\n\n[global]\ndomainNumber 24\nmessage_tag [ptp4l.1.config:{level}]\n[ens4f1]\nmasterOnly 0\n',
      },
      {
        kind: 'configApplied',
        target: 'ptp4l',
        profile: '01-tbc-tr',
        configName: 'ptp4l.1.config',
        command: '/bin/chrt -f 10 /usr/sbin/ptp4l -f /var/run/ptp4l.1.config -2 -m',
      },
      { kind: 'configApplied', target: 'phc2sys', profile: '01-tbc-tr', configName: 'phc2sys.1.config' },
    ]);
  });

  it('reads pmc replies behind a glog header', () => {
    const text = [
      `${G}parentPortIdentity                    020000.fffe.000100-1`,
      'gm.ClockClass                         6',
      'grandmasterIdentity                   020000.fffe.000100',
      `${G}GET PARENT_DATA_SET retry 0`,
    ].join('\n');
    expect(observeLog(text).observations).toMatchObject([
      { kind: 'dataSet', name: 'PARENT_DATA_SET', values: { 'gm.ClockClass': '6' } },
    ]);
  });

  it('finds the hardware clocks in what ethtool says', () => {
    const text = [
      'Time stamping parameters for ens4f0:',
      'Capabilities:',
      '\thardware-transmit',
      'PTP Hardware Clock: 9',
      'Time stamping parameters for veth0:',
      'PTP Hardware Clock: none',
    ];
    const { observations, counts } = observeLog(
      [`${G}run device status update function`, ...text].join('\n'),
    );
    expect(counts.recognised).toBe(7);
    expect(observations).toMatchObject([
      { kind: 'hardwareClock', interfaceName: 'ens4f0', device: '/dev/ptp9' },
    ]);
    expect(observations).toHaveLength(1);
  });

  it('knows continuation lines of a message, and other programs that come between', () => {
    const text = [`${G}System Information:`, '{"vendor": "x"}', '\tCapabilities:', 'other[12]: hello'].join(
      '\n',
    );
    expect(observeLog(text).counts).toMatchObject({ recognised: 3, foreign: 1 });
  });
});
