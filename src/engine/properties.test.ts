import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fleetStatusSchema } from '../api/fleet.ts';
import { reportStatusSchema } from '../api/report.ts';
import type { Observation } from '../observe/observation.ts';
import { PORT_EVENTS, PORT_STATES } from '../ptp/port-state.ts';
import { LOCK_STATES, PROGRAMS, SERVO_STATES } from '../ptp/states.ts';
import { FactBuilder, at } from '../../test/accuracy/builder.ts';
import { createEngine } from './engine.ts';

const nasty = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('ens1f0', 'CLOCK_REALTIME', '', '\u0000\u001b[31m', '__proto__'),
);
const number = fc.oneof(
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.constantFrom(0, 999_999, 99_999_999_999, -37_000_000_000, 1e300, Number.NaN),
);
const members = {
  portTransition: {
    portNumber: fc.nat(300),
    from: fc.constantFrom(...PORT_STATES),
    to: fc.constantFrom(...PORT_STATES),
    event: fc.constantFrom(...PORT_EVENTS),
  },
  linkChange: { portNumber: fc.nat(3), link: fc.constantFrom('Up', 'Down') },
  portTrouble: {
    trouble: fc.constantFrom('TxTimestampTimeout', 'NetworkDown', 'DelayResponseTimeout', 'Other'),
    portNumber: fc.nat(3),
  },
  servoSample: {
    clock: nasty,
    offsetNanoseconds: number,
    servoState: fc.constantFrom(...SERVO_STATES),
    frequencyPpb: number,
    delayNanoseconds: number,
  },
  summarySample: {
    clock: nasty,
    rmsNanoseconds: number,
    maxAbsNanoseconds: number,
    frequencyPpb: number,
    delayNanoseconds: number,
  },
  bestMaster: { clockIdentity: nasty, local: fc.boolean() },
  foreignMaster: { portNumber: fc.nat(3), portIdentity: nasty },
  clockCheck: { what: fc.constantFrom('JumpedForward', 'JumpedBackward', 'FrequencyChanged') },
  clockClass: { clockClass: fc.nat(255) },
  timeProperties: { what: fc.constantFrom('NotPtpTimescale', 'TemporalVortex', 'UtcOffsetUpdated') },
  syncStatus: { role: fc.constantFrom('T-GM', 'T-BC'), state: fc.constantFrom(...LOCK_STATES) },
  dpll: { state: fc.constantFrom(...LOCK_STATES), ppsAvailable: fc.boolean(), offsetNanoseconds: number },
  gnss: { fix: fc.nat(5) },
  nmea: { available: fc.boolean() },
  timeSourceTrouble: {
    trouble: fc.constantFrom('NmeaTimeout', 'SourceNotValid', 'PpsMissing', 'HoldoverLost'),
  },
  synce: { state: fc.constantFrom(...LOCK_STATES), qualityLevel: fc.nat(15) },
  processLife: { what: fc.constantFrom('Starting', 'Stopping', 'Exited', 'Recreating', 'Down', 'Up') },
  daemonLife: { what: fc.constantFrom('ContainerStarted', 'ApplyingProfiles', 'ConfigUnchanged') },
  configurationTrouble: { trouble: fc.constantFrom('UnknownOption', 'PhcMismatch', 'Other'), option: nasty },
  clockControlDenied: {},
  clockSource: { what: fc.constantFrom('WaitingForPtp4l', 'Selected') },
  dataSet: {
    name: fc.constantFrom('PARENT_DATA_SET', 'TIME_PROPERTIES_DATA_SET'),
    values: fc.dictionary(fc.constantFrom('gm.ClockClass', 'currentUtcOffset', 'grandmasterIdentity'), nasty),
  },
  metricSample: {
    metric: fc.constantFrom('clock_state', 'offset_ns'),
    labels: fc.dictionary(fc.constantFrom('process', 'iface'), nasty),
    value: number,
  },
  sourceCondition: {
    name: fc.constantFrom('Logs', 'Metrics', 'Config'),
    condition: fc.constantFrom('Fresh', 'Stale', 'Absent'),
    reason: nasty,
    message: nasty,
  },
} as const;

const observation = fc.constantFrom(...(Object.keys(members) as (keyof typeof members)[])).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    node: fc.constantFrom('a', 'b'),
    source: fc.constant(kind === 'metricSample' ? 'Metric' : 'Log'),
    program: fc.constantFrom(...PROGRAMS),
    configName: fc.oneof(fc.constantFrom('ptp4l.0.config', 'ptp4l.1.config', undefined), nasty),
    interfaceName: nasty,
    line: nasty,
    // Out of order, with jumps back and far ahead.
    atMicros: fc.oneof(fc.nat(200_000_000), fc.constantFrom(0, 4e15)).map((micros) => at(0) + micros),
    ...(members[kind] as Record<string, fc.Arbitrary<unknown>>),
  }),
) as unknown as fc.Arbitrary<Observation>;

