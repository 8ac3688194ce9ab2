/** Helpers for text cut out of a chunk. Lines are latin1 strings: one character is one byte. */

/** A chunk of a log: its bytes, and the same as a latin1 string, so that one index serves both. */
export interface Chunk {
  bytes: Uint8Array;
  text: string;
}

/** Longest evidence text a fact keeps. */
export const MAX_EVIDENCE_CHARACTERS = 400;

/**
 * A copy that does not keep the chunk alive it was cut from: V8 substrings point into their parent,
 * so one kept line would hold 64 KiB.
 */
export function detach(text: string): string {
  return ` ${text}`.slice(1);
}

/** Terminal sequences, control characters, bytes above ASCII. */
const ANSI_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;
const CONTROL_CHARACTERS = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const ABOVE_ASCII = /[^\x00-\x7f]/;

/** Removes terminal sequences and control characters (tabs stay), so that the text can be shown anywhere. */
export function cleanText(text: string): string {
  return text.replace(ANSI_SEQUENCE, '').replace(CONTROL_CHARACTERS, '');
}

/** Reads the bytes of a latin1 string as UTF-8; what is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(latin1: string): string {
  if (!ABOVE_ASCII.test(latin1)) return latin1;
  const bytes = Uint8Array.from(latin1, (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

/** Text of a line as evidence: readable, printable, bounded, and free of the chunk it came from. */
export function evidenceText(chunk: Chunk, start: number, end: number): string {
  const boundedEnd = Math.min(end, start + MAX_EVIDENCE_CHARACTERS);
  const text = detach(chunk.text.slice(start, boundedEnd));
  return isPlainAscii(chunk.bytes, start, boundedEnd) ? text : cleanText(decodeUtf8(text)).trimEnd();
}

/** Nearly every line is: then nothing has to be cleaned. */
function isPlainAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const code = bytes[index] ?? 0;
    if (code < 32 || code > 126) return false;
  }
  return true;
}

/** A power of two, for a cheap remainder. */
const INTERNER_SLOTS = 64;

/**
 * Keeps one copy of the short texts that come back in every line (tags, clocks, interfaces), so that a
 * line needs no new string for them. Each text has one slot, by its length and two of its bytes; of two that
 * share a slot the newer is kept, so memory is bounded.
 */
export class Interner {
  readonly #slots: Known[] = Array.from({ length: INTERNER_SLOTS }, () => NO_TEXT);

  /** `chunk.text.slice(start, end)`, as a shared copy. */
  get(chunk: Chunk, start: number, end: number): string {
    if (end <= start) return '';
    const { bytes } = chunk;
    const last = bytes[end - 1] ?? 0;
    const middle = bytes[(start + end) >> 1] ?? 0;
    const slot = (last + 5 * middle + 11 * (end - start)) & (INTERNER_SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && matches(known.bytes, bytes, start, end)) return known.text;
    const text = detach(chunk.text.slice(start, end));
    this.#slots[slot] = { text, bytes: bytes.slice(start, end) };
    return text;
  }
}

interface Known {
  text: string;
  bytes: Uint8Array;
}

const NO_TEXT: Known = { text: '', bytes: new Uint8Array(0) };

function matches(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (known.length !== length) return false;
  for (let index = 0; index < length; index++) if (known[index] !== bytes[start + index]) return false;
  return true;
}
