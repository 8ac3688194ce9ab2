import type { Chunk } from './grammar/text.ts';
import { TextDecoder, TextEncoder } from 'node:util';

/** Bytes needed to tell the encoding: a byte order mark, or two characters of UTF-16. */
const DETECTION_BYTES = 4;

const NOTHING = new Uint8Array(0);

/** Decodes bytes as latin1, one character per byte: the grammars work on bytes. */
export function decodeBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** A chunk of its own from latin1 text that was put together of several. */
export function chunkOf(text: string): Chunk {
  const buffer = Buffer.from(text, 'latin1');
  return { bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length), text };
}

/**
 * Turns UTF-16 (as Windows tools save logs) into UTF-8 and takes a byte order mark away. Everything else
 * passes as it is. The first four bytes decide.
 */
export class EncodingNormaliser {
  #head: Uint8Array | undefined = NOTHING;
  #decoder: TextDecoder | undefined;
  readonly #encoder = new TextEncoder();

  push(chunk: Uint8Array): Uint8Array {
    if (this.#head === undefined) return this.#convert(chunk);
    const head = concatenate(this.#head, chunk);
    if (head.length < DETECTION_BYTES) {
      this.#head = head;
      return NOTHING;
    }
    return this.#begin(head);
  }

  /** What a stream shorter than four bytes, or a broken last character, leaves. */
  end(): Uint8Array {
    const rest = this.#head === undefined ? NOTHING : this.#begin(this.#head);
    const last = this.#decoder === undefined ? NOTHING : this.#encoder.encode(this.#decoder.decode());
    return concatenate(rest, last);
  }

  #begin(head: Uint8Array): Uint8Array {
    this.#head = undefined;
    const encoding = detectUtf16(head);
    if (encoding !== undefined) this.#decoder = new TextDecoder(encoding);
    const hasUtf8Mark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    return this.#convert(hasUtf8Mark ? head.subarray(3) : head);
  }

  #convert(bytes: Uint8Array): Uint8Array {
    if (this.#decoder === undefined) return bytes;
    return this.#encoder.encode(this.#decoder.decode(bytes, { stream: true }));
  }
}

function detectUtf16(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (head.length < DETECTION_BYTES) return undefined;
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return 'utf-16le';
  if (a === 0 && b !== 0 && c === 0 && d !== 0) return 'utf-16be';
  return undefined;
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  if (second.length === 0) return first;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
