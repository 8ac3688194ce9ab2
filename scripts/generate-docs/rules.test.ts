import { describe, expect, it } from '@jest/globals';
import { COMPLIANCE_RULE_TABLE } from '../../src/assess/compliance/index.ts';
import { exampleOf } from './rule-examples.ts';
import { rulesPage } from './rules.ts';

describe('the page of rules', () => {
  it('has an example for every rule about profiles', () => {
    const without = COMPLIANCE_RULE_TABLE.filter((rule) => exampleOf(rule) === undefined);
    // The daemon gives ts2phc a list of its own: only plain files can lack one.
    expect(without.map(({ id }) => id)).toEqual(['ts2phc-leapfile']);
  });

  it('names every rule once', () => {
    const ids = [...rulesPage().matchAll(/^\| `([^`]+)`/gm)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(120);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
