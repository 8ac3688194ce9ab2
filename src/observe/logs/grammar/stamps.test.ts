import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunkOf } from '../encoding.ts';
import { Line } from './line.ts';
import { readCachedIsoStamp, StampCache } from './stamps.ts';

function read(text: string, cache: StampCache): { micros: number; position: number } {
  const line = new Line('worker-0', 'Log');
  line.reset(chunkOf(text), 0, text.length);
  return { micros: readCachedIsoStamp(line, cache), position: line.position };
}

/** A few minutes only, so that neighbours often share one. */
const STAMP = fc
  .record({
    millis: fc.integer({ min: Date.UTC(2026, 10, 22, 23, 58), max: Date.UTC(2026, 10, 23, 0, 2) }),
    tail: fc.constantFrom('000000Z', '807361Z', 'Z', '12+01:00', '000000z', 'x00000Z', '0000000Z', ''),
    second: fc.constantFrom(undefined, '60', '61', 'x1'),
  })
  .map(({ millis, tail, second }) => {
    const stamp = new Date(millis).toISOString().slice(0, -1);
    return `${second === undefined ? stamp : stamp.slice(0, 17) + second + stamp.slice(19)}${tail} text`;
  });

describe('readCachedIsoStamp', () => {
  it('reads every stamp as if it were the first', () => {
    fc.assert(
      fc.property(fc.array(STAMP, { minLength: 1, maxLength: 30 }), (stamps) => {
        const cache = new StampCache();
        for (const stamp of stamps) expect(read(stamp, cache)).toEqual(read(stamp, new StampCache()));
      }),
      { numRuns: 300 },
    );
  });

  it('is exact to the microsecond', () => {
    const cache = new StampCache();
    for (const second of ['56', '57', '60'])
      expect(read(`2026-11-22T04:29:${second}.807381361Z text`, cache)).toEqual({
        micros: Date.UTC(2026, 10, 22, 4, 29) * 1000 + Number(second) * 1_000_000 + 807_381,
        position: 30,
      });
  });
});
