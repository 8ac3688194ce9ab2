import { describe, expect, it } from '@jest/globals';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { createNodeState, type NodeState } from './node-state.ts';

const SECOND = 1_000_000;
const START = 1_800_000_000 * SECOND;

/** A link that went down and came back, as the log tells it. */
function linkLoss(state: NodeState, atMicros: number): void {
  state.episodes.begin('link ens1f0', { kind: 'LinkDown', subject: 'ens1f0', startMicros: atMicros });
  state.episodes.end('link ens1f0', atMicros + 3 * SECOND);
  state.lastLogMicros = atMicros + 5 * SECOND;
}

function restarted(before: NodeState): NodeState {
  const after = createNodeState('worker-1', START + 100 * SECOND);
  expect(readCheckpoint(after, writeCheckpoint(before))).toBe(true);
  return after;
}

describe('a checkpoint', () => {
  it('keeps counts and ended episodes', () => {
    const before = createNodeState('worker-1', START);
    linkLoss(before, START + SECOND);
    const after = restarted(before);
    expect(after.episodes.totals).toEqual({ LinkDown: 1 });
    expect([...after.episodes.ended].map(({ kind, subject }) => [kind, subject])).toEqual([
      ['LinkDown', 'ens1f0'],
    ]);
  });

  it('counts and tells nothing twice when the log repeats its history', () => {
    const before = createNodeState('worker-1', START);
    linkLoss(before, START + SECOND);
    const after = restarted(before);
    linkLoss(after, START + SECOND);
    expect(after.episodes.totals).toEqual({ LinkDown: 1 });
    expect([...after.episodes.ended]).toHaveLength(1);
    expect(after.episodes.takeChanges()).toEqual([]);
  });

  it('tells the end of an episode that was going on at the restart', () => {
    const before = createNodeState('worker-1', START);
    before.episodes.begin('link ens1f0', { kind: 'LinkDown', subject: 'ens1f0', startMicros: START });
    before.lastLogMicros = START + 5 * SECOND;
    const after = restarted(before);
    after.episodes.begin('link ens1f0', { kind: 'LinkDown', subject: 'ens1f0', startMicros: START });
    after.episodes.end('link ens1f0', START + 9 * SECOND);
    expect(after.episodes.takeChanges().map(({ what }) => what)).toEqual(['Ended']);
    expect(after.episodes.totals).toEqual({ LinkDown: 1 });
  });

  it('continues what was going on, also when it is seen again only later', () => {
    const fault = { kind: 'NotAcquired', subject: 'ens1f0', instance: 'client' } as const;
    const before = createNodeState('worker-1', START);
    before.episodes.begin('waiting', { ...fault, startMicros: START + 2 * SECOND });
    before.lastLogMicros = START + 5 * SECOND;
    const after = restarted(before);
    expect([...after.episodes.active].map(({ kind, instance }) => [kind, instance])).toEqual([
      ['NotAcquired', 'client'],
    ]);
    after.episodes.begin('waiting', { ...fault, startMicros: START + 200 * SECOND });
    expect(after.episodes.activeCount).toBe(1);
    expect([...after.episodes.active][0]?.startMicros).toBe(START + 2 * SECOND);
    expect(after.episodes.takeChanges()).toEqual([]);
    expect(after.episodes.totals).toEqual({ NotAcquired: 1 });
  });

  it('ends what was going on and is not seen again', () => {
    const before = createNodeState('worker-1', START);
    before.episodes.begin('link', { kind: 'LinkDown', subject: 'ens1f0', startMicros: START });
    const after = restarted(before);
    after.episodes.endUnseen(START + 300 * SECOND);
    expect(after.episodes.activeCount).toBe(0);
    expect(after.episodes.takeChanges().map(({ what }) => what)).toEqual(['Ended']);
  });

  it('counts what is new, also when the clock was set back since', () => {
    const before = createNodeState('worker-1', START);
    linkLoss(before, START + SECOND);
    const after = restarted(before);
    linkLoss(after, START + 60 * SECOND);
    linkLoss(after, START - 3_600 * SECOND);
    expect(after.episodes.totals).toEqual({ LinkDown: 3 });
  });

  it.each(['', 'x', '{}', '{"v":2}', '{"v":1,"since":"a"}', 'null'])(
    'that cannot be read restores nothing: %s',
    (text) => {
      const state = createNodeState('worker-1', START);
      expect(readCheckpoint(state, text)).toBe(false);
      expect(state.episodes.totalCount).toBe(0);
    },
  );
});
