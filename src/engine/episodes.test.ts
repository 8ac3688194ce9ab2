import { describe, expect, it } from '@jest/globals';
import { FactBuilder, START_MICROS, at } from '../../test/accuracy/builder.ts';
import type { EpisodeDetail } from '../report/snapshot.ts';
import { createEngine } from './engine.ts';

function judge(builder: FactBuilder, nowSeconds: number): readonly EpisodeDetail[] {
  const engine = createEngine();
  for (const fact of [...builder.facts].sort((a, b) => a.atMicros - b.atMicros)) engine.ingest(fact);
  const report = engine.evaluate(at(nowSeconds)).nodes.get(builder.node);
  return [...(report?.episodes ?? [])].sort((a, b) => a.startMicros - b.startMicros);
}

const brief = (list: readonly EpisodeDetail[]) =>
  list.map((one) => [
    one.kind,
    (one.startMicros - START_MICROS) / 1e6,
    one.endMicros === undefined ? null : (one.endMicros - START_MICROS) / 1e6,
  ]);

describe('port episodes', () => {
  it('makes one LinkDown of the six lines of a link loss', () => {
    const builder = new FactBuilder().locked();
    builder
      .add(60, {
        kind: 'portTrouble',
        trouble: 'NetworkDown',
        portNumber: 1,
        interfaceName: 'ens1f0',
        line: 'recvmsg failed: Network is down',
      })
      .add(60.01, {
        kind: 'portTrouble',
        trouble: 'SendFailed',
        portNumber: 1,
        interfaceName: 'ens1f0',
        line: 'send delay request failed',
      })
      .port(60.02, 'SLAVE', 'FAULTY', 'FAULT_DETECTED')
      .add(60.03, {
        kind: 'linkChange',
        portNumber: 1,
        interfaceName: 'ens1f0',
        link: 'Down',
        line: 'link down',
      })
      .add(60.03, {
        kind: 'bestMaster',
        clockIdentity: 'aa.bb.cc',
        local: true,
        line: 'selected local clock',
      })
      .add(60.03, {
        kind: 'roleNote',
        note: 'AssumingGrandmaster',
        portNumber: 1,
        line: 'assuming the grand master role',
      })
      .add(70, { kind: 'linkChange', portNumber: 1, interfaceName: 'ens1f0', link: 'Up', line: 'link up' })
      .port(70.1, 'FAULTY', 'LISTENING', 'INIT_COMPLETE')
      .port(70.4, 'LISTENING', 'UNCALIBRATED', 'RS_SLAVE')
      .port(70.5, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED');
    const [episode, ...others] = judge(builder, 90);
    expect(others).toEqual([]);
    expect(episode).toMatchObject({
      kind: 'LinkDown',
      subject: 'ens1f0',
      causeId: 'CableOrSwitch',
      outageSeconds: 11,
    });
    expect(episode?.startMicros).toBe(at(60));
    expect(episode?.evidenceCount).toBeGreaterThanOrEqual(5);
  });

  it('calls a port that is lost again and again flapping, once', () => {
    const builder = new FactBuilder().locked();
    for (let round = 0; round < 6; round++) {
      builder
        .port(60 + 4 * round, 'SLAVE', 'LISTENING', 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES')
        .port(61 + 4 * round, 'LISTENING', 'UNCALIBRATED', 'RS_SLAVE')
        .port(62 + 4 * round, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED');
    }
    expect(brief(judge(builder, 120))).toEqual([['PortFlapping', 60, 82]]);
  });

  it('takes acquisition for no fault, also when every process restarts at a profile change', () => {
    const builder = new FactBuilder().locked();
    builder.add(100, { kind: 'daemonLife', what: 'ApplyingProfiles', program: 'daemon' }).locked(101);
    expect(judge(builder, 200)).toEqual([]);
  });

  it('names a client that promotes itself', () => {
    const builder = new FactBuilder()
      .locked()
      .port(50, 'SLAVE', 'MASTER', 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES');
    expect(
      judge(builder, 60)
        .map((one) => one.kind)
        .sort(),
    ).toEqual(['AnnounceTimeout', 'UnexpectedTimeTransmitter']);
  });
});

describe('silent faults', () => {
  it('sees Sync stop while the rest goes on', () => {
    const builder = new FactBuilder().locked().summaries(2, 40).summaries(60, 70);
    for (let second = 40; second < 60; second++) {
      builder.add(second, {
        kind: 'summarySample',
        program: 'phc2sys',
        clock: 'CLOCK_REALTIME',
        rmsNanoseconds: 5,
        maxAbsNanoseconds: 11,
      });
    }
    expect(brief(judge(builder, 70))).toEqual([['SyncTimeout', 40, 60]]);
  });

  it('does not take the end of the whole log for lost Sync', () => {
    expect(judge(new FactBuilder().locked().summaries(2, 40), 400)).toEqual([]);
  });

  it('sees a step of the path delay and not its echo in the offset', () => {
    const builder = new FactBuilder()
      .locked()
      .summaries(2, 40)
      .summaries(40, 42, () => 600, 900)
      .summaries(42, 60, () => 4, 900);
    expect(brief(judge(builder, 60))).toEqual([['PathDelayStep', 40, null]]);
  });

  it('leaves a clock alone whose noise is always large', () => {
    const noise = (second: number): number =>
      4_000 + ((second * 7919) % 9_000) + (second % 37 === 0 ? 300_000 : 0);
    expect(judge(new FactBuilder().locked().summaries(2, 600, noise), 600)).toEqual([]);
  });
});

describe('status lines', () => {
  it('counts every unbroken run of holdover and every free run after a lock', () => {
    const builder = new FactBuilder('a', 'ts2phc.0.config');
    const runs = [
      'FreeRun',
      'Locked',
      'Holdover',
      'Locked',
      'Holdover',
      'FreeRun',
      'Locked',
      'Holdover',
      'Locked',
    ] as const;
    runs.forEach((state, run) => {
      for (let second = 0; second < 10; second++) builder.status(10 * run + second, state);
    });
    expect(brief(judge(builder, 100))).toEqual([
      ['Holdover', 20, 30],
      ['Holdover', 40, 50],
      ['FreeRun', 50, 60],
      ['Holdover', 70, 80],
    ]);
  });

  it('begins anew with the daemon: free run before the first lock is no fault', () => {
    const builder = new FactBuilder().status(0, 'Locked');
    builder.add(5, { kind: 'daemonLife', what: 'ContainerStarted', program: 'daemon' });
    for (let second = 6; second < 30; second++) builder.status(second, 'FreeRun');
    expect(judge(builder.status(30, 'Locked'), 40)).toEqual([]);
  });

  it('tells lost GNSS and the holdover after it, but no fallen class besides', () => {
    const builder = new FactBuilder('a', 'ts2phc.0.config');
    builder
      .status(0, 'Locked', 'T-GM')
      .add(0, { kind: 'gnss', program: 'gnss', interfaceName: 'ens4f0', fix: 5 });
    builder.add(1, { kind: 'clockClass', clockClass: 6 });
    builder
      .add(30, { kind: 'gnss', program: 'gnss', interfaceName: 'ens4f0', fix: 0 })
      .status(31, 'Holdover', 'T-GM');
    builder.add(31.2, { kind: 'clockClass', clockClass: 7 }).status(60, 'Locked', 'T-GM');
    builder
      .add(59, { kind: 'gnss', program: 'gnss', interfaceName: 'ens4f0', fix: 3 })
      .add(60.5, { kind: 'clockClass', clockClass: 6 });
    const list = judge(builder, 80);
    expect(brief(list)).toEqual([
      ['GnssLost', 30, 59],
      ['Holdover', 31, 60],
    ]);
    expect(list[1]?.causeId).toBe('GnssLost');
  });
});

describe('telemetry', () => {
  it('says so when the metrics keep saying LOCKED after the log does not', () => {
    const builder = new FactBuilder()
      .locked()
      .port(30, 'SLAVE', 'LISTENING', 'ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES');
    builder.add(45, {
      kind: 'metricSample',
      source: 'Metric',
      metric: 'clock_state',
      labels: { process: 'ptp4l' },
      value: 1,
    });
    expect(
      judge(builder, 46)
        .map((one) => one.kind)
        .sort(),
    ).toEqual(['AnnounceTimeout', 'TelemetryDisagreement']);
  });
});
