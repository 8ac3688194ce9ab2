import { describe, expect, it } from '@jest/globals';
import { reportStatusSchema } from '../api/report.ts';
import { fleetStatusSchema } from '../api/fleet.ts';
import type { Observation } from '../observe/observation.ts';
import { createEngine } from './engine.ts';

const base = { node: 'a', source: 'Log', program: 'ptp4l', configName: 'ptp4l.0.config' } as const;
const at = (seconds: number): number => 1_800_000_000_000_000 + seconds * 1_000_000;

function transition(seconds: number, from: string, to: string, event: string): Observation {
  return {
    ...base,
    kind: 'portTransition',
    atMicros: at(seconds),
    portNumber: 1,
    interfaceName: 'ens1f0',
    from,
    to,
    event,
    line: `port 1 (ens1f0): ${from} to ${to} on ${event}`,
  } as Observation;
}

describe('engine', () => {
  it('makes one episode of a lost and regained grandmaster, in a report the schema accepts', () => {
    const engine = createEngine();
    engine.ingest(transition(0, 'INITIALIZING', 'LISTENING', 'INIT_COMPLETE'));
    engine.ingest(transition(1, 'LISTENING', 'UNCALIBRATED', 'RS_SLAVE'));
    engine.ingest(transition(2, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED'));
    engine.ingest(transition(30, 'SLAVE', 'LISTENING', 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES'));
    const during = engine.evaluate(at(31)).nodes.get('a')!;
    expect(during.status.health).toBe('Critical');
    engine.ingest(transition(40, 'LISTENING', 'UNCALIBRATED', 'RS_SLAVE'));
    engine.ingest(transition(41, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED'));
    const snapshot = engine.evaluate(at(60));
    const report = snapshot.nodes.get('a')!;
    expect(
      report.episodes.map((one) => [
        one.kind,
        one.subject,
        one.startMicros,
        one.endMicros,
        one.outageSeconds,
      ]),
    ).toEqual([['AnnounceTimeout', 'ens1f0', at(30), at(41), 11]]);
    expect(reportStatusSchema.safeParse(report.status).error).toBeUndefined();
    expect(fleetStatusSchema.safeParse(snapshot.fleet).error).toBeUndefined();
  });

  it('knows nothing of an unknown node: never healthy', () => {
    const engine = createEngine();
    engine.ingest({
      kind: 'node',
      node: 'b',
      source: 'Resource',
      atMicros: at(0),
      uid: 'u',
      ready: 'True',
      labels: {},
    });
    expect(engine.evaluate(at(1)).nodes.get('b')!.status.health).toBe('Unknown');
  });
});
