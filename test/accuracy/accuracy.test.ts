import { describe, expect, it } from '@jest/globals';
import { readCorpus } from './corpus.ts';
import { scoreCapture } from './score.ts';

const corpus = readCorpus();

describe('labelled captures', () => {
  it.each(corpus.map((capture) => [capture.name, capture] as const))(
    '%s: every fault named, no false alarm',
    (_name, capture) => {
      const score = scoreCapture(capture);
      expect(score.rows.filter((row) => row.found === undefined)).toEqual([]);
      expect(score.falseAlarms).toEqual([]);
    },
  );

  it.each(corpus.map((capture) => [capture.name, capture] as const))(
    '%s: the same for each host alone',
    (_name, capture) => {
      const score = scoreCapture(capture, 'Alone');
      expect(score.rows.filter((row) => row.found === undefined)).toEqual([]);
      expect(score.falseAlarms).toEqual([]);
    },
  );
});
