import { describe, expect, it } from '@jest/globals';
import { Agenda } from './agenda.ts';
import { ContainerLog } from './container-log.ts';
import { parseCriLog, startReplay } from './replay.ts';

const CRI = [
  '2026-11-22T04:30:00.000000001+00:00 stdout F first',
  '2026-11-22T04:30:01.000000000+00:00 stderr P half of ',
  '2026-11-22T04:30:01.000000000+00:00 stdout F another stream between',
  '2026-11-22T04:30:01.000000000+00:00 stderr F a line',
  'not a CRI line',
  '2026-11-22T04:30:04.000000000+00:00 stdout F ',
  '',
].join('\n');

const START = 1_800_000_000_000_000;

function play(speed: number, loop: boolean) {
  const agenda = new Agenda(START);
  const log = new ContainerLog(10_000);
  startReplay(parseCriLog(CRI), agenda, log, { speed, loop });
  const texts = () => {
    let text = '';
    const query = {
      follow: false,
      previous: false,
      timestamps: true,
      sinceMicros: undefined,
      tailLines: undefined,
      limitBytes: undefined,
    };
    log.read(query, { write: (chunk) => void (text += chunk), end: () => undefined });
    return text.split('\n').filter((line) => line !== '');
  };
  return { agenda, texts };
}

describe('replay', () => {
  it('joins split lines per stream and keeps the distances in time', () => {
    expect(parseCriLog(CRI)).toEqual([
      { offsetMicros: 0, text: 'first' },
      { offsetMicros: 1_000_000, text: 'another stream between' },
      { offsetMicros: 1_000_000, text: 'half of a line' },
      { offsetMicros: 4_000_000, text: '' },
    ]);
  });

  it('prints the lines at the times of now, at the speed asked for', () => {
    const { agenda, texts } = play(2, false);
    agenda.runUntil(START + 400_000);
    expect(texts()).toHaveLength(1);
    agenda.runUntil(START + 600_000);
    expect(texts()).toHaveLength(3);
    expect(texts()[2]).toMatch(/^2027-01-15T08:00:00\.5\d+Z half of a line$/);
  });

  it('begins again with a new container when it loops', () => {
    const { agenda, texts } = play(1, true);
    agenda.runUntil(START + 5_200_000);
    expect(texts().map((line) => line.split(' ')[1])).toEqual(['first']);
  });
});
