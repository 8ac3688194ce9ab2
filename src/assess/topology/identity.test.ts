import { describe, expect, it } from '@jest/globals';
import { createNodeState } from '../../state/node-state.ts';
import { instanceFor } from '../../state/instances.ts';
import type { InstanceState } from '../../state/node-state.ts';
import { makerOf, sameIdentityKey } from '../../ptp/oui.ts';
import { ownClockIdentity, parentPortIdentity } from './identity.ts';
import { clockTreeRoots } from './roots.ts';

const GRANDMASTER = '020000.fffe.000100';

function follower(): InstanceState {
  const instance = instanceFor(createNodeState('n', 0), 'ptp4l.0.config');
  instance.grandmaster = { clockIdentity: GRANDMASTER, local: false, sinceMicros: 0 };
  return instance;
}

describe('identities of an instance', () => {
  it('come from its log, or from the answers of pmc', () => {
    const instance = follower();
    expect(ownClockIdentity(instance)).toBeUndefined();
    instance.dataSets.set('DEFAULT_DATA_SET', { values: { clockIdentity: 'a.b.c' }, atMicros: 0 });
    expect(ownClockIdentity(instance)).toBe('a.b.c');
    instance.clockIdentity = '020000.fffe.000300';
    expect(ownClockIdentity(instance)).toBe('020000.fffe.000300');
  });

  it('the parent is the only clock heard, unless pmc says it', () => {
    const instance = follower();
    expect(parentPortIdentity(instance)).toBeUndefined();
    instance.foreignMasters.push({ portIdentity: '020000.fffe.000300-2', atMicros: 1 });
    instance.foreignMasters.push({ portIdentity: '020000.fffe.000300-3', atMicros: 2 });
    expect(parentPortIdentity(instance)).toBe('020000.fffe.000300-3');
    instance.foreignMasters.push({ portIdentity: '020000.fffe.000200-1', atMicros: 3 });
    expect(parentPortIdentity(instance)).toBeUndefined();
    instance.dataSets.set('PARENT_DATA_SET', { values: { parentPortIdentity: 'x-1' }, atMicros: 4 });
    expect(parentPortIdentity(instance)).toBe('x-1');
  });

  it('a clock that serves its own time has no parent', () => {
    const instance = follower();
    instance.foreignMasters.push({ portIdentity: '020000.fffe.000300-2', atMicros: 1 });
    instance.grandmaster = { clockIdentity: GRANDMASTER, local: true, sinceMicros: 2 };
    expect(parentPortIdentity(instance)).toBeUndefined();
  });
});

describe('makerOf', () => {
  it('knows makers by the first three octets, in any spelling', () => {
    expect(makerOf('ec4670.fffe.001234')).toBe('Meinberg');
    expect(makerOf('EC:46:70:FF:FE:00:12:34')).toBe('Meinberg');
    expect(makerOf('020000.fffe.000100')).toBe('locally administered');
    expect(makerOf('fcfcfc.fffe.000100')).toBeUndefined();
    expect(makerOf('x')).toBeUndefined();
    expect(sameIdentityKey('EC:46:70:FF:FE:00:12:34')).toBe(sameIdentityKey('ec4670.fffe.001234'));
  });
});

describe('clockTreeRoots', () => {
  it('keeps to the bound of the fleet report, and leaves out roots that are no grandmaster', () => {
    const tree = { root: 'r', domainNumber: 24, followers: 3, depth: 1 };
    expect(clockTreeRoots({ trees: [tree] })).toEqual([]);
    const named = { ...tree, grandmasterIdentity: GRANDMASTER };
    expect(clockTreeRoots({ trees: [named] })).toEqual([
      { grandmasterIdentity: GRANDMASTER, domainNumber: 24, followers: 3 },
    ]);
    expect(clockTreeRoots({ trees: Array.from({ length: 40 }, () => named) })).toHaveLength(32);
  });
});
