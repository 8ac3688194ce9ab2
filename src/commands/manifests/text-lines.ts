/**
 * Where a line of a YAML text value stands in the file. A profile's ptp4lConf is such a value: the
 * rules count lines within it, people look for them in the file.
 */

export type ScalarStyle = 'Literal' | 'Folded' | 'Double' | 'Single' | 'Plain';

/** The value in the source: from its first character (header or quote) to behind its last. */
export interface ScalarSource {
  style: ScalarStyle;
  start: number;
  end: number;
}

/**
 * Offset in `source` of the first visible character of line `line` (from 1) of the value. Beyond the
 * value's last line: where the value starts.
 */
export function offsetOfLine(source: string, scalar: ScalarSource, line: number): number {
  const offset = scalar.style === 'Literal' ? literalLine(source, scalar, line) : walk(source, scalar, line);
  return offset === undefined ? scalar.start : skipBlanks(source, offset, scalar.end);
}

/** Each line of the source behind the header is one line of the value. */
function literalLine(source: string, { start, end }: ScalarSource, line: number): number | undefined {
  let offset = start;
  for (let count = 0; count < line; count += 1) {
    const newline = source.indexOf('\n', offset);
    if (newline === -1 || newline >= end) return undefined;
    offset = newline + 1;
  }
  return offset;
}

/**
 * In the other styles a line break of the source folds into a space, an empty line stands for a
 * break; in double quotes, so does `\n`.
 */
function walk(source: string, scalar: ScalarSource, line: number): number | undefined {
  const { style, end } = scalar;
  let offset = contentStart(source, scalar);
  let current = 1;
  let isEmptySoFar = style === 'Folded';
  while (current < line && offset < end) {
    const character = source[offset] ?? '';
    if (character === '\\' && style === 'Double') {
      if (source[offset + 1] === 'n') current += 1;
      // An escaped break joins two lines of the source without a space.
      if (source[offset + 1] === '\n') isEmptySoFar = false;
      offset += 2;
      continue;
    }
    if (character === '\n') {
      if (isEmptySoFar) current += 1;
      isEmptySoFar = true;
    } else if (!BLANKS.has(character)) isEmptySoFar = false;
    offset += 1;
  }
  return current === line && offset < end ? offset : undefined;
}

function contentStart(source: string, { style, start }: ScalarSource): number {
  if (style === 'Folded') return source.indexOf('\n', start) + 1;
  return style === 'Plain' ? start : start + 1;
}

const BLANKS: ReadonlySet<string> = new Set([' ', '\t', '\r']);

/** Also over an escaped line break, behind which the text goes on. */
function skipBlanks(source: string, from: number, end: number): number {
  let offset = from;
  while (offset < end) {
    const character = source[offset] ?? '';
    if (character === '\n' || BLANKS.has(character)) offset += 1;
    else if (character === '\\' && (source[offset + 1] === '\n' || source[offset + 1] === ' ')) offset += 2;
    else return offset;
  }
  return from;
}
