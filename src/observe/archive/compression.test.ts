import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  InflationGuard,
  peek,
  sniffCompression,
  sniffContainer,
  unpack,
  unreadFormat,
} from './compression.ts';
import { unpackByWasm, unpackXz } from './xz.ts';

const XZ = new URL('../../../test/analyze/fixtures/link-down.tar.xz', import.meta.url);

async function all(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const list: Buffer[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return Buffer.concat(list);
}

const pieces = (bytes: Buffer, size: number): AsyncIterable<Buffer> =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  );

describe('sniffing', () => {
  it('tells forms by their bytes', () => {
    expect(sniffCompression(gzipSync(''))).toBe('Gzip');
    expect(sniffCompression(Buffer.from('ptp4l[1.0]: '))).toBe('None');
    expect(sniffContainer(Buffer.from('PK\u0003\u0004'))).toBe('Zip');
    expect(sniffContainer(Buffer.from('short'))).toBe('None');
    expect(unreadFormat(Buffer.from('BZh91AY'))).toBe('bzip2');
  });
});

describe('unpack', () => {
  const text = Buffer.from('ptp4l[1.000]: selected /dev/ptp0 as PTP clock\n'.repeat(5_000));

  it.each([1, 7, 4_096])('gives the same in chunks of %i bytes', async (size) => {
    const packed = gzipSync(text.subarray(0, 20_000));
    expect(await all(unpack(pieces(packed, size)))).toEqual(text.subarray(0, 20_000));
    expect(await all(unpack(pieces(text.subarray(0, 20_000), size)))).toEqual(text.subarray(0, 20_000));
  });

  it('gives what came before damage, then says so', async () => {
    const packed = gzipSync(text);
    const got: Buffer[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of unpack(pieces(packed.subarray(0, -20), 64))) got.push(chunk);
    };
    await expect(read()).rejects.toThrow(/damaged or cut short/);
    expect(Buffer.concat(got).length).toBeGreaterThan(0);
  });

  it('unpacks xz with and without the xz program alike', async () => {
    const packed = await readFile(XZ);
    const byWasm = await all(unpackByWasm(pieces(packed, 500)));
    expect(sniffContainer(byWasm)).toBe('Tar');
    expect(await all(unpackXz(pieces(packed, 500)))).toEqual(byWasm);
  });

  it('tells damaged xz and is ready for the next stream, whoever unpacks', async () => {
    const packed = await readFile(XZ);
    for (const unpacker of [unpackByWasm, unpackXz]) {
      await expect(all(unpacker(pieces(packed.subarray(0, 900), 100)))).rejects.toThrow(
        'damaged or cut short',
      );
      const [, given] = await peek(unpacker(pieces(packed, 100)));
      await given.close();
      expect((await all(unpacker(pieces(packed, 100)))).length).toBeGreaterThan(10_000);
    }
  });
});

describe('InflationGuard', () => {
  it('lets a log through that packs well and stops what is no log', () => {
    const log = new InflationGuard('Gzip');
    for (let mebibyte = 0; mebibyte < 1_024; mebibyte++) {
      log.packed(25_000);
      log.unpacked(2 ** 20);
    }
    const bomb = new InflationGuard('Gzip');
    bomb.packed(300_000);
    bomb.unpacked(200 * 2 ** 20);
    expect(() => bomb.unpacked(100 * 2 ** 20)).toThrow(/refused/);
  });
});
