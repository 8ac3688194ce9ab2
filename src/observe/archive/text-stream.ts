import { unpack } from './compression.ts';
import { reasonOf } from './file-set.ts';

/** Encodings that people's tools leave behind. Anything else is taken as UTF-8. */
export type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'Binary';

/** How many bytes are looked at. */
const SAMPLE_BYTES = 4096;
/** Share of bytes that no text has, from which a file is binary. */
const BINARY_SHARE = 0.03;

/** The encoding by byte order mark, or by where the zero bytes stand. */
export function sniffEncoding(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'UTF-16LE';
  if (head[0] === 0xfe && head[1] === 0xff) return 'UTF-16BE';
  const sample = head.subarray(0, SAMPLE_BYTES);
  if (sample.length === 0) return 'UTF-8';
  const zerosEven = sample.filter((byte, index) => byte === 0 && index % 2 === 0).length;
  const zerosOdd = sample.filter((byte, index) => byte === 0 && index % 2 === 1).length;
  const half = sample.length / 2;
  if (zerosOdd > half * 0.7 && zerosEven < half * 0.1) return 'UTF-16LE';
  if (zerosEven > half * 0.7 && zerosOdd < half * 0.1) return 'UTF-16BE';
  return sample.filter(isControl).length / sample.length > BINARY_SHARE ? 'Binary' : 'UTF-8';
}

/** Bytes that text does not have; blanks, line ends and the escape of terminal colours it may. */
function isControl(byte: number): boolean {
  return byte < 9 || (byte > 13 && byte < 27) || byte === 127;
}

/**
 * At most `maxBytes` from the start of a file, unpacked where the file itself is packed. What can be read
 * of a damaged file counts.
 */
export async function readHead(content: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of unpack(content)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxBytes) break;
    }
  } catch (error) {
    if (bytes === 0) throw error;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** A small text file as a whole; undefined when it is larger than `maxBytes`. */
export async function readSmallText(
  content: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<string | undefined> {
  const head = await readHead(content, maxBytes + 1);
  return head.length > maxBytes ? undefined : decodeText(head);
}

/** Bytes as text, by the encoding they seem to have. */
export function decodeText(bytes: Buffer): string {
  const encoding = sniffEncoding(bytes);
  if (encoding === 'UTF-16LE') return new TextDecoder('utf-16le').decode(bytes);
  if (encoding === 'UTF-16BE') return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}

/** Bytes as stored, and why there are not more where the file breaks off. */
export interface Stored {
  bytes: Buffer;
  problem?: string;
}

/** A whole file as stored, or as much of it as can be read; undefined when it is larger than `maxBytes`. */
export async function readStored(
  content: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<Stored | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of content) {
      chunks.push(Buffer.from(chunk));
      bytes += chunk.length;
      if (bytes > maxBytes) return undefined;
    }
  } catch (error) {
    if (bytes === 0) throw error;
    return { bytes: Buffer.concat(chunks), problem: reasonOf(error) };
  }
  return { bytes: Buffer.concat(chunks) };
}
