import { describe, expect, it } from '@jest/globals';
import {
  boundaryClock,
  ordinaryClock,
  telecomBoundaryClock,
  telecomGrandmaster,
  telecomTimeSlaveClock,
} from '../../test/reference-profiles.ts';
import { DEFAULT_POLICY } from '../api/policy.ts';
import type { Observation, PtpProfile } from '../observe/observation.ts';
import { createNodeState } from '../state/node-state.ts';
import { fold } from '../state/reducers/index.ts';
import { CLOCK_TYPE_RULE } from './clock-type-rule.ts';
import { buildExpected } from './expected-model.ts';

const LOG = { node: 'n', source: 'Log', atMicros: 1, configName: 'ptp4l.0.config' } as const;
const FOLLOWS: Observation = {
  ...LOG,
  kind: 'portTransition',
  program: 'ptp4l',
  portNumber: 1,
  from: 'UNCALIBRATED',
  to: 'SLAVE',
  event: 'MASTER_CLOCK_SELECTED',
};

function messages(profiles: readonly PtpProfile[], facts: readonly Observation[] = []): readonly string[] {
  const state = createNodeState('n', 0);
  for (const fact of facts) fold(state, fact);
  const expected = buildExpected({
    assigned: [
      { kind: 'profilesAssigned', node: 'n', source: 'Resource', atMicros: 0, origin: 'Applied', profiles },
    ],
  });
  return CLOCK_TYPE_RULE.check({ state, expected, policy: DEFAULT_POLICY, now: 1 }).map(
    ({ message }) => message,
  );
}

describe('clock-type-disagreement', () => {
  it.each<[string, readonly PtpProfile[], readonly Observation[]]>([
    ['ordinary clock that follows', [ordinaryClock()], [FOLLOWS]],
    ['boundary clock that follows', [boundaryClock()], [FOLLOWS]],
    ['T-BC of two profiles', telecomBoundaryClock(), []],
    [
      'T-TSC named T-BC, as the daemon wants it',
      [{ ...telecomTimeSlaveClock(), ptpSettings: { clockType: 'T-BC' } }],
      [FOLLOWS],
    ],
    ['T-GM', [telecomGrandmaster()], []],
  ])('%s: all agree', (_name, profiles, facts) => {
    expect(messages(profiles, facts)).toEqual([]);
  });

  it('shows a grandmaster that follows', () => {
    expect(messages([telecomGrandmaster()], [FOLLOWS])).toEqual([
      'taken for TGM; against it: a port that follows',
    ]);
  });

  it('shows a setting that says something else than the ports', () => {
    expect(messages([{ ...ordinaryClock(), ptpSettings: { clockType: 'T-GM' } }])).toEqual([
      'taken for TGM; against it: ports that follow only',
    ]);
  });
});
