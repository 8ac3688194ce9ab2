import { describe, expect, it } from '@jest/globals';
import { EntryReaders, type EntryReader } from './entry-reader.ts';
import type { FileSet, FileVisitor } from './file-set.ts';

/** Files of which each holds its own number, in chunks; counts the passes. */
class CountingFileSet implements FileSet {
  readonly name = 'counting';
  readonly isPacked = true;
  readonly problems: string[] = [];
  passes = 0;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  async visit(visitor: FileVisitor): Promise<void> {
    this.passes++;
    for (let ordinal = 0; ordinal < this.#count; ordinal++) {
      const content = async function* (): AsyncGenerator<Buffer> {
        for (let chunk = 0; chunk < 3; chunk++)
          yield await Promise.resolve(Buffer.from(`${ordinal}.${chunk} `));
      };
      if ((await visitor({ ordinal, path: String(ordinal) }, content)) === 'Stop') return;
    }
  }
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk.toString();
  return text.trim();
}

async function readAll(reader: EntryReader, files: FileSet, ordinals: readonly number[]): Promise<string[]> {
  const texts: string[] = [];
  try {
    for (const ordinal of ordinals) texts.push(await textOf(reader.open(files, ordinal)));
  } finally {
    reader.close();
  }
  return texts;
}

const whole = (ordinal: number): string => `${ordinal}.0 ${ordinal}.1 ${ordinal}.2`;

describe('EntryReaders', () => {
  it('serves many readers in one pass when they ask in stored order', async () => {
    const files = new CountingFileSet(6);
    const readers = new EntryReaders();
    const runs = [
      [0, 3],
      [1, 4],
      [2, 5],
    ].map((ordinals) => readAll(readers.addReader(), files, ordinals));
    const [, ...texts] = await Promise.all([readers.run(), ...runs]);
    expect(texts).toEqual(
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ].map((ordinals) => ordinals.map(whole)),
    );
    expect(files.passes).toBe(1);
  });

  it('needs one more pass, not one per reader, when all ask against stored order', async () => {
    const files = new CountingFileSet(6);
    const readers = new EntryReaders();
    const runs = [
      [3, 0],
      [4, 1],
      [5, 2],
    ].map((ordinals) => readAll(readers.addReader(), files, ordinals));
    await Promise.all([readers.run(), ...runs]);
    expect(files.passes).toBe(2);
  });

  it('lets one reader have several files at once', async () => {
    const files = new CountingFileSet(3);
    const readers = new EntryReaders();
    const reader = readers.addReader();
    const read = async (): Promise<string> => {
      let text = '';
      for await (const first of reader.open(files, 2))
        text += `${first.toString()}${await textOf(reader.open(files, 0))};`;
      reader.close();
      return text;
    };
    const [, text] = await Promise.all([readers.run(), read()]);
    expect(text).toBe(`2.0 ${whole(0)};2.1 ${whole(0)};2.2 ${whole(0)};`);
  });

  it('does not wait for ever when readers of two inputs ask for each other’s', async () => {
    const [a, b] = [new CountingFileSet(2), new CountingFileSet(2)];
    const readers = new EntryReaders();
    const both = async (reader: EntryReader, first: FileSet, second: FileSet): Promise<string[]> => {
      const texts = [await textOf(reader.open(first, 1)), await textOf(reader.open(second, 0))];
      reader.close();
      return texts;
    };
    const [, ...texts] = await Promise.all([
      readers.run(),
      both(readers.addReader(), a, b),
      both(readers.addReader(), b, a),
    ]);
    expect(texts).toEqual([
      [whole(1), whole(0)],
      [whole(1), whole(0)],
    ]);
  });

  it('fails for a file that is not there, and goes on with the others', async () => {
    const files = new CountingFileSet(2);
    const readers = new EntryReaders();
    const missing = readAll(readers.addReader(), files, [9]);
    const there = readAll(readers.addReader(), files, [1]);
    const [, first, second] = await Promise.allSettled([readers.run(), missing, there]);
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'the file is no longer there' } });
    expect(second).toEqual({ status: 'fulfilled', value: [whole(1)] });
  });

  it('goes on when a reader gives a file up early', async () => {
    const files = new CountingFileSet(3);
    const readers = new EntryReaders();
    const reader = readers.addReader();
    const read = async (): Promise<string> => {
      for await (const chunk of reader.open(files, 0)) if (chunk.length > 0) break;
      const text = await textOf(reader.open(files, 2));
      reader.close();
      return text;
    };
    const [, text] = await Promise.all([readers.run(), read()]);
    expect(text).toBe(whole(2));
  });
});
