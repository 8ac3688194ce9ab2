import { describe, expect, it } from '@jest/globals';
import { FactBuilder, at } from '../../test/accuracy/builder.ts';
import { createEngine } from './engine.ts';

/** Deterministic noise: a linear congruential generator shaped by Box and Muller. */
function noise(seed: number): { uniform: () => number; gauss: () => number } {
  let state = seed;
  const uniform = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const gauss = (): number => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
  return { uniform, gauss };
}

interface Mode {
  readonly name: string;
  readonly sigma: number;
  /** Share of samples that are thirty times larger. */
  readonly spikes: number;
}

const MODES: readonly Mode[] = [
  { name: 'a quiet card', sigma: 1.2, spikes: 0 },
  { name: 'a good card', sigma: 6, spikes: 0.0005 },
  { name: 'an older card', sigma: 60, spikes: 0.002 },
  { name: 'software time stamps', sigma: 4_000, spikes: 0.01 },
];

describe('healthy clocks', () => {
  it.each(MODES)(
    'raise no episode in twenty minutes at 16 samples per second: $name',
    ({ sigma, spikes }) => {
      const { uniform, gauss } = noise(Math.round(sigma * 100));
      const engine = createEngine();
      for (const fact of new FactBuilder().locked().facts) engine.ingest(fact);
      const common = {
        node: 'a',
        source: 'Log',
        configName: 'ptp4l.0.config',
        kind: 'servoSample',
        servoState: 'Locked',
      } as const;
      let delay = 89.4;
      const recent: number[] = [];
      for (let index = 0; index < 16 * 1_200; index++) {
        const atMicros = at(2 + index / 16);
        delay += 0.002 * gauss();
        recent.push(delay + sigma * 0.2 * gauss());
        if (recent.length > 10) recent.shift();
        const median = [...recent].sort((a, b) => a - b)[recent.length >> 1]!;
        const offset = sigma * gauss() * (uniform() < spikes ? 30 : 1);
        engine.ingest({
          ...common,
          program: 'ptp4l',
          clock: '',
          atMicros,
          offsetNanoseconds: Math.round(offset),
          frequencyPpb: Math.round(-4_000 + 0.1 * sigma * gauss()),
          delayNanoseconds: Math.round(median),
        });
        engine.ingest({
          ...common,
          program: 'phc2sys',
          clock: 'CLOCK_REALTIME',
          atMicros: atMicros + 2_000,
          offsetNanoseconds: Math.round(20 * gauss() * (uniform() < 0.001 ? 40 : 1)),
          frequencyPpb: Math.round(2_000 + 3 * gauss()),
          delayNanoseconds: Math.round(550 + 10 * gauss()),
        });
      }
      expect(engine.evaluate(at(1_202)).nodes.get('a')!.episodes).toEqual([]);
    },
  );
});
