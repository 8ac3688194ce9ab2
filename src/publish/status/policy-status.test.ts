import { describe, expect, it } from '@jest/globals';
import { policyStatusSchema } from '../../api/policy.ts';
import { policyStatus, policyUses, type PolicyUse } from './policy-status.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z') * 1_000;
const use = (changes: Partial<PolicyUse> = {}): PolicyUse => ({
  name: 'du',
  generation: 3,
  problems: [],
  matchedNodes: 2,
  rivals: [],
  ...changes,
});

describe('the uses of policies', () => {
  it('count the nodes, and name rivals on both sides', () => {
    const policies = ['a', 'b', 'idle'].map((name) => ({ name, generation: 1, problems: [] }));
    const choices = [{ policy: 'a', rivals: ['b'] }, { policy: 'a', rivals: [] }, { rivals: [] }];
    expect(policyUses(policies, choices)).toMatchObject([
      { name: 'a', matchedNodes: 2, rivals: ['b'] },
      { name: 'b', matchedNodes: 0, rivals: ['a'] },
      { name: 'idle', matchedNodes: 0, rivals: [] },
    ]);
  });
});

describe('the status of a policy', () => {
  it('says that all is well', () => {
    const status = policyStatus(use(), {}, NOON);
    expect(status.matchedNodes).toBe(2);
    expect(status.conditions).toMatchObject([
      { type: 'Accepted', status: 'True', observedGeneration: 3, lastTransitionTime: '2026-11-22T12:00:00Z' },
      { type: 'Conflicted', status: 'False' },
    ]);
  });

  it('names the fields that are wrong, and the policies it conflicts with', () => {
    const status = policyStatus(use({ problems: ['spec.clockClass: bad'], rivals: ['x', 'y'] }), {}, NOON);
    expect(status.conditions).toMatchObject([
      { type: 'Accepted', status: 'False', message: 'In force nowhere. spec.clockClass: bad' },
      { type: 'Conflicted', status: 'True', message: expect.stringContaining('x, y') as unknown },
    ]);
  });

  it('keeps the time of a condition that did not change', () => {
    const before = policyStatus(use(), {}, NOON);
    const after = policyStatus(use({ rivals: ['x'] }), before, NOON + 60_000_000);
    expect(after.conditions?.map((one) => one.lastTransitionTime)).toEqual([
      '2026-11-22T12:00:00Z',
      '2026-11-22T12:01:00Z',
    ]);
  });

  it('stays within the bounds of the kind, whatever comes in', () => {
    const many = Array.from({ length: 100 }, (_, index) => `${'p'.repeat(253)}${index}`);
    expect(
      policyStatusSchema.safeParse(policyStatus(use({ problems: many, rivals: many }), {}, NOON)).success,
    ).toBe(true);
  });
});
