import type { ObservationSource } from '../../observation.ts';
import type { Program } from '../../../ptp/states.ts';
import type { Micros } from '../../../ptp/time.ts';
import { detach, evidenceText, Interner } from './text.ts';

const SPACE = 32;
const TAB = 9;
const MINUS = 45;
const PLUS = 43;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

/**
 * The line being read: the chunk it lies in, a cursor, and what its prefix said. One object serves all
 * lines of a parser, because a log has millions of them. Positions are indexes into `text`.
 */
export class Line {
  readonly node: string;
  readonly source: ObservationSource;
  readonly names = new Interner();

  text = '';
  /** Where the program's own text starts: after the kubelet's or the journal's prefix. */
  start = 0;
  end = 0;
  /** The cursor: everything before it has been read. */
  position = 0;

  program: Program = 'daemon';
  configName: string | undefined;
  level: number | undefined;
  uptimeMicros: Micros | undefined;
  atMicros: Micros = 0;

  portNumber = 0;
  interfaceName: string | undefined;

  constructor(node: string, source: ObservationSource) {
    this.node = node;
    this.source = source;
  }

  /** Starts on a new line and forgets what the last one said. */
  reset(text: string, start: number, end: number): void {
    this.text = text;
    this.start = start;
    this.end = end;
    this.position = start;
    this.configName = undefined;
    this.level = undefined;
    this.uptimeMicros = undefined;
    this.interfaceName = undefined;
  }

  /** Character code `offset` places after the cursor, or -1 after the end of the line. */
  peek(offset = 0): number {
    const index = this.position + offset;
    return index < this.end ? this.text.charCodeAt(index) : -1;
  }

  skipSpaces(): void {
    let position = this.position;
    while (position < this.end) {
      const code = this.text.charCodeAt(position);
      if (code !== SPACE && code !== TAB) break;
      position++;
    }
    this.position = position;
  }

  startsWith(word: string): boolean {
    return this.position + word.length <= this.end && this.text.startsWith(word, this.position);
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

  /** Reads a decimal number with optional sign and fraction after blanks; NaN when there is none. */
  readNumber(): number {
    this.skipSpaces();
    const { text, end } = this;
    let position = this.position;
    const sign = position < end ? text.charCodeAt(position) : -1;
    if (sign === MINUS || sign === PLUS) position++;
    const digitsStart = position;
    let value = 0;
    for (; position < end; position++) {
      const code = text.charCodeAt(position);
      if (code < ZERO || code > NINE) break;
      value = value * 10 + (code - ZERO);
    }
    if (position === digitsStart) return NaN;
    this.position = position;
    if (this.peek() === DOT) value += this.#readFraction();
    return sign === MINUS ? -value : value;
  }

  /** Reads `.942` at the cursor, to twelve digits. */
  #readFraction(): number {
    const { text, end } = this;
    let scale = 1;
    let fraction = 0;
    let position = this.position + 1;
    for (; position < end; position++) {
      const code = text.charCodeAt(position);
      if (code < ZERO || code > NINE) break;
      if (scale >= 1e12) continue;
      fraction = fraction * 10 + (code - ZERO);
      scale *= 10;
    }
    this.position = position;
    return fraction / scale;
  }

  /** Reads up to the next blank; '' at the end of the line. The text is shared, not pinned. */
  readWord(): string {
    this.skipSpaces();
    const wordStart = this.position;
    let position = wordStart;
    while (position < this.end) {
      const code = this.text.charCodeAt(position);
      if (code === SPACE || code === TAB) break;
      position++;
    }
    this.position = position;
    return this.names.get(this.text, wordStart, position);
  }

  /** What is left of the line, as a string of its own. */
  rest(): string {
    return detach(this.text.slice(this.position, this.end));
  }

  /** The whole line as evidence. */
  evidence(): string {
    return evidenceText(this.text, this.start, this.end);
  }
}

/** What every fact of a line carries. For the few lines per second that are kept as evidence. */
export interface LineFact {
  node: string;
  source: ObservationSource;
  atMicros: Micros;
  program: Program;
  configName?: string;
  uptimeMicros?: Micros;
  level?: number;
  line: string;
}

export function factOf(line: Line): LineFact {
  return {
    node: line.node,
    source: line.source,
    atMicros: line.atMicros,
    program: line.program,
    ...(line.configName !== undefined && { configName: line.configName }),
    ...(line.uptimeMicros !== undefined && { uptimeMicros: line.uptimeMicros }),
    ...(line.level !== undefined && { level: line.level }),
    line: line.evidence(),
  };
}
