/**
 * One input (a folder, an archive, a file) as a list of files that can be read again and again.
 * Nothing is ever written to disk and no path of an archive is ever opened: paths are names, for
 * telling what a file is and for display.
 */
export interface FileSet {
  /** The input as the user named it. */
  readonly name: string;
  /** Reaching a file means unpacking all before it; told after the first visit. */
  readonly isPacked: boolean;
  /**
   * Visits the files in their stored order, which is the same each time. What the visitor does not read
   * is skipped. Ends early when the visitor answers `Stop`.
   *
   * @throws InputError when the input as a whole cannot be read
   */
  visit(visitor: FileVisitor): Promise<void>;
  /** What was wrong with parts of the input, in plain words; each is said once. */
  readonly problems: readonly string[];
}

export interface FileEntry {
  /** Place in the visiting order: names one file even where a tar holds the same path twice. */
  readonly ordinal: number;
  /** Path inside the input with `/`, cleaned for display. */
  readonly path: string;
  /** Bytes, where the container says. */
  readonly sizeBytes?: number;
  /** When it was last written: places log stamps that have no year. */
  readonly modifiedMicros?: number;
}

export type VisitStep = 'Continue' | 'Stop';
export type FileVisitor = (entry: FileEntry, content: FileContent) => Promise<VisitStep>;
/** Starts reading the file; at most once per visit, and finished before the visitor answers. */
export type FileContent = () => AsyncIterable<Buffer>;

/** An input that cannot be used; the message is for the user. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Longest path that is kept; the end of a longer one says more than its start. */
const MAX_PATH_CHARACTERS = 400;

/**
 * A path of an archive as we show it: `/` between parts, no `.` and `..`, no drive, no control
 * characters. Since nothing is opened by it, a hostile one is only an odd name.
 */
export function cleanPath(path: string): string {
  const parts = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map((part) => part.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, '?'));
  return parts.join('/').slice(-MAX_PATH_CHARACTERS);
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The path without its last part; '' at the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** What went wrong, without the noise of error classes. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
