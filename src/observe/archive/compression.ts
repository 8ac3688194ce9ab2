import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError, reasonOf } from './file-set.ts';
import { unpackXz } from './xz.ts';

/** How bytes are packed, by their first ones: file names lie. */
export type Compression = 'None' | 'Gzip' | 'Xz';
/** A container of files, by its bytes. */
export type Container = 'Tar' | 'Zip' | 'None';

/** Bytes that tell a tar: the magic stands at 257. */
export const SNIFF_BYTES = 512;

export function sniffCompression(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'Gzip';
  if (head[0] === 0xfd && head[1] === 0x37 && head[2] === 0x7a && head[3] === 0x58 && head[4] === 0x5a)
    return 'Xz';
  return 'None';
}

export function sniffContainer(head: Uint8Array): Container {
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)) return 'Zip';
  const magic = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1', 257, 262);
  return magic === 'ustar' ? 'Tar' : 'None';
}

/** Packed formats we know but do not read, with the name to say. */
const UNREAD_FORMATS: readonly { name: string; magic: readonly number[] }[] = [
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'Zstandard', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: '7-Zip', magic: [0x37, 0x7a, 0xbc, 0xaf] },
  { name: 'RAR', magic: [0x52, 0x61, 0x72, 0x21] },
  { name: 'LZ4', magic: [0x04, 0x22, 0x4d, 0x18] },
];

export function unreadFormat(head: Uint8Array): string | undefined {
  return UNREAD_FORMATS.find(({ magic }) => magic.every((byte, index) => head[index] === byte))?.name;
}

/**
 * How much a stream may grow while it is unpacked. Nothing is stored, so this protects time, not space.
 * Real logs pack 8 to 40 times; xz of a log that repeats itself much better, hence its later limit.
 */
const LIMITS: Readonly<Record<Exclude<Compression, 'None'>, { ratio: number; fromBytes: number }>> = {
  Gzip: { ratio: 250, fromBytes: 256 * 2 ** 20 },
  Xz: { ratio: 1_000, fromBytes: 2 * 2 ** 30 },
};
const MAX_UNPACKED_BYTES = 64 * 2 ** 30;

/** Refuses a stream that unpacks to far more than a log would: an archive bomb. */
export class InflationGuard {
  #packedBytes = 0;
  #unpackedBytes = 0;
  readonly #limit: { ratio: number; fromBytes: number };

  constructor(compression: Exclude<Compression, 'None'>) {
    this.#limit = LIMITS[compression];
  }

  packed(bytes: number): void {
    this.#packedBytes += bytes;
  }

  /** @throws InputError when the limit is passed */
  unpacked(bytes: number): void {
    this.#unpackedBytes += bytes;
    const { ratio, fromBytes } = this.#limit;
    const tooDense =
      this.#unpackedBytes > fromBytes && this.#unpackedBytes > ratio * Math.max(this.#packedBytes, 1);
    if (!tooDense && this.#unpackedBytes <= MAX_UNPACKED_BYTES) return;
    const mebibytes = Math.round(this.#unpackedBytes / 2 ** 20);
    const kibibytes = Math.round(this.#packedBytes / 2 ** 10);
    throw new InputError(
      `refused: ${kibibytes} KiB unpack to more than ${mebibytes} MiB, as in an archive bomb; ` +
        'if it is genuine, unpack it and analyse the folder',
    );
  }
}

/** Chunk size of the unpackers: large enough that the cost per chunk does not show. */
const UNPACK_CHUNK_BYTES = 128 * 1024;

/**
 * Unpacks a stream, whatever it is packed with.
 *
 * @throws InputError on damaged data and on bombs; what was readable before has been given out
 */
export async function* unpack(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const [head, whole] = await peek(packed);
  const compression = sniffCompression(head);
  if (compression === 'None') {
    yield* whole;
    return;
  }
  const guard = new InflationGuard(compression);
  const counted = countPacked(whole, guard);
  const unpacked = compression === 'Gzip' ? gunzip(counted) : unpackXz(counted);
  try {
    for await (const chunk of unpacked) {
      guard.unpacked(chunk.length);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`damaged or cut short (${reasonOf(error)})`);
  }
}

async function* countPacked(source: AsyncIterable<Buffer>, guard: InflationGuard): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    guard.packed(chunk.length);
    yield chunk;
  }
}

async function* gunzip(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(packed, { objectMode: false });
  const unpacker = createGunzip({ chunkSize: UNPACK_CHUNK_BYTES });
  source.on('error', (error) => unpacker.destroy(error));
  try {
    yield* source.pipe(unpacker) as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    unpacker.destroy();
  }
}

/** A stream that can be given up before its end, also before anybody has read from it. */
export interface ByteStream extends AsyncIterable<Buffer> {
  close(): Promise<void>;
}

/** The first bytes of a stream, at least SNIFF_BYTES where it has them, and the stream with them. */
export async function peek(source: AsyncIterable<Buffer>): Promise<[head: Buffer, whole: ByteStream]> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes < SNIFF_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    chunks.push(next.value);
    bytes += next.value.length;
  }
  return [Buffer.concat(chunks), rejoin(chunks, iterator)];
}

/** The chunks already taken, then the rest. Not a generator: one that was never started cannot be closed. */
function rejoin(chunks: readonly Buffer[], rest: AsyncIterator<Buffer>): ByteStream {
  const taken = [...chunks];
  const close = async (): Promise<void> => {
    await rest.return?.();
  };
  return {
    close,
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<Buffer>> {
        const chunk = taken.shift();
        return chunk === undefined ? rest.next() : { done: false, value: chunk };
      },
      async return(): Promise<IteratorResult<Buffer>> {
        await close();
        return { done: true, value: undefined };
      },
    }),
  };
}
