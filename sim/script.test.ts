import { describe, expect, it } from '@jest/globals';
import { parseScript, readScript, uniformScript } from './script.ts';

const NODES = [{ name: 'worker-0' }];

describe('scripts', () => {
  it('the demo is valid, has the six promised cases, and its first fault comes within 15 seconds', () => {
    const script = readScript(new URL('scripts/demo.yaml', import.meta.url));
    expect(script.nodes.length).toBeGreaterThanOrEqual(6);
    const faults = new Set(script.faults.map(({ fault }) => fault));
    for (const fault of ['gnssLost', 'holdover', 'portFlapping', 'wrongDomain', 'grandmasterLost'] as const) {
      expect(faults).toContain(fault);
    }
    const troubled = new Set(script.faults.map(({ node }) => node));
    expect(script.nodes.some(({ name }) => !troubled.has(name))).toBe(true);
    expect(Math.min(...script.faults.map(({ at }) => at))).toBeLessThanOrEqual(15);
    expect(script.cycleSeconds).toBeGreaterThanOrEqual(120);
    expect(script.cycleSeconds).toBeLessThanOrEqual(180);
  });

  it.each([
    [
      'an unknown fault',
      { nodes: NODES, faults: [{ at: 1, node: 'worker-0', fault: 'gremlins' }] },
      'faults[0].fault',
    ],
    [
      'an unknown node',
      { nodes: NODES, faults: [{ at: 1, node: 'worker-1', fault: 'linkDown' }] },
      'no node worker-1',
    ],
    ['two nodes of one name', { nodes: [...NODES, ...NODES] }, 'unique'],
    ['an unknown field', { nodes: NODES, colour: 'red' }, 'colour'],
    [
      'a fault longer than the cycle',
      { nodes: NODES, cycleSeconds: 5, faults: [{ at: 1, for: 5, node: 'worker-0', fault: 'linkDown' }] },
      'cycle',
    ],
  ])('refuses %s and says where', (_what, script, message) => {
    expect(() => parseScript(script)).toThrow(message);
  });

  it('makes clusters of any size', () => {
    expect(uniformScript(1_000).nodes).toHaveLength(1_000);
  });
});