function run(list: readonly Observation[]) {
  const engine = createEngine();
  for (const one of list) engine.ingest(one);
  engine.evaluate(at(100));
  engine.endOfInput();
  return engine.evaluate(at(300));
}

describe('engine on any facts', () => {
  it('never throws and always gives reports that the schema accepts, the same for the same facts', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 120 }), (list) => {
        const snapshot = run(list);
        for (const report of snapshot.nodes.values())
          expect(reportStatusSchema.safeParse(report.status).error).toBeUndefined();
        expect(fleetStatusSchema.safeParse(snapshot.fleet).error).toBeUndefined();
        const again = run(list);
        expect(JSON.stringify([...again.nodes])).toBe(JSON.stringify([...snapshot.nodes]));
      }),
      { numRuns: 150 },
    );
  });

  it('keeps a bounded memory whatever names a log makes up', () => {
    const engine = createEngine();
    const builder = new FactBuilder();
    for (let index = 0; index < 5_000; index++) {
      builder.add(index / 10, {
        kind: 'servoSample',
        configName: `ptp4l.${index}.config`,
        clock: `clock${index}`,
        offsetNanoseconds: 1,
      });
      builder.add(index / 10, {
        kind: 'portTransition',
        portNumber: index,
        from: 'SLAVE',
        to: 'FAULTY',
        event: 'FAULT_DETECTED',
      });
      builder.add(index / 10, { kind: 'metricSample', metric: `m${index}`, labels: {}, value: 1 });
    }
    for (const fact of builder.facts) engine.ingest(fact);
    const report = engine.evaluate(at(600)).nodes.get('a')!;
    expect(report.episodes.length).toBeLessThanOrEqual(400);
    expect(JSON.stringify(report.status).length).toBeLessThan(256 * 1024);
    expect(report.status.totalInstances).toBeLessThanOrEqual(16);
  });
});

describe('quiet node', () => {
  it('keeps its hash while only times and jitter change', () => {
    const engine = createEngine();
    const hashes = new Set<string>();
    const builder = new FactBuilder().locked().summaries(2, 900, (second) => 3 + (second % 4));
    let next = 120;
    for (const fact of [...builder.facts].sort((a, b) => a.atMicros - b.atMicros)) {
      engine.ingest(fact);
      if (fact.atMicros < at(next)) continue;
      hashes.add(engine.evaluate(at(next)).nodes.get('a')!.hash);
      next += 10;
    }
    expect(hashes.size).toBe(1);
  });
});

describe('checkpoint', () => {
  it('restores counts and recent episodes into a new life, without events for them', () => {
    const first = createEngine();
    const builder = new FactBuilder()
      .locked()
      .port(30, 'SLAVE', 'LISTENING', 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES')
      .port(40, 'LISTENING', 'UNCALIBRATED', 'RS_SLAVE')
      .port(41, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED');
    for (const fact of builder.facts) first.ingest(fact);
    const { checkpoint } = first.evaluate(at(60)).nodes.get('a')!.status;
    const second = createEngine();
    second.restore('a', checkpoint!);
    const report = second.evaluate(at(70)).nodes.get('a')!;
    expect(report.status.faults.totalCount).toBe(1);
    expect(report.counters.episodesTotal).toEqual({ AnnounceTimeout: 1 });
    expect(report.episodes.map((one) => one.kind)).toEqual(['AnnounceTimeout']);
    expect(report.transitions).toEqual([]);
  });

  it('takes any text for a checkpoint without harm', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const engine = createEngine();
        engine.restore('a', text);
        expect(engine.evaluate(at(1)).nodes.get('a')!.status.health).toBe('Unknown');
      }),
    );
  });
});

describe('incidents', () => {
  it('makes one incident of nodes that lose one grandmaster together', () => {
    const engine = createEngine();
    for (const node of ['a', 'b', 'c']) {
      const builder = new FactBuilder(node).locked();
      builder.add(0.5, { kind: 'foreignMaster', portNumber: 1, portIdentity: '507c6f.fffe.1fb16c-4' });
      builder.add(1, { kind: 'bestMaster', clockIdentity: '0000aa.fffe.000001', local: false });
      if (node !== 'c') builder.port(60.2, 'SLAVE', 'LISTENING', 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES');
      for (const fact of builder.facts.sort((x, y) => x.atMicros - y.atMicros)) engine.ingest(fact);
    }
    const { incidents } = engine.evaluate(at(70)).fleet;
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      kind: 'AnnounceTimeout',
      commonAncestor: '507c6f.fffe.1fb16c',
      affectedNodes: ['a', 'b'],
      totalAffected: 2,
    });
  });
});
