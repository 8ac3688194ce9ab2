import { chunkOf, decodeBytes } from './encoding.ts';
import type { Chunk } from './grammar/text.ts';
import { detach } from './grammar/text.ts';

/** Longer lines are cut here; the rest of them is dropped. */
export const MAX_LINE_CHARACTERS = 64 * 1024;

const CARRIAGE_RETURN = 13;

/** `chunk.text.slice(start, end)` is one line without its line end; `cut` when it was longer than the bound. */
export type LineSink = (chunk: Chunk, start: number, end: number, cut: boolean) => void;

/** Cuts a stream of text into lines, with bounded memory whatever comes. */
export class LineSplitter {
  readonly #onLine: LineSink;
  /** The beginning of a line whose end has not come yet. */
  #carry = '';

  constructor(onLine: LineSink) {
    this.#onLine = onLine;
  }

  push(bytes: Uint8Array): void {
    const text = decodeBytes(bytes);
    const chunk = { bytes, text };
    let start = 0;
    let newline = text.indexOf('\n');
    if (this.#carry !== '' && newline >= 0) {
      this.#giveText(this.#carry + text.slice(0, newline));
      this.#carry = '';
      start = newline + 1;
      newline = text.indexOf('\n', start);
    }
    while (newline >= 0) {
      this.#give(chunk, start, newline);
      start = newline + 1;
      newline = text.indexOf('\n', start);
    }
    // One character more than the bound is kept, so that a line that is too long shows as such.
    const room = MAX_LINE_CHARACTERS + 1 - this.#carry.length;
    if (start < text.length && room > 0) this.#carry += detach(text.slice(start, start + room));
  }

  /** Gives a last line that has no line end. */
  end(): void {
    const rest = this.#carry;
    this.#carry = '';
    if (rest !== '') this.#giveText(rest);
  }

  #giveText(text: string): void {
    this.#give(chunkOf(text), 0, text.length);
  }

  #give(chunk: Chunk, start: number, end: number): void {
    const cut = end - start > MAX_LINE_CHARACTERS;
    let lineEnd = cut ? start + MAX_LINE_CHARACTERS : end;
    if (!cut && lineEnd > start && chunk.bytes[lineEnd - 1] === CARRIAGE_RETURN) lineEnd--;
    this.#onLine(chunk, start, lineEnd, cut);
  }
}
