import type { Observation } from '../../src/observe/observation.ts';
import type { LockState } from '../../src/ptp/states.ts';

/** Makes the facts that a daemon's log gives, for tests: `at` is in seconds since a fixed moment. */
export const START_MICROS = 1_800_000_000_000_000;
export const at = (seconds: number): number => START_MICROS + Math.round(seconds * 1e6);

export class FactBuilder {
  readonly facts: Observation[] = [];
  readonly node: string;
  readonly configName: string;

  constructor(node = 'a', configName = 'ptp4l.0.config') {
    this.node = node;
    this.configName = configName;
  }

  add(seconds: number, fact: Record<string, unknown> & { kind: Observation['kind'] }): this {
    const base = {
      node: this.node,
      source: 'Log',
      program: 'ptp4l',
      configName: this.configName,
      atMicros: at(seconds),
    };
    this.facts.push({ ...base, ...fact } as unknown as Observation);
    return this;
  }

  port(seconds: number, from: string, to: string, event: string, portNumber = 1): this {
    const interfaceName = `ens1f${portNumber - 1}`;
    const line = `port ${portNumber} (${interfaceName}): ${from} to ${to} on ${event}`;
    return this.add(seconds, { kind: 'portTransition', portNumber, interfaceName, from, to, event, line });
  }

  /** A client that starts and locks within two seconds. */
  locked(seconds = 0): this {
    return this.port(seconds, 'INITIALIZING', 'LISTENING', 'INIT_COMPLETE')
      .port(seconds + 1, 'LISTENING', 'UNCALIBRATED', 'RS_SLAVE')
      .port(seconds + 1.5, 'UNCALIBRATED', 'SLAVE', 'MASTER_CLOCK_SELECTED');
  }

  /** One summary line per second from each of ptp4l and phc2sys; `offset` gives the noise by second. */
  summaries(from: number, to: number, offset: (second: number) => number = () => 4, delay = 250): this {
    for (let second = from; second < to; second++) {
      const rms = offset(second);
      const common = {
        kind: 'summarySample',
        rmsNanoseconds: rms,
        maxAbsNanoseconds: rms * 2.2,
        frequencyPpb: -12_345,
      } as const;
      this.add(second, {
        ...common,
        clock: '',
        delayNanoseconds: delay + (second % 3),
      });
      this.add(second + 0.1, {
        ...common,
        clock: 'CLOCK_REALTIME',
        program: 'phc2sys',
        rmsNanoseconds: 5,
        maxAbsNanoseconds: 11,
        frequencyPpb: 8_200,
      });
    }
    return this;
  }

  status(seconds: number, state: LockState, role = 'T-BC'): this {
    return this.add(seconds, {
      kind: 'syncStatus',
      program: role === 'T-BC' ? 'T-BC' : 'GM',
      configName: 'ts2phc.0.config',
      role,
      state,
      interfaceName: 'ens4f0',
      line: `${role}-STATUS`,
    });
  }
}
