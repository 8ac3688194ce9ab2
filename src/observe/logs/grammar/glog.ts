import type { Line } from './line.ts';
import { digitsAt } from './stamps.ts';

/** Severities by the header's first letter: I, W, E, F. */
function levelOf(letter: number): number | undefined {
  switch (letter) {
    case 73:
      return 6;
    case 87:
      return 4;
    case 69:
      return 3;
    case 70:
      return 2;
    default:
      return undefined;
  }
}

/** The stamp alone: the bracket stands behind it. */
const MIN_HEADER = 21;
/** Longest header that is believed. */
const MAX_HEADER = 160;

/**
 * Reads a glog header at the cursor: `I0908 10:12:04.085236  624338 main.go:86] `. Sets the line's program
 * and level and leaves the cursor at the message; false when there is no header. The stamp has no year and
 * the node's own zone, so it is not used.
 */
export function readGlogHeader(line: Line): boolean {
  const level = levelOf(line.peek());
  if (level === undefined || line.peek(5) !== 32 || line.peek(8) !== 58) return false;
  if (digitsAt(line, 1, 4) < 0 || digitsAt(line, 6, 2) < 0) return false;
  const bracket = line.indexOf(93, MIN_HEADER);
  if (bracket < 0 || bracket > line.position + MAX_HEADER) return false;
  line.level = level;
  line.program = 'daemon';
  line.position = Math.min(bracket + 2, line.end);
  return true;
}
