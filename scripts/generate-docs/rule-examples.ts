import { buildExpected } from '../../src/assess/expected-model.ts';
import { runRule, type ComplianceRule } from '../../src/assess/compliance/check.ts';
import type { PtpProfile } from '../../src/observe/observation.ts';
import { optionDefinition } from '../../src/ptp/config/options.ts';
import {
  boundaryClock,
  dualFollower,
  highAvailabilitySet,
  ordinaryClock,
  ptp4lText,
  telecomBoundaryClock,
  telecomGrandmaster,
} from '../../test/reference-profiles.ts';

/**
 * Examples are made, not written: each is a sound configuration with one thing broken, and what the
 * rule itself says about it.
 */
type Changed = Readonly<Record<string, string>>;

/** What the rule says about the first configuration that breaks it; undefined when none here does. */
export function exampleOf(rule: ComplianceRule): string | undefined {
  const candidates = rule.option === undefined ? SHOWCASES : [...optionCases(rule.option), ...SHOWCASES];
  for (const { what, profiles, linuxptpVersion } of candidates) {
    const message = firstFailure(rule, profiles(), linuxptpVersion);
    if (message !== undefined) return `${what}: ${message}`;
  }
  return undefined;
}

interface Case {
  what: string;
  linuxptpVersion?: string;
  profiles: () => readonly PtpProfile[];
}

function firstFailure(
  rule: ComplianceRule,
  profiles: readonly PtpProfile[],
  linuxptpVersion?: string,
): string | undefined {
  const source = { node: '', source: 'Archive', atMicros: 0, origin: 'Desired' } as const;
  const expected = buildExpected({
    assigned: [{ kind: 'profilesAssigned', ...source, profiles }],
    linuxptpVersion,
  });
  return expected.instances
    .flatMap((instance) => runRule(rule, { instance, expected }))
    .find(({ result }) => result === 'Fail')?.message;
}

const UNICAST: Changed = {
  domainNumber: '44',
  network_transport: 'UDPv4',
  hybrid_e2e: '1',
  inhibit_multicast_service: '1',
  dscp_event: '46',
  logAnnounceInterval: '0',
  unicast_req_duration: '300',
};
const PLAIN: Changed = {
  domainNumber: '0',
  dataset_comparison: 'ieee1588',
  logAnnounceInterval: '1',
  logSyncInterval: '0',
  logMinDelayReqInterval: '0',
};

const REFERENCES: readonly (readonly [name: string, make: (changed: Changed) => readonly PtpProfile[]])[] = [
  ['boundary clock', (changed) => [boundaryClock(changed)]],
  ['ordinary clock', (changed) => [ordinaryClock(changed)]],
  ['grandmaster', (changed) => [telecomGrandmaster(changed)]],
  ['T-BC', (changed) => telecomBoundaryClock(changed)],
  ['unicast client', (changed) => [dualFollower({ ...UNICAST, ...changed })]],
  ['clock of the default profile', (changed) => [boundaryClock({ ...PLAIN, ...changed })]],
];

const NUMBERS = ['0', '1', '2', '4', '8', '-8', '16', '100', '127', '254', '255', '0.00002', '1000'];

function* optionCases(option: string): Iterable<Case> {
  const definition = optionDefinition(option);
  const values = [
    ...(definition?.words ?? []),
    ...(definition?.type === 'Text' ? ['01:80:C2:00:00:0E', 'other'] : NUMBERS),
    ...(definition?.range ?? []).map(String),
  ];
  for (const [name, make] of REFERENCES) {
    for (const value of values) {
      yield { what: `\`${option} ${value}\` on a ${name}`, profiles: () => make({ [option]: value }) };
    }
  }
}

function changedProfile(change: Partial<PtpProfile>): () => readonly PtpProfile[] {
  return () => [{ ...boundaryClock(), ...change }];
}

function changedText(from: string | RegExp, to: string): () => readonly PtpProfile[] {
  return () => {
    const profile = boundaryClock();
    return [{ ...profile, ptp4lConf: (profile.ptp4lConf ?? '').replace(from, to) }];
  };
}

const PORTS = (roles: readonly string[]): (() => readonly PtpProfile[]) =>
  changedProfile({
    ptp4lConf: ptp4lText(
      Object.fromEntries(roles.map((role, index) => [`ens1f${index}`, `masterOnly ${role}`])),
    ),
  });

const TABLE = '[unicast_master_table]\ntable_id 2\nUDPv6 fe80::1\n';

