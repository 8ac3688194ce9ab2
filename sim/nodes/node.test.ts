import { describe, expect, it } from '@jest/globals';
import { createLogParser } from '../../src/observe/logs/parser.ts';
import type { Observation } from '../../src/observe/observation.ts';
import type { FaultId } from './faults.ts';
import { FAULTS, findFault } from './faults.ts';
import { SimulatedNode } from './node.ts';
import type { ClockType, NodeSpecInput } from './node-spec.ts';
import { CLOCK_TYPES, nodeSpecSchema } from './node-spec.ts';

const START = 1_800_000_000_000_000;

/** A node on a time line of its own, and what it printed. */
class Bench {
  readonly node: SimulatedNode;
  #seconds = 0;

  constructor(spec: Partial<NodeSpecInput> = {}, rateLinesPerSecond = 20) {
    this.node = new SimulatedNode(nodeSpecSchema.parse({ name: 'worker-0', ...spec }), {
      seed: 1,
      startMicros: START,
      rateLinesPerSecond,
      logBytes: 4_000_000,
      podName: 'linuxptp-daemon-abc12',
      holdoverSeconds: 10,
    });
    this.node.start();
  }

  run(seconds: number): this {
    this.#seconds += seconds;
    this.node.runUntil(START + this.#seconds * 1e6);
    return this;
  }

  during(id: FaultId, seconds: number): this {
    const clear = findFault(id).start(this.node);
    this.run(seconds);
    clear();
    return this;
  }

  text(timestamps = false): string {
    let text = '';
    const query = {
      follow: false,
      previous: false,
      sinceMicros: undefined,
      tailLines: undefined,
      limitBytes: undefined,
    };
    this.node.log.read(
      { ...query, timestamps },
      { write: (chunk) => void (text += chunk), end: () => undefined },
    );
    return text;
  }

  lines(pattern: RegExp): string[] {
    return this.text()
      .split('\n')
      .filter((line) => pattern.test(line));
  }

  transitions(): string[] {
    return [...this.text().matchAll(/port \d+ \([^/)]+\): (\w+ to \w+ on \w+)/g)].map(
      (match) => match[1] ?? '',
    );
  }
}

const ACQUIRE = ['LISTENING to UNCALIBRATED on RS_SLAVE', 'UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED'];
const START_AND_ACQUIRE = ['INITIALIZING to LISTENING on INIT_COMPLETE', ...ACQUIRE];

describe('the log of a simulated node', () => {
  it.each(CLOCK_TYPES.map((clockType) => [clockType]))(
    'of type %s holds only lines the log parser knows',
    (clockType: ClockType) => {
      const bench = new Bench({ clockType }).run(20);
      for (const { id } of FAULTS) bench.during(id, 12).run(12);
      const observations: Observation[] = [];
      const parser = createLogParser({
        node: 'worker-0',
        source: 'Log',
        onObservation: (one) => observations.push(one),
      });
      parser.push(Buffer.from(bench.text(true)));
      parser.end();
      expect(parser.unrecognisedSamples).toEqual([]);
      expect(parser.counts.total).toBeGreaterThan(500);
      expect(new Set(observations.map(({ kind }) => kind)).size).toBeGreaterThan(5);
    },
  );

  it('is the same for the same seed', () => {
    expect(new Bench().run(10).text()).toBe(new Bench().run(10).text());
  });

  it('keeps to its rate', () => {
    const bench = new Bench({}, 20).run(10);
    const before = bench.node.log.written;
    const perSecond = (bench.run(50).node.log.written - before) / 50;
    expect(perSecond).toBeGreaterThan(12);
    expect(perSecond).toBeLessThan(21);
  });

  it('can print summaries instead of every offset', () => {
    const bench = new Bench({ everyOffset: false }).run(30);
    expect(
      bench.lines(/ptp4l.* rms +\d+ max +\d+ freq [ +-]+\d+ \+\/- +\d+ delay +\d+ \+\/- +\d+$/).length,
    ).toBeGreaterThan(20);
    expect(bench.lines(/master offset/)).toEqual([]);
  });
});

