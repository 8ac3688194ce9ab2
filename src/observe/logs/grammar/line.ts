import type { ObservationSource } from '../../observation.ts';
import type { Program } from '../../../ptp/states.ts';
import type { Micros } from '../../../ptp/time.ts';
import { numberOrUndefined } from './numbers.ts';
import type { Chunk } from './text.ts';
import { detach, evidenceText, Interner } from './text.ts';

const SPACE = 32;
const TAB = 9;
const MINUS = 45;
const PLUS = 43;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;

/** What stands between a program's bracket and its message, with what that says. */
export interface LastTag {
  /** For example `: [ptp4l.0.config:6] `. */
  bytes: Uint8Array;
  configName: string | undefined;
  level: number | undefined;
}

/**
 * The line being read: the chunk it lies in, a cursor, and what its prefix said. One object serves all
 * lines of a parser, because a log has millions of them. Positions are indexes into the chunk.
 *
 * Single characters are read from `bytes`, which is several times faster than from a string; words are
 * compared and cut in `text`.
 */
export class Line {
  readonly node: string;
  readonly source: ObservationSource;
  /** Shared copies of tags, and of the names of clocks and interfaces. */
  readonly tags = new Interner();
  readonly names = new Interner();

  /** The last tag of each program: nearly every line has the same one as the line before it. See prefix.ts. */
  readonly lastTags: (LastTag | undefined)[] = [];

  bytes: Uint8Array = new Uint8Array(0);
  text = '';
  /** Where the program's own text starts: after the kubelet's or the journal's prefix. */
  start = 0;
  end = 0;
  /** The cursor: everything before it has been read. */
  position = 0;

  program: Program = 'daemon';
  configName: string | undefined;
  level: number | undefined;
  /** NaN where the line has none: a field that always holds a number needs no memory per line. */
  uptimeMicros: Micros = NaN;
  atMicros: Micros = 0;

  portNumber = 0;
  interfaceName: string | undefined;

  /** What `rest` gave last: of a line that no rule knows, every pattern asks for the same. */
  #rest = '';
  #restStart = -1;

  constructor(node: string, source: ObservationSource) {
    this.node = node;
    this.source = source;
  }

  /** Starts on a new line and forgets what the last one said. */
  reset(chunk: Chunk, start: number, end: number): void {
    if (this.bytes !== chunk.bytes) {
      this.bytes = chunk.bytes;
      this.text = chunk.text;
    }
    this.start = start;
    this.end = end;
    this.position = start;
    this.#restStart = -1;
    this.configName = undefined;
    this.level = undefined;
    this.uptimeMicros = NaN;
    this.interfaceName = undefined;
  }

  /** Character code `offset` places after the cursor, or -1 after the end of the line. */
  peek(offset = 0): number {
    const index = this.position + offset;
    return index < this.end ? (this.bytes[index] ?? -1) : -1;
  }

  skipSpaces(): void {
    const { bytes, end } = this;
    let position = this.position;
    while (position < end && (bytes[position] === SPACE || bytes[position] === TAB)) position++;
    this.position = position;
  }

  startsWith(word: string): boolean {
    const { bytes, position } = this;
    const { length } = word;
    if (position + length > this.end) return false;
    for (let index = 0; index < length; index++)
      if (bytes[position + index] !== word.charCodeAt(index)) return false;
    return true;
  }

  /** Moves behind the word when the line goes on with it. */
  accept(word: string): boolean {
    if (!this.startsWith(word)) return false;
    this.position += word.length;
    return true;
  }

  /** Skips blanks, then moves behind the word when it comes next. */
  acceptWord(word: string): boolean {
    this.skipSpaces();
    return this.accept(word);
  }

  /** Moves behind these bytes when the line goes on with them. */
  acceptBytes(expected: Uint8Array): boolean {
    const { bytes, position } = this;
    const { length } = expected;
    if (position + length > this.end) return false;
    for (let index = 0; index < length; index++)
      if (bytes[position + index] !== expected[index]) return false;
    this.position = position + length;
    return true;
  }

  /** Index of the next byte of this value from so many places after the cursor on; -1 when there is none. */
  indexOf(code: number, offset = 0): number {
    const { bytes, end } = this;
    for (let index = this.position + offset; index < end; index++) if (bytes[index] === code) return index;
    return -1;
  }

  /** Reads a decimal number with optional sign and fraction after blanks; NaN when there is none. */
  readNumber(): number {
    this.skipSpaces();
    const { bytes, end } = this;
    const sign = this.peek();
    let position = this.position;
    if (sign === MINUS || sign === PLUS) position++;
    const digitsStart = position;
    let value = 0;
    for (; position < end; position++) {
      const digit = (bytes[position] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.position = position;
    if (position === digitsStart) return NaN;
    if (position < end && bytes[position] === DOT) value += this.#readFraction();
    return sign === MINUS ? -value : value;
  }

  #readDigits(): number {
    const { bytes, end } = this;
    let position = this.position;
    let value = 0;
    for (; position < end; position++) {
      const digit = (bytes[position] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.position = position;
    return value;
  }

  /** Reads `.942` at the cursor. */
  #readFraction(): number {
    this.position++;
    const digitsStart = this.position;
    const digits = this.#readDigits();
    return digits / 10 ** (this.position - digitsStart);
  }

  /**
   * Reads seconds with or without a fraction as microseconds, exactly; NaN when there is no number.
   * Digits behind the sixth are cut.
   */
  readSeconds(): Micros {
    const digitsStart = this.position;
    const seconds = this.#readDigits();
    if (this.position === digitsStart) return NaN;
    return seconds * 1_000_000 + this.readFractionMicros();
  }

  /** Reads `.942` (or `,942`) at the cursor as microseconds; 0 when there is no fraction. */
  readFractionMicros(): Micros {
    const separator = this.peek();
    if (separator !== DOT && separator !== COMMA) return 0;
    const { bytes, end } = this;
    let position = this.position + 1;
    let unit = 100_000;
    let micros = 0;
    for (; position < end; position++) {
      const digit = (bytes[position] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      micros += digit * unit;
      unit = unit > 1 ? unit / 10 : 0;
    }
    this.position = position;
    return micros;
  }

  /** Reads up to the next blank; '' at the end of the line. The text is shared, not pinned. */
  readWord(): string {
    this.skipSpaces();
    const { bytes, end, position: wordStart } = this;
    let position = wordStart;
    while (position < end && bytes[position] !== SPACE && bytes[position] !== TAB) position++;
    this.position = position;
    return this.names.get(this, wordStart, position);
  }

  /** What is left of the line, as a string of its own. */
  rest(): string {
    if (this.#restStart !== this.position) {
      this.#restStart = this.position;
      this.#rest = detach(this.text.slice(this.position, this.end));
    }
    return this.#rest;
  }

  /** The whole line as evidence. */
  evidence(): string {
    return evidenceText(this, this.start, this.end);
  }
}

/** What every fact of a line carries. For the few lines per second that are kept as evidence. */
export interface LineFact {
  node: string;
  source: ObservationSource;
  atMicros: Micros;
  program: Program;
  configName: string | undefined;
  uptimeMicros: Micros | undefined;
  level: number | undefined;
  line: string;
}

export function factOf(line: Line): LineFact {
  return {
    node: line.node,
    source: line.source,
    atMicros: line.atMicros,
    program: line.program,
    configName: line.configName,
    uptimeMicros: numberOrUndefined(line.uptimeMicros),
    level: line.level,
    line: line.evidence(),
  };
}
