import { describe, expect, it } from '@jest/globals';
import { masterOffset, phcOffset, SummaryCollector, ts2phcOffset } from './line-format.ts';
import { createRandom } from './random.ts';
import { SteeredClock } from './servo.ts';

const clock = () =>
  new SteeredClock({
    oscillatorPpb: 12_345,
    noiseNanoseconds: 3,
    intervalSeconds: 1 / 16,
    random: createRandom(1),
  });

const sample = (steered: SteeredClock, count: number) =>
  Array.from({ length: count }, () => steered.sample());

describe('SteeredClock', () => {
  it('goes unlocked, step, locked and settles to single digits at the oscillator’s frequency', () => {
    const steered = clock();
    expect(sample(steered, 5).map(({ servoState }) => servoState)).toEqual([0, 0, 0, 1, 2]);
    const settled = sample(steered, 400).slice(200);
    expect(Math.max(...settled.map(({ offsetNanoseconds }) => Math.abs(offsetNanoseconds)))).toBeLessThan(30);
    const mean = settled.reduce((sum, { frequencyPpb }) => sum + frequencyPpb, 0) / settled.length;
    expect(Math.abs(mean + 12_345)).toBeLessThan(50);
  });

  it('follows an asymmetric path without a lasting offset: only the true error stays', () => {
    const steered = clock();
    sample(steered, 200);
    steered.biasNanoseconds = 1_000;
    expect(steered.sample().offsetNanoseconds).toBeGreaterThan(900);
    const settled = sample(steered, 400).slice(300);
    expect(Math.max(...settled.map(({ offsetNanoseconds }) => Math.abs(offsetNanoseconds)))).toBeLessThan(30);
  });

  it('starts again after a jump beyond the step threshold, but not after a small one', () => {
    const steered = clock();
    sample(steered, 200);
    steered.step(100_000);
    expect(steered.sample().servoState).toBe(2);
    sample(steered, 200);
    steered.step(3e9);
    expect(sample(steered, 5).map(({ servoState }) => servoState)).toEqual([0, 0, 0, 1, 2]);
  });

  it('relocks without a step when the process restarts', () => {
    const steered = clock();
    sample(steered, 200);
    steered.restart();
    expect(sample(steered, 5).map(({ servoState }) => servoState)).toEqual([0, 0, 0, 2, 2]);
  });

  it('drifts while it is not measured', () => {
    const steered = clock();
    sample(steered, 200);
    steered.disturbFrequency(1_000);
    steered.drift(10);
    expect(Math.abs(steered.sample().offsetNanoseconds)).toBeGreaterThan(9_000);
  });
});

/** Field widths of linuxptp, taken from lines it printed. */
describe('line formats', () => {
  it.each([
    [
      masterOffset({ offsetNanoseconds: -98, servoState: 0, frequencyPpb: 3 }, 1587),
      'master offset        -98 s0 freq      +3 path delay      1587',
    ],
    [
      masterOffset({ offsetNanoseconds: -1, servoState: 2, frequencyPpb: -3972 }, 89),
      'master offset         -1 s2 freq   -3972 path delay        89',
    ],
    [
      phcOffset('CLOCK_REALTIME', { offsetNanoseconds: -414, servoState: 0, frequencyPpb: 2872 }, 551),
      'CLOCK_REALTIME phc offset      -414 s0 freq   +2872 delay    551',
    ],
    [
      ts2phcOffset('/dev/ptp0', { offsetNanoseconds: -3, servoState: 2, frequencyPpb: 7777 }, false),
      '/dev/ptp0 offset         -3 s2 freq   +7777',
    ],
    [
      ts2phcOffset('/dev/ptp4', { offsetNanoseconds: 0, servoState: 2, frequencyPpb: 1 }, true),
      '/dev/ptp4 offset          0 s3 freq      +1 holdover',
    ],
  ])('prints %s', (printed, real) => {
    expect(printed).toBe(real);
  });

  it('summarises as ptp4l does', () => {
    const summary = new SummaryCollector();
    summary.add({ offsetNanoseconds: 53, servoState: 2, frequencyPpb: -16_642 }, 1_089);
    expect(summary.take()).toBe('rms   53 max   53 freq -16642 +/-   0 delay  1089 +/-   0');
    expect(summary.size).toBe(0);
  });
});
