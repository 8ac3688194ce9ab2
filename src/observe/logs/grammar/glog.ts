import type { Line } from './line.ts';
import { digitsAt } from './stamps.ts';

const LEVELS = new Map<number, number>([
  [73, 6], // I
  [87, 4], // W
  [69, 3], // E
  [70, 2], // F
]);

/** `MMDD HH:MM:SS.ffffff` behind the level letter, and the shortest rest of a header. */
const SHORTEST_HEADER = 30;

/**
 * Reads a glog header at the cursor: `I0908 10:12:04.085236  624338 main.go:86] `. Sets the line's level
 * and returns the source file's name (`main.go`), with the cursor at the message; undefined when there is
 * no header. The stamp has no year and the node's own zone, so it is not used.
 */
export function readGlogHeader(line: Line): string | undefined {
  const level = LEVELS.get(line.peek());
  if (level === undefined || line.peek(5) !== 32 || line.peek(8) !== 58) return undefined;
  const { text, position } = line;
  if (digitsAt(line, 1, 4) < 0 || digitsAt(line, 6, 2) < 0) return undefined;
  const bracket = text.indexOf('] ', position + SHORTEST_HEADER - 8);
  const headerEnd =
    bracket >= 0 && bracket < line.end ? bracket : line.bytes[line.end - 1] === 93 ? line.end - 1 : -1;
  if (headerEnd < 0 || headerEnd > position + 160) return undefined;
  const colon = text.lastIndexOf(':', headerEnd);
  const fileStart = text.lastIndexOf(' ', colon) + 1;
  if (fileStart <= position || colon <= fileStart) return undefined;
  line.level = level;
  line.program = 'daemon';
  line.position = Math.min(headerEnd + 2, line.end);
  return line.names.get(line, fileStart, colon);
}