const SHOWCASES: readonly Case[] = [
  { what: '`priority22 128`', profiles: changedText('priority2 128', 'priority22 128') },
  { what: '`priority2 high`', profiles: changedText('priority2 128', 'priority2 high') },
  { what: '`priority2` without a value', profiles: changedText('priority2 128', 'priority2') },
  {
    what: 'a tab behind `logSyncInterval`',
    profiles: changedText('logSyncInterval -4', 'logSyncInterval\t-4'),
  },
  { what: '`twoStepFlag` in a port section', profiles: changedText('masterOnly 0', 'twoStepFlag 1') },
  { what: 'no `[global]`', profiles: changedText('[global]', '[other]') },
  { what: '`priority2` twice', profiles: changedText('priority2 128', 'priority2 128\npriority2 127') },
  { what: '`[ens1f0]` twice', profiles: changedText('[global]', '[ens1f0]\nmasterOnly 0\n[global]') },
  {
    what: '`allow_unauth 1` with linuxptp 4.2',
    linuxptpVersion: '4.2',
    profiles: changedText('priority2 128', 'priority2 128\nallow_unauth 1'),
  },
  { what: 'no interface', profiles: changedText(/\[ens1f\d\]\nmasterOnly \d\n/g, '') },
  { what: 'a text of two megabytes', profiles: changedText('# ports', '# padding\n'.repeat(200_000)) },
  {
    what: '`network_transport UDPv4` without `-2`',
    profiles: () => [{ ...boundaryClock({ network_transport: 'UDPv4' }), ptp4lOpts: ' ' }],
  },
  { what: 'a boundary clock on a VLAN', profiles: changedText('ens1f0', 'ens1f0.100') },
  { what: 'ports of two cards', profiles: changedText('ens1f3', 'ens2f0') },
  { what: 'two receiving ports', profiles: PORTS(['0', '0', '1']) },
  {
    what: 'a grandmaster with a port that may follow',
    profiles: () => {
      const profile = telecomGrandmaster();
      const ptp4lConf = (profile.ptp4lConf ?? '').replace('masterOnly 1', 'masterOnly 0');
      return [{ ...profile, ptp4lConf, ptpSettings: { clockType: 'T-GM' } }];
    },
  },
  { what: 'a port without `masterOnly`', profiles: changedText('masterOnly 1', 'delayAsymmetry 0') },
  {
    what: '`clockClass 187` on a client without `slaveOnly`',
    profiles: changedProfile({
      ptp4lConf: ptp4lText({ ens1f0: 'masterOnly 0' }, { clockClass: '187' }),
    }),
  },
  { what: 'no receiving port', profiles: PORTS(['1', '1']) },
  { what: 'one port only', profiles: PORTS(['0']) },
  { what: '`phc2sysOpts: -a -r -n 25`', profiles: changedProfile({ phc2sysOpts: '-a -r -n 25' }) },
  { what: '`phc2sysOpts: -a -r -s ens1f0`', profiles: changedProfile({ phc2sysOpts: '-a -r -s ens1f0' }) },
  { what: '`phc2sysOpts: -s ens9f0 -w`', profiles: changedProfile({ phc2sysOpts: '-s ens9f0 -w -n 24' }) },
  { what: '`phc2sysOpts: -s ens1f0`', profiles: changedProfile({ phc2sysOpts: '-s ens1f0 -n 24' }) },
  { what: '`chronydOpts: -d`', profiles: changedProfile({ chronydOpts: '-d' }) },
  {
    what: 'two profiles with phc2sys',
    profiles: () => [boundaryClock(), boundaryClock({}, 'second', 'ens2')],
  },
  { what: 'two profiles on one card', profiles: () => [boundaryClock(), boundaryClock({}, 'second')] },
  { what: '`clockTyp: T-BC`', profiles: changedProfile({ ptpSettings: { clockTyp: 'T-BC' } }) },
  { what: '`logReduce: maybe`', profiles: changedProfile({ ptpSettings: { logReduce: 'maybe' } }) },
  { what: 'priority 90', profiles: changedProfile({ ptpSchedulingPriority: 90 }) },
  { what: 'plugin `e811`', profiles: changedProfile({ plugins: { e811: {} } }) },
  {
    what: '`minOffsetThreshold: 200`',
    profiles: changedProfile({ ptpClockThreshold: { minOffsetThreshold: 200 } }),
  },
  {
    what: '`MaxInSpecOffset: 3000`',
    profiles: () => [{ ...telecomGrandmaster(), plugins: { e810: { settings: { MaxInSpecOffset: 3000 } } } }],
  },
  {
    what: '`controllingProfile: none`',
    profiles: changedProfile({ ptpSettings: { controllingProfile: 'none' } }),
  },
  { what: 'members not recommended', profiles: () => highAvailabilitySet().slice(2) },
  {
    what: 'ts2phc in another domain',
    profiles: () =>
      telecomBoundaryClock().map((profile) => ({
        ...profile,
        ...(profile.ts2phcConf === undefined
          ? {}
          : { ts2phcConf: profile.ts2phcConf.replace('domainNumber 24', 'domainNumber 25') }),
      })),
  },
  {
    what: 'a table nobody uses',
    profiles: () => [{ ...dualFollower(), ptp4lConf: `${dualFollower(UNICAST).ptp4lConf ?? ''}${TABLE}` }],
  },
  {
    what: 'a port with a table of another transport',
    profiles: () => [
      {
        ...dualFollower(),
        ptp4lConf: `${ptp4lText({ ens1f0: 'unicast_master_table 2' }, { slaveOnly: '1', ...UNICAST })}${TABLE}`,
      },
    ],
  },
  {
    what: 'a port without its table',
    profiles: () => [
      {
        ...dualFollower(),
        ptp4lConf: ptp4lText({ ens1f0: 'unicast_master_table 2' }, { slaveOnly: '1', ...UNICAST }),
      },
    ],
  },
];
