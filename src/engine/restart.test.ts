import { describe, expect, it } from '@jest/globals';
import { FactBuilder, at } from '../../test/accuracy/builder.ts';
import type { PtpProfile } from '../observe/observation.ts';
import { createEngine } from './engine.ts';

function reportOf(builder: FactBuilder, nowSeconds: number) {
  const engine = createEngine();
  let next = 0;
  const facts = builder.facts
    .map((fact, index) => ({ fact, index }))
    .sort((a, b) => a.fact.atMicros - b.fact.atMicros || a.index - b.index)
    .map(({ fact }) => fact);
  for (const fact of facts) {
    engine.ingest(fact);
    if (fact.atMicros < next) continue;
    engine.evaluate(fact.atMicros);
    next = fact.atMicros + 1_000_000;
  }
  const report = engine.evaluate(at(nowSeconds)).nodes.get(builder.node);
  if (report === undefined) throw new Error('no report');
  return report;
}

const apply = (builder: FactBuilder, seconds: number): FactBuilder =>
  builder.add(seconds, { kind: 'daemonLife', program: 'daemon', what: 'ApplyingProfiles' });

function assign(builder: FactBuilder, seconds: number, name: string, domainNumber: number): FactBuilder {
  const profile = {
    name,
    interface: 'ens1f0',
    ptp4lOpts: '-2 -s',
    ptp4lConf: `[global]\ndomainNumber ${domainNumber}\nclientOnly 1\n[ens1f0]\n`,
    phc2sysOpts: '-a -r -n 24',
  } as unknown as PtpProfile;
  return builder.add(seconds, {
    kind: 'profilesAssigned',
    source: 'Resource',
    origin: 'Applied',
    profiles: [profile],
  });
}

describe('a profile replaced by another one', () => {
  it('leaves the fault of the new profile only', () => {
    const builder = assign(new FactBuilder(), 0, 'ordinary-clock', 24).locked(1).summaries(3, 40);
    assign(builder, 39, 'other-domain', 25);
    apply(builder, 40)
      .add(40.5, { kind: 'processLife', what: 'Starting', configName: undefined })
      .port(41, 'INITIALIZING', 'LISTENING', 'INIT_COMPLETE')
      .add(41.5, { kind: 'bestMaster', clockIdentity: 'aa.bb.cc', local: true });
    for (let second = 42; second < 200; second++)
      builder.add(second, { kind: 'clockClass', clockClass: 255 });
    const report = reportOf(builder, 200);
    expect(report.episodes.map((one) => [one.kind, one.endMicros])).toEqual([['NotAcquired', undefined]]);
    expect(report.status.instances.map((one) => one.name)).toEqual(['other-domain']);
  });
});

/** Status lines of a T-BC in runs such as `s0×45 s2×36`; `A` is a configuration apply. */
class BoundaryClock {
  readonly builder = new FactBuilder('bc', 'ptp4l.1.config');
  second = 1;

  /** One status line per second. */
  status(state: 's0' | 's1' | 's2', count: number): this {
    const name = ({ s0: 'FreeRun', s1: 'Holdover', s2: 'Locked' } as const)[state];
    if (state === 's1')
      this.builder.add(this.second - 0.01, {
        kind: 'syncStatus',
        role: 'T-BC',
        state: 'Holdover',
        program: 'T-BC',
        configName: undefined,
        line: 'T-BC MOVE TO HOLDOVER',
      });
    for (let done = 0; done < count; done++) this.builder.status(this.second++, name);
    return this;
  }

  /** Everything starts again, and locks within the 45 lines of s0 that follow. */
  apply(): this {
    apply(this.builder, this.second - 0.5)
      .port(this.second, 'INITIALIZING', 'LISTENING', 'INIT_COMPLETE', 2)
      .port(this.second + 1, 'LISTENING', 'UNCALIBRATED', 'RS_SLAVE', 2)
      .port(this.second + 20, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED', 2);
    return this;
  }

  /** The upstream link goes away now and is back `down` seconds later. */
  loseLink(down: number): this {
    const { builder, second } = this;
    const port = { portNumber: 2, interfaceName: 'ens1f1' };
    builder
      .add(second - 0.5, { kind: 'portTrouble', trouble: 'NetworkDown', ...port, line: 'recvmsg failed' })
      .add(second - 0.49, {
        kind: 'portTrouble',
        trouble: 'SendFailed',
        ...port,
        line: 'send delay request failed',
      })
      .port(second - 0.48, 'SLAVE', 'FAULTY', 'FAULT_DETECTED', 2)
      .add(second - 0.4, { kind: 'linkChange', link: 'Down', ...port, line: 'link down' })
      .add(second - 0.3, {
        kind: 'bestMaster',
        clockIdentity: 'aa.bb.cc',
        local: true,
        line: 'selected local',
      })
      .add(second - 0.29, {
        kind: 'roleNote',
        note: 'AssumingGrandmaster',
        ...port,
        line: 'assuming GM role',
      })
      .add(second + down - 9, { kind: 'linkChange', link: 'Up', ...port, line: 'link up' })
      .port(second + down - 8, 'FAULTY', 'LISTENING', 'INIT_COMPLETE', 2)
      .port(second + down - 7, 'LISTENING', 'UNCALIBRATED', 'RS_SLAVE', 2)
      .port(second + down - 1, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED', 2);
    return this;
  }

  kinds(): string[] {
    const { episodes } = reportOf(this.builder, this.second);
    return episodes.map((one) => `${one.kind} ${one.subject}`).sort();
  }
}

describe('a boundary clock', () => {
  it('has one holdover per run of s1, and acquires without a fault after each apply', () => {
    const clock = new BoundaryClock()
      .apply()
      .status('s0', 45)
      .status('s2', 36)
      .status('s1', 1)
      .apply()
      .status('s0', 44)
      .status('s2', 15)
      .status('s1', 2)
      .apply()
      .status('s0', 45)
      .status('s2', 177)
      .apply()
      .status('s0', 44)
      .status('s2', 99);
    expect(clock.kinds()).toEqual(['Holdover ens4f0', 'Holdover ens4f0']);
  });

  it('has one link loss and one holdover each time its upstream link goes', () => {
    const clock = new BoundaryClock().apply().status('s0', 45).status('s2', 19);
    clock.loseLink(61).status('s1', 61).status('s2', 9);
    clock.loseLink(61).status('s1', 61).status('s2', 12);
    expect(clock.kinds()).toEqual([
      'Holdover ens4f0',
      'Holdover ens4f0',
      'LinkDown ens1f1',
      'LinkDown ens1f1',
    ]);
  });
});

describe('a jump that costs the lock', () => {
  it('is one clock step, though clockcheck and the port both tell it', () => {
    const builder = new FactBuilder().locked().summaries(3, 60);
    builder
      .add(60, { kind: 'clockCheck', what: 'JumpedForward', line: 'clockcheck: clock jumped forward!' })
      .port(60.2, 'SLAVE', 'UNCALIBRATED', 'SYNCHRONIZATION_FAULT')
      .port(62, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED')
      .summaries(63, 90);
    const { episodes } = reportOf(builder, 90);
    expect(episodes.map((one) => [one.kind, one.subject, one.startMicros])).toEqual([
      ['ClockStep', 'ens1f0', at(60)],
    ]);
  });
});
