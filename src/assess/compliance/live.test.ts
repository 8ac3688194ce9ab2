import { describe, expect, it } from '@jest/globals';
import { boundaryClock, telecomGrandmaster } from '../../../test/reference-profiles.ts';
import { DEFAULT_POLICY } from '../../api/policy.ts';
import type { Observation, ProfilesAssigned, PtpProfile } from '../../observe/observation.ts';
import { createNodeState } from '../../state/node-state.ts';
import { fold } from '../../state/reducers/index.ts';
import { buildExpected } from '../expected-model.ts';
import { driftRules, profileDrift } from './drift.ts';
import { liveRules } from './live.ts';

function assigned(origin: ProfilesAssigned['origin'], profiles: readonly PtpProfile[]): ProfilesAssigned {
  return { kind: 'profilesAssigned', node: 'worker-0', source: 'Resource', atMicros: 0, origin, profiles };
}

const LOG = { node: 'worker-0', source: 'Log', atMicros: 1, configName: 'ptp4l.0.config' } as const;

function dataSet(name: string, values: Readonly<Record<string, string>>): Observation {
  return { ...LOG, kind: 'dataSet', program: 'pmc', name, values };
}

function clockClass(value: number): Observation {
  return { ...LOG, kind: 'clockClass', program: 'pmc', clockClass: value };
}

function broken(profile: PtpProfile, facts: readonly Observation[]): readonly string[] {
  const source = assigned('Applied', [profile]);
  const state = createNodeState('worker-0', 0);
  for (const fact of [
    source,
    { ...LOG, kind: 'configApplied', program: 'daemon', profile: profile.name, target: 'ptp4l' } as const,
    ...facts,
  ])
    fold(state, fact);
  const context = { state, expected: buildExpected({ assigned: [source] }), policy: DEFAULT_POLICY, now: 1 };
  return liveRules.flatMap((rule) => rule.check(context)).map(({ rule, severity }) => `${rule} ${severity}`);
}

describe('liveRules', () => {
  it.each<[string, readonly Observation[], readonly string[]]>([
    ['nothing answered', [], []],
    [
      'all as configured',
      [
        dataSet('DEFAULT_DATA_SET', { domainNumber: '24', slaveOnly: '0', numberPorts: '4' }),
        dataSet('CURRENT_DATA_SET', { stepsRemoved: '3' }),
      ],
      [],
    ],
    ['another domain', [dataSet('DEFAULT_DATA_SET', { domainNumber: '0' })], ['live-domain Critical']],
    ['another role', [dataSet('DEFAULT_DATA_SET', { slaveOnly: '1' })], ['live-client-only Moderate']],
    ['a port too few', [dataSet('DEFAULT_DATA_SET', { numberPorts: '3' })], ['live-port-count Moderate']],
    [
      'at the limit of hops',
      [dataSet('CURRENT_DATA_SET', { stepsRemoved: '255' })],
      ['live-steps-removed Minor'],
    ],
    [
      'class 6 of unknown accuracy',
      [dataSet('PARENT_DATA_SET', { 'gm.ClockClass': '6', 'gm.ClockAccuracy': '0xfe' })],
      ['live-quality-consistent Minor'],
    ],
    [
      'an arbitrary time scale',
      [dataSet('TIME_PROPERTIES_DATA_SET', { ptpTimescale: '0' })],
      ['live-timescale Critical'],
    ],
    [
      'a UTC offset marked unknown',
      [
        dataSet('PARENT_DATA_SET', { 'gm.ClockClass': '6' }),
        dataSet('TIME_PROPERTIES_DATA_SET', { currentUtcOffset: '37', currentUtcOffsetValid: '0' }),
      ],
      ['live-utc-offset Moderate'],
    ],
    ['a class of the default profile', [clockClass(187)], ['live-class-family Moderate']],
    ['garbage for a number', [dataSet('DEFAULT_DATA_SET', { domainNumber: 'x', numberPorts: '' })], []],
  ])('%s', (_name, facts, findings) => {
    expect(broken(boundaryClock(), facts)).toEqual(findings);
  });

  it.each([
    [[6, 7], []],
    [[6, 7, 248], []],
    [[248, 7], ['live-class-transition Minor']],
  ] as const)('a T-GM that goes through %j', (classes, findings) => {
    expect(broken(telecomGrandmaster(), classes.map(clockClass))).toEqual(findings);
  });
});

describe('profileDrift', () => {
  it.each<[string, readonly PtpProfile[], readonly PtpProfile[], ReturnType<typeof profileDrift>]>([
    [
      'equal, keys in another order',
      [{ name: 'a', ptp4lOpts: '-2', ptpSettings: { x: '1', y: '2' } }],
      [{ name: 'a', ptpSettings: { y: '2', x: '1' }, ptp4lOpts: '-2' }],
      undefined,
    ],
    [
      'an absent key is no difference',
      [{ name: 'a' }],
      [{ name: 'a', ...{ interface: undefined } }],
      undefined,
    ],
    [
      'one missing, one surplus',
      [{ name: 'a' }],
      [{ name: 'b' }],
      { missing: ['b'], surplus: ['a'], changed: [] },
    ],
    [
      'one changed',
      [{ name: 'a', ptp4lConf: 'x' }],
      [{ name: 'a', ptp4lConf: 'y' }],
      { missing: [], surplus: [], changed: ['a'] },
    ],
  ])('%s', (_name, applied, desired, drift) => {
    expect(profileDrift(applied, desired)).toEqual(drift);
  });

  it('is a finding while both sources are known', () => {
    const state = createNodeState('worker-0', 0);
    const context = { state, expected: buildExpected({}), policy: DEFAULT_POLICY, now: 1 };
    const messages = (): readonly string[] =>
      driftRules.flatMap((rule) => rule.check(context)).map(({ message }) => message);
    fold(state, assigned('Desired', [{ name: 'b' }]));
    expect(messages()).toEqual([]);
    fold(state, assigned('Applied', [{ name: 'a' }]));
    expect(messages()).toEqual([
      'not applied: b; no longer asked for: a (asked for since 1970-01-01T00:00:00Z)',
    ]);
  });
});
