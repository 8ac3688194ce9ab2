import { describe, expect, it } from '@jest/globals';
import type { PtpProfile } from '../../observe/observation.ts';
import {
  boundaryClock,
  dualFollower,
  highAvailabilitySet,
  labServer,
  ordinaryClock,
  telecomBoundaryClock,
  telecomGrandmaster,
  telecomTimeSlaveClock,
} from '../../../test/reference-profiles.ts';
import { buildExpected } from '../expected-model.ts';
import { COMPLIANCE_RULE_TABLE, checkNode, complianceRules } from './index.ts';
import type { ComplianceCheck } from './index.ts';

function checksOf(profiles: readonly PtpProfile[]): readonly ComplianceCheck[] {
  const expected = buildExpected({
    assigned: [
      {
        kind: 'profilesAssigned',
        node: 'worker-0',
        source: 'Resource',
        atMicros: 0,
        origin: 'Applied',
        profiles,
      },
    ],
    linuxptpVersion: '4.4',
  });
  return checkNode(expected);
}

/** `rule level` of every broken rule, each once, sorted. */
function broken(
  profiles: readonly PtpProfile[],
  levels: readonly string[] = ['Critical', 'Error'],
): readonly string[] {
  const found = checksOf(profiles).filter(({ result, level }) => result === 'Fail' && levels.includes(level));
  return [...new Set(found.map(({ rule, level }) => `${rule.id} ${level}`))].toSorted();
}

describe('reference configurations', () => {
  const references: readonly (readonly [
    string,
    readonly PtpProfile[],
    readonly string[],
    readonly string[],
  ])[] = [
    ['ordinary clock', [ordinaryClock()], ['OC'], []],
    ['boundary clock', [boundaryClock()], ['BC'], []],
    ['dual follower', [dualFollower()], ['OC'], []],
    ['T-BC of two profiles', telecomBoundaryClock(), ['TBC', 'TBC'], []],
    [
      'T-TSC with holdover',
      [telecomTimeSlaveClock()],
      ['TSC'],
      ['G8275.1-client-only Warn', 'phc2sys-utc-offset Warn'],
    ],
    ['T-GM', [telecomGrandmaster()], ['TGM'], ['phc2sys-utc-offset Warn']],
    [
      'lab server',
      [labServer()],
      ['GM'],
      ['G8275.1-clock-class-grandmaster Warn', 'G8275.1-server-only Warn'],
    ],
    ['HA pair', highAvailabilitySet(), ['BC', 'BC', 'Unknown'], []],
  ];

  it.each(references)('%s breaks no rule of level Error', (_name, profiles) => {
    expect(broken(profiles)).toEqual([]);
  });

  it.each(references)(
    '%s is recognised, and its known flaws are named',
    (_name, profiles, clockTypes, flaws) => {
      const expected = buildExpected({
        assigned: [
          {
            kind: 'profilesAssigned',
            node: 'n',
            source: 'Resource',
            atMicros: 0,
            origin: 'Applied',
            profiles,
          },
        ],
      });
      expect(expected.instances.map(({ clockType }) => clockType)).toEqual(clockTypes);
      expect(broken(profiles, ['Warn'])).toEqual(flaws);
    },
  );

  it('names a clock class threshold that drops a T-BC in holdover', () => {
    expect(broken([ordinaryClock({ clock_class_threshold: '7' })], ['Warn'])).toEqual([
      'G8275.1-clock-class-threshold Warn',
    ]);
  });
});

