import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LabelledNode, OperatorGeneration, PtpConfigResource } from './recommend.ts';
import { assignProfiles, profileAssigner } from './recommend.ts';

const WORKER: LabelledNode = {
  name: 'worker-0',
  labels: { 'node-role.kubernetes.io/worker': '', 'ptp/slave': '' },
};

function resource(
  name: string,
  profiles: readonly string[],
  recommend: PtpConfigResource['recommend'] = [],
): PtpConfigResource {
  return { name, profiles: profiles.map((profile) => ({ name: profile })), recommend };
}

const byLabel = (
  profile: string,
  priority: number | undefined,
  nodeLabel = 'ptp/slave',
): NonNullable<PtpConfigResource['recommend']>[number] => ({
  profile,
  ...(priority === undefined ? {} : { priority }),
  match: [{ nodeLabel }],
});

function names(
  resources: readonly PtpConfigResource[],
  generation: OperatorGeneration,
  node = WORKER,
): readonly string[] | string {
  const { profiles, error } = profileAssigner(resources, generation)(node);
  return error ?? profiles.map(({ profile }) => profile.name);
}

describe('profileAssigner', () => {
  it.each<[string, readonly PtpConfigResource[], readonly string[] | string, readonly string[] | string]>([
    ['one label', [resource('cr', ['a'], [byLabel('a', 4)])], ['a'], ['cr_a']],
    [
      'the label value is ignored',
      [resource('cr', ['a'], [byLabel('a', 4, 'node-role.kubernetes.io/worker')])],
      ['a'],
      ['cr_a'],
    ],
    ['key=value matches nothing', [resource('cr', ['a'], [byLabel('a', 4, 'ptp/slave=')])], [], []],
    [
      'the node name',
      [resource('cr', ['a'], [{ profile: 'a', priority: 4, match: [{ nodeName: 'worker-0' }] }])],
      ['a'],
      ['cr_a'],
    ],
    [
      'another node name',
      [resource('cr', ['a'], [{ profile: 'a', priority: 4, match: [{ nodeName: 'worker-1' }] }])],
      [],
      [],
    ],
    [
      'the lowest number wins over resources',
      [resource('x', ['a'], [byLabel('a', 10)]), resource('y', ['b'], [byLabel('b', 5)])],
      ['b'],
      ['y_b'],
    ],
    [
      'equal priorities are all taken, by name',
      [resource('x', ['b'], [byLabel('b', 5)]), resource('y', ['a'], [byLabel('a', 5)])],
      ['a', 'b'],
      ['x_b', 'y_a'],
    ],
    [
      'a better priority that does not match',
      [resource('x', ['a', 'b'], [byLabel('a', 0, 'other'), byLabel('b', 9)])],
      ['b'],
      ['x_b'],
    ],
    ['no recommendation', [resource('cr', ['a'])], [], []],
    [
      'a recommendation without match',
      [resource('cr', ['a'], [{ profile: 'a', priority: 0, match: [] }])],
      [],
      [],
    ],
    [
      'a recommendation without profile',
      [resource('cr', ['a'], [{ priority: 0, match: [{ nodeLabel: 'ptp/slave' }] }, byLabel('a', 4)])],
      ['a'],
      ['cr_a'],
    ],
    [
      'the profile of another resource',
      [resource('x', [], [byLabel('a', 4)]), resource('y', ['a'])],
      ['a'],
      ['y_a'],
    ],
    [
      'a profile nobody holds',
      [resource('cr', ['a'], [byLabel('b', 4)])],
      'no PtpConfig holds profile "b"',
      'no PtpConfig holds profile "b"',
    ],
    [
      'one name in two resources',
      [resource('x', ['a'], [byLabel('a', 4)]), resource('y', ['a'])],
      'more than one PtpConfig holds profile "a"',
      ['x_a', 'y_a'],
    ],
    [
      'a doubled and a missing name cancel out in the count',
      [resource('x', ['a'], [byLabel('a', 4), byLabel('b', 4)]), resource('y', ['a'])],
      ['a', 'a'],
      'no PtpConfig holds profile "b"',
    ],
    [
      'a match without priority',
      [resource('cr', ['a'], [byLabel('a', undefined)])],
      'profile "a" of PtpConfig "cr" is recommended without a priority',
      'profile "a" of PtpConfig "cr" is recommended without a priority',
    ],
    [
      'no match without priority',
      [resource('cr', ['a', 'b'], [byLabel('a', 4), byLabel('b', undefined, 'other')])],
      ['a'],
      ['cr_a'],
    ],
  ])('%s', (_name, resources, before, since) => {
    expect(names(resources, '4.21')).toEqual(before);
    expect(names(resources, '4.22')).toEqual(since);
  });

  it('rewrites references to profiles with the name of the resource that holds them', () => {
    const resources: readonly PtpConfigResource[] = [
      {
        name: 'tbc',
        profiles: [{ name: 'tt', ptpSettings: { controllingProfile: 'tr' } }, { name: 'tr' }],
        recommend: [byLabel('tt', 4), byLabel('tr', 4)],
      },
      {
        name: 'ha',
        profiles: [{ name: 'pair', ptpSettings: { haProfiles: 'tt, other_x,ha_pair' } }],
        recommend: [byLabel('pair', 4)],
      },
      { name: 'other', profiles: [{ name: 'tr' }, { name: 'x' }] },
    ];
    const { profiles } = profileAssigner(resources, '4.22')(WORKER);
    const settings = Object.fromEntries(profiles.map(({ profile }) => [profile.name, profile.ptpSettings]));
    expect(settings['tbc_tt']).toEqual({ controllingProfile: 'tbc_tr' });
    expect(settings['ha_pair']).toEqual({ haProfiles: 'tbc_tt,other_x,ha_pair' });
    expect(resources[0]?.profiles?.[0]?.ptpSettings).toEqual({ controllingProfile: 'tr' });
  });

  it('numbers profiles without phc2sys first', () => {
    const resources: readonly PtpConfigResource[] = [
      {
        name: 'cr',
        profiles: [{ name: 'a', phc2sysOpts: '-a -r' }, { name: 'b' }],
        recommend: [byLabel('a', 4), byLabel('b', 4)],
      },
    ];
    const { profiles } = profileAssigner(resources, '4.21')(WORKER);
    expect(profiles.map(({ profile, configNumber }) => [profile.name, configNumber])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  it('says why each other recommendation lost', () => {
    const resources = [
      resource(
        'cr',
        ['a', 'b', 'c', 'd'],
        [
          byLabel('a', 4),
          byLabel('b', 9),
          byLabel('c', 1, 'x=y'),
          { profile: 'd', priority: 1 },
          { priority: 1 },
        ],
      ),
    ];
    const { lost } = profileAssigner(resources, '4.22')(WORKER);
    expect(Object.fromEntries(lost.map(({ profile, reason }) => [profile ?? '-', reason]))).toEqual({
      b: 'LowerPriority',
      c: 'NoMatch',
      d: 'EmptyMatch',
      '-': 'NoProfile',
    });
    expect(lost.find(({ profile }) => profile === 'c')?.message).toContain('label keys only');
  });

  it('stops the update of all nodes when one fails', () => {
    const resources = [resource('cr', ['a'], [byLabel('a', 4), byLabel('missing', 4, 'special')])];
    const special: LabelledNode = { name: 'worker-1', labels: { special: '' } };
    const { nodes, error } = assignProfiles(resources, [WORKER, special], '4.22');
    expect(nodes.map(({ error: own }) => own !== undefined)).toEqual([false, true]);
    expect(error).toBe('worker-1: no PtpConfig holds profile "missing"');
  });

  it('does not depend on the order of resources and recommendations', () => {
    const letters = fc.constantFrom('a', 'b', 'c');
    const recommendation = fc.record({
      profile: letters,
      priority: fc.integer({ min: 0, max: 2 }),
      match: fc.array(fc.record({ nodeLabel: fc.constantFrom('ptp/slave', 'other') }), { maxLength: 2 }),
    });
    const resources = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('x', 'y', 'z'),
        profiles: fc.array(
          letters.map((name) => ({ name })),
          { maxLength: 3 },
        ),
        recommend: fc.array(recommendation, { maxLength: 4 }),
      }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(resources, fc.constantFrom<OperatorGeneration>('4.21', '4.22'), (made, generation) => {
        const mirrored = made.toReversed().map((one) => ({
          ...one,
          recommend: one.recommend.toReversed(),
          profiles: one.profiles.toReversed(),
        }));
        expect(names(mirrored, generation)).toEqual(names(made, generation));
      }),
    );
  });
});