describe('clock types', () => {
  it('T-TSC follows', () => {
    expect(new Bench().run(10).transitions()).toEqual(START_AND_ACQUIRE);
  });

  it('T-GM serves on all ports and reports LOCKED with class 6', () => {
    const bench = new Bench({ clockType: 'T-GM' }).run(15);
    expect(
      bench.transitions().filter((each) => each.endsWith('ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES')),
    ).toHaveLength(2);
    expect(bench.lines(/T-GM-STATUS/).at(-1)).toMatch(
      /^GM\[\d+\]:\[ts2phc\.0\.config\] ens7f0 T-GM-STATUS s2$/,
    );
    expect(bench.lines(/CLOCK_CLASS_CHANGE/).at(-1)).toMatch(/CLOCK_CLASS_CHANGE 6$/);
  });

  it('T-BC has an instance for each direction and locks its DPLL after PTP', () => {
    const bench = new Bench({ clockType: 'T-BC' }).run(20);
    expect(bench.lines(/\[ptp4l\.0\.config:5\] port \d \(ens\w+\): LISTENING to MASTER/)).toHaveLength(2);
    expect(bench.lines(/\[ptp4l\.1\.config:5\] port 1 \(ens4f1\): UNCALIBRATED to SLAVE/)).toHaveLength(1);
    expect(bench.lines(/T-BC-STATUS/).at(-1)).toMatch(/T-BC-STATUS s2$/);
  });

  it('a dual-port clock keeps its second port passive and fails over to it', () => {
    const bench = new Bench({ clockType: 'T-TSC-DualPort' }).run(10);
    expect(bench.lines(/port 2 .* to PASSIVE on RS_PASSIVE/)).toHaveLength(1);
    bench.during('linkDown', 5);
    expect(bench.lines(/port 2 .*UNCALIBRATED to SLAVE/)).toHaveLength(1);
    expect(bench.lines(/selected local clock/)).toEqual([]);
  });
});

