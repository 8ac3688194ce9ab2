import { describe, expect, it } from '@jest/globals';
import {
  boundaryClock,
  highAvailabilitySet,
  ordinaryClock,
  telecomBoundaryClock,
  telecomGrandmaster,
} from '../../test/reference-profiles.ts';
import type { ConfigApplied, ConfigFile, ProfilesAssigned, PtpProfile } from '../observe/observation.ts';
import { buildExpected } from './expected-model.ts';

function assigned(
  origin: ProfilesAssigned['origin'],
  profiles: readonly PtpProfile[],
  problem?: string,
): ProfilesAssigned {
  return {
    kind: 'profilesAssigned',
    node: 'worker-0',
    source: 'Resource',
    atMicros: 0,
    origin,
    profiles,
    ...(problem === undefined ? {} : { problem }),
  };
}

function file(program: ConfigFile['program'], configName: string, text: string): ConfigFile {
  return { kind: 'configFile', node: 'worker-0', source: 'Archive', atMicros: 0, program, configName, text };
}

function applied(profile: string, configName: string, text?: string): ConfigApplied {
  const target = configName.split('.')[0] as ConfigApplied['program'];
  return {
    kind: 'configApplied',
    node: 'worker-0',
    source: 'Log',
    atMicros: 0,
    program: 'daemon',
    configName,
    profile,
    target,
    ...(text === undefined ? {} : { text }),
  };
}

describe('source of the model', () => {
  const files = [file('ptp4l', 'ptp4l.0.config', '[global]\nclientOnly 1\n[ens1f0]\n')];

  it.each([
    ['Applied', { assigned: [assigned('Desired', []), assigned('Applied', [ordinaryClock()])], files }],
    ['Desired', { assigned: [assigned('Matched', []), assigned('Desired', [])], files }],
    ['Matched', { assigned: [assigned('Matched', [])], files }],
    ['File', { files }],
    ['Log', { applied: [applied('slave', 'ptp4l.0.config', '[global]\n[ens1f0]\n')] }],
    ['None', {}],
  ])('is %s', (origin, input) => {
    expect(buildExpected(input).origin).toBe(origin);
  });

  it('passes over a broken source and says so', () => {
    const expected = buildExpected({
      assigned: [assigned('Applied', [], 'broken JSON'), assigned('Desired', [ordinaryClock()])],
    });
    expect(expected).toMatchObject({ origin: 'Desired', problems: ['Applied: broken JSON'] });
  });
});

describe('numbering', () => {
  const profiles = [
    { name: 'b' },
    { name: 'a', phc2sysOpts: '-a -r' },
    { name: 'B' },
    { name: 'c', phc2sysOpts: '' },
  ];
  const configNames = (
    linuxptpVersion: string,
    printed: readonly ConfigApplied[] = [],
  ): Record<string, string> =>
    Object.fromEntries(
      buildExpected({
        assigned: [assigned('Applied', profiles)],
        applied: printed,
        linuxptpVersion,
      }).instances.map(({ name, configName }) => [name, configName]),
    );

  it('follows the ConfigMap in the older daemon', () => {
    expect(configNames('3.1.1-6.el9_2.7')).toEqual({
      B: 'ptp4l.0.config',
      a: 'ptp4l.1.config',
      b: 'ptp4l.2.config',
      c: 'ptp4l.3.config',
    });
  });

  it('puts profiles without phc2sysOpts first since linuxptp 4', () => {
    expect(configNames('4.2-2.el9_4.3')).toEqual({
      B: 'ptp4l.0.config',
      b: 'ptp4l.1.config',
      c: 'ptp4l.2.config',
      a: 'ptp4l.3.config',
    });
  });

  it('believes what the daemon printed about just these profiles', () => {
    const printed = [
      applied('a', 'ptp4l.0.config'),
      applied('B', 'ptp4l.1.config'),
      applied('b', 'ptp4l.2.config'),
      applied('c', 'ptp4l.3.config'),
    ];
    expect(configNames('4.4', printed)['a']).toBe('ptp4l.0.config');
    expect(configNames('4.4', printed.slice(1))['a']).toBe('ptp4l.3.config');
  });
});

