import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { TarFileSet } from './tar.ts';

/** Large enough to be passed over by seeking; one with a size that fills its last block, one without. */
const FILES: readonly (readonly [name: string, bytes: number])[] = [
  ['first.log', 100],
  ['large.log', 6 * 2 ** 20],
  ['small.log', 700],
  ['larger.log', 9 * 2 ** 20 + 1],
  [`${'long/'.repeat(60)}last.log`, 5 * 2 ** 20],
];
/** Bytes of each file that the visitor takes. */
const HEAD_BYTES = 64 * 1024;

let folder: string;
let plain: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptp-tar-'));
  plain = join(folder, 'plain.tar');
  const archive = pack();
  const written = pipeline(archive, createWriteStream(plain));
  for (const [index, [name, bytes]] of FILES.entries())
    archive.entry({ name, mtime: new Date(0) }, Buffer.alloc(bytes, 97 + index));
  archive.finalize();
  await written;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Seen {
  path: string;
  ordinal: number;
  sizeBytes: number | undefined;
  head: string;
}

async function visit(files: TarFileSet, wanted: (path: string) => boolean = () => true): Promise<Seen[]> {
  const seen: Seen[] = [];
  await files.visit(async ({ path, ordinal, sizeBytes }, content) => {
    let head = '';
    if (wanted(path)) {
      for await (const chunk of content()) {
        head += chunk.toString('latin1');
        if (head.length >= HEAD_BYTES) break;
      }
    }
    seen.push({ path, ordinal, sizeBytes, head: head.slice(0, HEAD_BYTES) });
    return 'Continue';
  });
  return seen;
}

describe('TarFileSet', () => {
  it('sees in a plain tar, where it seeks, what it sees in a packed one', async () => {
    const packed = join(folder, 'packed.tar.gz');
    await writeFile(packed, gzipSync(await readFile(plain), { level: 1 }));
    const expected = await visit(new TarFileSet('packed', packed));
    expect(expected.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual(FILES);
    const files = new TarFileSet('plain', plain);
    expect(await visit(files)).toEqual(expected);
    // The second visit goes by the index.
    expect(await visit(files)).toEqual(expected);
    expect(files.problems).toEqual([]);
  });

  it('passes over files nobody wants', async () => {
    const files = new TarFileSet('plain', plain);
    const seen = await visit(files, (path) => path === 'small.log');
    expect(seen.map(({ path, head }) => [path.split('/').at(-1), head.length])).toEqual([
      ['first.log', 0],
      ['large.log', 0],
      ['small.log', 700],
      ['larger.log', 0],
      ['last.log', 0],
    ]);
  });

  it('tells that the file it would seek past is cut short', async () => {
    const cut = join(folder, 'cut.tar');
    await writeFile(cut, await readFile(plain));
    await truncate(cut, (await stat(plain)).size - 2 ** 20);
    const files = new TarFileSet('cut', cut);
    expect(await visit(files)).toHaveLength(FILES.length);
    expect(files.problems).toEqual([expect.stringContaining('cut short')]);
  });
});