describe('one broken option', () => {
  const mutations: readonly (readonly [string, readonly PtpProfile[], string])[] = [
    ['domain below the range', [boundaryClock({ domainNumber: '23' })], 'G8275.1-domain Error'],
    ['domain of G.8275.2', [boundaryClock({ domainNumber: '44' })], 'G8275.1-domain Error'],
    ['domain out of range for linuxptp', [boundaryClock({ domainNumber: '300' })], 'linuxptp-value Critical'],
    [
      'comparison of IEEE 1588',
      [boundaryClock({ dataset_comparison: 'ieee1588' })],
      'G8275.1-dataset-comparison Error',
    ],
    ['slow Announce', [boundaryClock({ logAnnounceInterval: '1' })], 'G8275.1-announce-interval Error'],
    ['slow Sync', [boundaryClock({ logSyncInterval: '-3' })], 'G8275.1-sync-interval Error'],
    [
      'slow Delay_Req',
      [ordinaryClock({ logMinDelayReqInterval: '0' })],
      'G8275.1-delay-request-interval Error',
    ],
    ['peer delay', [boundaryClock({ delay_mechanism: 'P2P' })], 'G8275.1-delay-mechanism Error'],
    ['software stamps', [ordinaryClock({ time_stamping: 'software' })], 'G8275.1-time-stamping Critical'],
    ['majorSdoId 1', [boundaryClock({ transportSpecific: '0x1' })], 'G8275.1-transport-specific Error'],
    [
      'another multicast address',
      [boundaryClock({ ptp_dst_mac: '01:00:5E:00:01:81' })],
      'G8275.1-destination-address Error',
    ],
    ['unicast on', [boundaryClock({ unicast_listen: '1' })], 'G8275.1-unicast-listen Error'],
    ['hybrid on', [boundaryClock({ hybrid_e2e: '1' })], 'G8275.1-hybrid-e2e Error'],
    [
      'multicast off',
      [boundaryClock({ inhibit_multicast_service: '1' })],
      'G8275.1-inhibit-multicast-service Error',
    ],
    ['free running', [boundaryClock({ free_running: '1' })], 'G8275.1-free-running Critical'],
    ['no Announce', [boundaryClock({ inhibit_announce: '1' })], 'G8275.1-inhibit-announce Error'],
    ['no Delay_Req', [boundaryClock({ inhibit_delay_req: '1' })], 'G8275.1-inhibit-delay-request Error'],
    ['no best clock algorithm', [boundaryClock({ BMCA: 'noop' })], 'G8275.1-bmca Error'],
    ['transparent clock', [boundaryClock({ clock_type: 'E2E_TC' })], 'G8275.1-clock-type Error'],
    ['BC with one port', [ordinaryClock({ clock_type: 'BC' })], 'G8275.1-clock-type Critical'],
    ['BC that claims a PRTC', [boundaryClock({ clockClass: '6' })], 'G8275.1-clock-class-boundary Critical'],
    ['BC in client-only mode', [boundaryClock({ slaveOnly: '1' })], 'G8275.1-client-only-server Error'],
    ['follower that may serve', [dualFollower({ slaveOnly: '0' })], 'G8275.1-client-only Error'],
    [
      'T-GM in client-only mode',
      [telecomGrandmaster({ slaveOnly: '1' })],
      'G8275.1-client-only-server Error',
    ],
    [
      'T-GM with a class of another profile',
      [telecomGrandmaster({ clockClass: '13' })],
      'G8275.1-clock-class-grandmaster Error',
    ],
    ['misspelt option', [boundaryClock({ domain_number: '24' })], 'linuxptp-unknown-option Critical'],
    ['option of another type', [boundaryClock({ priority2: 'high' })], 'linuxptp-value Critical'],
    ['comment behind a value', [boundaryClock({ domainNumber: '24 # telecom' })], 'linuxptp-value Critical'],
    [
      'phc2sys in another domain',
      [{ ...boundaryClock(), phc2sysOpts: '-a -r -n 25' }],
      'phc2sys-domain Error',
    ],
    [
      'phc2sys in two modes',
      [{ ...boundaryClock(), phc2sysOpts: '-a -r -n 24 -s ens1f0' }],
      'phc2sys-mode Critical',
    ],
    [
      'two writers of CLOCK_REALTIME',
      [boundaryClock(), boundaryClock({}, 'second', 'ens2')],
      'os-clock-writers Error',
    ],
    [
      'one port in two profiles',
      [boundaryClock(), { ...boundaryClock({}, 'second'), phc2sysOpts: '' }],
      'interface-shared Error',
    ],
    ['no interface', [{ ...ordinaryClock(), interface: '' }], 'linuxptp-interface Critical'],
    [
      'unknown setting',
      [{ ...ordinaryClock(), ptpSettings: { logReduced: 'true' } }],
      'daemon-setting-key Error',
    ],
    ['unknown plugin', [{ ...ordinaryClock(), plugins: { e811: {} } }], 'daemon-plugin-name Error'],
    ['missing member of an HA pair', highAvailabilitySet().slice(1), 'profile-ha-members Error'],
    ['missing controlling profile', [telecomBoundaryClock()[1]], 'profile-controlling Error'],
    [
      'ts2phc in another domain',
      [
        mutate(telecomBoundaryClock()[0], 'ts2phcConf', 'domainNumber 24', 'domainNumber 0'),
        telecomBoundaryClock()[1],
      ],
      'ts2phc-domain Error',
    ],
    [
      'option lost to a tab',
      [mutate(boundaryClock(), 'ptp4lConf', 'domainNumber 24', 'domainNumber\t24')],
      'daemon-tab-separated Critical',
    ],
    [
      'radio-side ports open',
      [mutate(boundaryClock(), 'ptp4lConf', 'masterOnly 1', 'egressLatency 0')],
      'G8275.1-boundary-roles Error',
    ],
    [
      'no port to follow',
      [mutate(boundaryClock(), 'ptp4lConf', '[ens1f0]\nmasterOnly 0', '[ens1f0]\nmasterOnly 1')],
      'G8275.1-reference Error',
    ],
    [
      'T-GM with a port that may follow',
      [mutate(telecomGrandmaster(), 'ptp4lConf', '[ens1f0]\nmasterOnly 1', '[ens1f0]\nmasterOnly 0')],
      'G8275.1-server-only Error',
    ],
  ];

  it.each(mutations)('%s: one rule of level Error fires', (_name, profiles, rule) => {
    expect(broken(profiles)).toEqual([rule]);
  });

  it.each([
    ['announceReceiptTimeout', '10', 'G8275.1-announce-timeout Warn'],
    ['priority1', '127', 'G8275.1-priority1 Warn'],
    ['G.8275.defaultDS.localPriority', '1', 'G8275.1-local-priority Warn'],
    ['G.8275.portDS.localPriority', '1', 'G8275.1-port-local-priority Warn'],
    ['tx_timestamp_timeout', '10', 'G8275.1-tx-timestamp-timeout Warn'],
    ['fault_reset_interval', '4', 'G8275.1-fault-reset-interval Warn'],
    ['step_threshold', '0.000001', 'G8275.1-step-threshold Warn'],
    ['first_step_threshold', '0.000001', 'G8275.1-first-step-threshold Warn'],
  ])('%s %s is a warning only', (option, value, rule) => {
    expect(broken([boundaryClock({ [option]: value })], ['Critical', 'Error', 'Warn'])).toEqual([rule]);
  });

  it('names the line and says what is right', () => {
    const profile = boundaryClock({ logSyncInterval: '0' });
    const line = (profile.ptp4lConf ?? '').split('\n').indexOf('logSyncInterval 0') + 1;
    const found = checksOf([profile]).find(
      ({ rule, result }) => rule.id === 'G8275.1-sync-interval' && result === 'Fail',
    );
    expect(found).toMatchObject({
      line,
      section: 'global',
      expected: '-4',
      found: '0',
      option: 'logSyncInterval',
    });
  });

  it('judges what is missing by the default of linuxptp', () => {
    const bare: PtpProfile = {
      name: 'bare',
      interface: 'ens1f0',
      ptp4lOpts: '-2 -s',
      ptp4lConf: '[global]\ndomainNumber 24\n',
      ptpSchedulingPolicy: 'SCHED_FIFO',
      ptpSchedulingPriority: 10,
    };
    expect(broken([bare])).toEqual([
      'G8275.1-announce-interval Error',
      'G8275.1-dataset-comparison Error',
      'G8275.1-delay-request-interval Error',
      'G8275.1-sync-interval Error',
    ]);
  });
});

describe('the rule table', () => {
  it('has unique ids that fit the report', () => {
    const ids = complianceRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id.length <= 64)).toBe(true);
    expect(ids).toEqual(expect.arrayContaining(COMPLIANCE_RULE_TABLE.map(({ id }) => id)));
  });

  it('gives a remedy for every rule', () => {
    expect(
      COMPLIANCE_RULE_TABLE.filter(({ remedy }) => remedy.length < 5 || remedy.length > 160).map(
        ({ id }) => id,
      ),
    ).toEqual([]);
  });

  it('ends on a circle of controlling profiles', () => {
    const [receiver, transmitter] = telecomBoundaryClock();
    const circle = [{ ...receiver, ptpSettings: { controllingProfile: 'tbc-tt' } }, transmitter];
    expect(broken(circle)).toContain('profile-controlling Error');
  });
});

function mutate(
  profile: PtpProfile,
  field: 'ptp4lConf' | 'ts2phcConf',
  from: string,
  to: string,
): PtpProfile {
  const text = profile[field] ?? '';
  expect(text).toContain(from);
  return { ...profile, [field]: text.replaceAll(from, to) };
}
