import { describe, expect, it } from '@jest/globals';
import { boundaryClock } from '../../../test/reference-profiles.ts';
import { buildExpected } from '../expected-model.ts';
import { explainInstance } from './explain.ts';

describe('explainInstance', () => {
  const profile = { ...boundaryClock(), ptp4lOpts: '-2 --domainNumber 30' };
  const instance = buildExpected({
    assigned: [
      {
        kind: 'profilesAssigned',
        node: 'n',
        source: 'Resource',
        atMicros: 0,
        origin: 'Applied',
        profiles: [profile],
      },
    ],
  }).instances[0]!;
  const rows = explainInstance(instance);

  it.each([
    ['domainNumber', { value: '30', origin: 'CommandLine', builtIn: '0', rules: ['G8275.1-domain'] }],
    ['logSyncInterval', { value: '-4', origin: 'Global', builtIn: '0', rules: ['G8275.1-sync-interval'] }],
    ['BMCA', { value: 'ptp', origin: 'Default', builtIn: 'ptp', rules: ['G8275.1-bmca'] }],
    ['udp_ttl', { value: '1', origin: 'Global', rules: [] }],
  ])('%s is in force once, with its origin', (option, expected) => {
    const found = rows.filter((row) => row.program === 'ptp4l' && row.option === option);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject(expected);
  });

  it('lists what a port says for itself, and the flags of phc2sys', () => {
    expect(
      rows
        .filter(({ interfaceName }) => interfaceName !== undefined)
        .map(({ interfaceName, option, value }) => [interfaceName, option, value]),
    ).toEqual([
      ['ens1f0', 'serverOnly', '0'],
      ['ens1f1', 'serverOnly', '1'],
      ['ens1f2', 'serverOnly', '1'],
      ['ens1f3', 'serverOnly', '1'],
    ]);
    expect(
      rows.filter(({ program }) => program === 'phc2sys').map(({ option, value }) => [option, value]),
    ).toEqual([
      ['-a', '1'],
      ['-r', '1'],
      ['domainNumber', '24'],
    ]);
  });
});
