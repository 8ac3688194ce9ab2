import { describe, expect, it } from '@jest/globals';
import { FactBuilder, at } from '../../test/accuracy/builder.ts';
import { createEngine } from './engine.ts';

type Container = { name: string; state: string; reason?: string };

function reportOf(builder: FactBuilder, nowSeconds: number) {
  const engine = createEngine();
  for (const fact of [...builder.facts].sort((a, b) => a.atMicros - b.atMicros)) engine.ingest(fact);
  const report = engine.evaluate(at(nowSeconds)).nodes.get(builder.node);
  if (report === undefined) throw new Error('no report');
  return report;
}

function pod(builder: FactBuilder, seconds: number, containers: Container[], duplicatePods?: number) {
  return builder.add(seconds, {
    kind: 'podState',
    source: 'Resource',
    pod: { name: 'daemon-x', uid: '1', phase: 'Running', containers },
    ...(duplicatePods !== undefined && { duplicatePods }),
  });
}

describe('the daemon pod', () => {
  it('that crash-loops is a process that is down, with the reason, until it runs', () => {
    const daemon = 'linuxptp-daemon-container';
    const builder = pod(new FactBuilder().locked(), 10, [
      { name: daemon, state: 'Waiting', reason: 'CrashLoopBackOff' },
    ]);
    const going = reportOf(builder, 12);
    expect(going.episodes.map((one) => [one.kind, one.subject, one.endMicros])).toEqual([
      ['ProcessDown', daemon, undefined],
    ]);
    expect(going.status.message).toContain('CrashLoopBackOff');
    pod(builder, 20, [{ name: daemon, state: 'Running' }]);
    expect(reportOf(builder, 22).episodes[0]?.endMicros).toBe(at(20));
  });

  it('said twice is a minor finding and stands with the source', () => {
    const builder = pod(new FactBuilder().locked(), 10, [], 2);
    const { status, findings } = reportOf(builder, 12);
    expect(findings.find((one) => one.rule === 'freshness-daemon-twice')?.severity).toBe('Minor');
    expect(status.sources.find((one) => one.name === 'Logs')?.message).toMatch(/^2 daemon pods/);
  });
});