describe('faults', () => {
  it('linkDown prints the burst of one physical loss', () => {
    const bench = new Bench().run(10);
    const before = bench.text().length;
    bench.during('linkDown', 5);
    const texts = bench
      .text()
      .slice(before)
      .split('\n')
      .filter((line) => line.startsWith('ptp4l'));
    expect(texts.map((line) => line.replace(/^.*\] /, ''))).toEqual([
      'port 1 (ens1f0): error on fda[0]: Network is down',
      'port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)',
      'port 1 (ens1f0): link down',
      `selected local clock ${bench.node.clockIdentity} as best master`,
      'port 1 (ens1f0): assuming the grand master role',
      'port 1 (ens1f0): master state recommended in slave only mode',
      'port 1 (ens1f0): defaultDS.priority1 probably misconfigured',
    ]);
    bench.run(5);
    expect(bench.transitions().slice(-3)).toEqual(['FAULTY to LISTENING on INIT_COMPLETE', ...ACQUIRE]);
  });

  it('grandmasterLost stops offsets in the log while the metrics still say LOCKED', () => {
    const bench = new Bench().run(10).during('grandmasterLost', 10);
    expect(bench.transitions().at(-1)).toBe('SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES');
    const { metrics } = bench.node;
    expect(metrics.get('clock_state', { iface: 'master', process: 'ptp4l' })).toBe(1);
    expect(metrics.get('interface_role', { iface: 'ens1f0', process: 'ptp4l' })).toBe(5);
    bench.run(5);
    expect(bench.transitions().slice(-2)).toEqual(ACQUIRE);
  });

  it('wrongDomain prints no fault: after the restart only the choice of the local clock', () => {
    const bench = new Bench().run(10);
    const before = bench.text().length;
    bench.during('wrongDomain', 10);
    const after = bench.text().slice(before);
    expect(after).toContain('domainNumber 25');
    expect(after).toContain('selected local clock');
    expect(after).not.toMatch(/new foreign master|FAULT|offset/);
    bench.run(5);
    expect(bench.transitions().slice(-2)).toEqual(ACQUIRE);
  });

  it('syncLost only stops the offset lines', () => {
    const bench = new Bench().run(10);
    const before = bench.text().length;
    bench.during('syncLost', 10);
    expect(bench.text().slice(before)).not.toMatch(/^ptp4l\[.*(offset|port)/m);
    expect(bench.node.follower.activePort?.state).toBe('SLAVE');
  });

  it('asymmetry shows in the path delay alone', () => {
    const bench = new Bench().run(10).during('asymmetry', 20);
    const [, offset, delay] =
      /master offset +(-?\d+) .* path delay +(\d+)$/.exec(bench.lines(/master offset/).at(-1) ?? '') ?? [];
    expect(Math.abs(Number(offset))).toBeLessThan(50);
    expect(Number(delay)).toBeGreaterThan(1_200);
  });

  it('gnssLost takes a T-GM through holdover to free run and back', () => {
    const bench = new Bench({ clockType: 'T-GM' }).run(15).during('gnssLost', 30).run(15);
    const classes = bench.lines(/CLOCK_CLASS_CHANGE/).map((line) => line.replace(/.* /, ''));
    expect(classes.filter((value, index) => value !== classes[index - 1]).slice(-4)).toEqual([
      '6',
      '7',
      '140',
      '6',
    ]);
    expect(bench.lines(/nmea: no valid rmc fix/).length).toBeGreaterThan(20);
  });

  it('holdover takes a T-BC to class 135, then 165, and back', () => {
    const bench = new Bench({ clockType: 'T-BC' }).run(20).during('holdover', 20).run(20);
    const classes = bench.lines(/event_tbc.*CLOCK_CLASS_CHANGE/).map((line) => line.replace(/.* /, ''));
    expect(classes.filter((value, index) => value !== classes[index - 1])).toEqual(['6', '135', '165', '6']);
    expect(bench.lines(/T-BC MOVE TO (HOLDOVER|NORMAL)/)).toHaveLength(3);
  });

  it('phcStep makes the clock check speak and the port resynchronise', () => {
    const bench = new Bench().run(10).during('phcStep', 10);
    expect(bench.lines(/clockcheck: clock jumped forward or running faster than expected!/)).toHaveLength(1);
    expect(bench.transitions().slice(-2)).toEqual([
      'SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT',
      'UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED',
    ]);
  });

  it('txTimestampTimeout faults the port again and again', () => {
    const bench = new Bench().run(10).during('txTimestampTimeout', 20);
    expect(bench.lines(/timed out while polling for tx timestamp/).length).toBeGreaterThan(2);
    expect(bench.run(10).transitions().at(-1)).toBe('UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED');
  });

  it('ptp4lKilled counts a restart and keeps the container', () => {
    const bench = new Bench().run(10).during('ptp4lKilled', 10);
    const labels = { config: 'ptp4l.0.config', process: 'ptp4l' };
    expect(bench.node.metrics.get('process_restart_count', labels)).toBe(2);
    expect(bench.node.containerRestarts).toBe(0);
    expect(bench.transitions()).toEqual([...START_AND_ACQUIRE, ...START_AND_ACQUIRE]);
  });

  it('containerRestarted starts a new log and metrics from nothing', () => {
    const bench = new Bench().run(10).during('containerRestarted', 5);
    expect(bench.text().startsWith('Git commit:')).toBe(true);
    const labels = { config: 'ptp4l.0.config', process: 'ptp4l' };
    expect(bench.node.metrics.get('process_restart_count', labels)).toBe(1);
    expect(bench.node.containerRestarts).toBe(1);
  });
});