describe('instances', () => {
  const only = (profile: PtpProfile) =>
    buildExpected({ assigned: [assigned('Applied', [profile])] }).instances[0];

  it('gives a boundary clock one receiver and its transmitters', () => {
    expect(only(boundaryClock())).toMatchObject({
      clockType: 'BC',
      ituProfile: 'G.8275.1',
      domainNumber: 24,
      ports: [
        { interfaceName: 'ens1f0', role: 'TimeReceiver' },
        { interfaceName: 'ens1f1', role: 'TimeTransmitter' },
        { interfaceName: 'ens1f2', role: 'TimeTransmitter' },
        { interfaceName: 'ens1f3', role: 'TimeTransmitter' },
      ],
      thresholds: { maxOffsetNanoseconds: 100, minOffsetNanoseconds: -100, holdoverTimeoutSeconds: 5 },
    });
  });

  it('joins the two sides of a T-BC, also when the operator has put names in front', () => {
    const [receiver, transmitter] = telecomBoundaryClock();
    const named = [
      { ...receiver, name: 'tbc_tbc-tr' },
      { ...transmitter, name: 'tbc_tbc-tt' },
    ];
    const { instances } = buildExpected({ assigned: [assigned('Applied', named)] });
    expect(instances).toMatchObject([
      {
        name: 'tbc_tbc-tt',
        configName: 'ptp4l.0.config',
        clockType: 'TBC',
        controllingProfile: 'tbc_tbc-tr',
      },
      {
        name: 'tbc_tbc-tr',
        configName: 'ptp4l.1.config',
        clockType: 'TBC',
        controlledProfile: 'tbc_tbc-tt',
        holdover: {
          maxInSpecOffsetNanoseconds: 100,
          localMaxOffsetNanoseconds: 1500,
          localTimeoutSeconds: 14_400,
        },
      },
    ]);
  });

  it('knows the members of an HA set, and that its own profile runs no ptp4l', () => {
    const { instances } = buildExpected({ assigned: [assigned('Applied', highAvailabilitySet())] });
    const pair = instances.find(({ name }) => name === 'boundary-ha');
    expect(pair).toMatchObject({
      configName: 'ptp4l.2.config',
      haProfiles: ['bc1', 'bc2'],
      ports: [],
      offsetLines: { ptp4l: 'None', phc2sys: 'Samples' },
    });
    expect(pair?.ptp4l).toBeUndefined();
  });

  it('has no offset lines to wait for where logReduce drops them', () => {
    expect(only({ ...boundaryClock(), ptp4lOpts: '-2 --summary_interval -4' })?.offsetLines.ptp4l).toBe(
      'None',
    );
    expect(only(telecomGrandmaster())?.offsetLines.ptp4l).toBe('None');
  });

  it.each([
    [
      { maxOffsetThreshold: 50 },
      { maxOffsetNanoseconds: 50, minOffsetNanoseconds: -100, holdoverTimeoutSeconds: 5 },
    ],
    [
      { maxOffsetThreshold: -5, holdOverTimeout: 0 },
      { maxOffsetNanoseconds: 100, minOffsetNanoseconds: -100, holdoverTimeoutSeconds: 5 },
    ],
    [
      { maxOffsetThreshold: 10, minOffsetThreshold: 20, holdOverTimeout: 60 },
      { maxOffsetNanoseconds: 10, minOffsetNanoseconds: 9, holdoverTimeoutSeconds: 60 },
    ],
  ])('reads the thresholds %j as the daemon does', (ptpClockThreshold, thresholds) => {
    expect(only({ ...ordinaryClock(), ptpClockThreshold })?.thresholds).toEqual(thresholds);
  });

  it('widens the thresholds under ntpfailover', () => {
    expect(only({ ...ordinaryClock(), plugins: { ntpfailover: {} } })?.thresholds.maxOffsetNanoseconds).toBe(
      1000,
    );
  });

  it('starts ptp4l without options, and not with empty ones', () => {
    const withoutOptions = Object.fromEntries(
      Object.entries(ordinaryClock()).filter(([key]) => key !== 'ptp4lOpts'),
    );
    expect(only({ name: 'slave', ...withoutOptions })?.ptp4l).toBeDefined();
    expect(only({ ...ordinaryClock(), ptp4lOpts: '' })?.ptp4l).toBeUndefined();
  });
});

describe('plain files', () => {
  it('joins programs by their number', () => {
    const expected = buildExpected({
      files: [
        file(
          'ptp4l',
          'gm1.ptp4l.0.config',
          '#profile: gm\n[global]\nclockClass 6\ndataset_comparison G.8275.x\nnetwork_transport L2\n[ens1f0]\nserverOnly 1\n',
        ),
        file('ts2phc', 'gm1.ts2phc.0.config', '[global]\nts2phc.nmea_remote_host 127.0.0.1\n[ens1f0]\n'),
        file('ptp4l', 'ptp4l.1.config', '[global]\nclientOnly 1\n[ens2f0]\n'),
      ],
    });
    expect(
      expected.instances.map(({ name, configName, clockType }) => [name, configName, clockType]),
    ).toEqual([
      ['gm', 'ptp4l.0.config', 'TGM'],
      ['ptp4l.1.config', 'ptp4l.1.config', 'OC'],
    ]);
  });
});
