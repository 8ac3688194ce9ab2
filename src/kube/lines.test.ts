import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { splitLines } from './lines.ts';

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let index = 0; start < bytes.byteLength; index++) {
    const size = sizes.length === 0 ? bytes.byteLength : sizes[index % sizes.length]!;
    yield bytes.subarray(start, start + size);
    start += size;
    await Promise.resolve();
  }
}

async function lines(bytes: Uint8Array, sizes: readonly number[], maxLineBytes = 1_000): Promise<string[]> {
  const result: string[] = [];
  for await (const line of splitLines(chunked(bytes, sizes), maxLineBytes)) result.push(line);
  return result;
}

describe('splitLines', () => {
  it('gives the same lines however the bytes are cut, characters of several bytes included', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', ' '))),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        async (texts, sizes) => {
          const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
          expect(await lines(bytes, sizes)).toEqual(texts);
        },
      ),
    );
  });

  it('gives a last line without newline', async () => {
    expect(await lines(Buffer.from('a\n\nb'), [2])).toEqual(['a', '', 'b']);
  });

  it('refuses a line beyond the limit instead of keeping it', async () => {
    await expect(lines(Buffer.from('x'.repeat(2_000)), [100])).rejects.toMatchObject({
      code: 'BodyTooLarge',
    });
  });
});
