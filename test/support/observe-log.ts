import type { Observation } from '../../src/observe/observation.ts';
import type { LineCounts, LogParserOptions } from '../../src/observe/logs/parser.ts';
import { createLogParser } from '../../src/observe/logs/parser.ts';

export interface ObservedLog {
  observations: Observation[];
  counts: LineCounts;
  unrecognised: readonly string[];
}

/** Reads a whole log text and gives everything the parser says about it. */
export function observeLog(text: string | Uint8Array, options: Partial<LogParserOptions> = {}): ObservedLog {
  const observations: Observation[] = [];
  const parser = createLogParser({
    node: 'n1',
    source: 'Log',
    onObservation: (observation) => observations.push(observation),
    ...options,
  });
  parser.push(typeof text === 'string' ? Buffer.from(text) : text);
  parser.end();
  return { observations, counts: { ...parser.counts }, unrecognised: parser.unrecognisedSamples };
}

/** A sample line and the facts it carries; an empty list for a line that is known and carries none. */
export type SampleLine = readonly [line: string, facts: readonly object[]];
