import { open, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { peek, sniffCompression, sniffContainer, unpack } from './compression.ts';
import {
  cleanPath,
  InputError,
  reasonOf,
  type FileEntry,
  type FileSet,
  type FileVisitor,
  type VisitStep,
} from './file-set.ts';

/** Most files one archive may hold: an index entry costs memory. */
const MAX_FILES = 500_000;
const READ_CHUNK_BYTES = 256 * 1024;
/** From so many bytes on that nobody wants, a plain tar is read anew behind them. */
const SEEK_BYTES = 4 * 1024 * 1024;
const TAR_BLOCK_BYTES = 512;

/** What a walk over an archive carries along, also into an archive within it. */
export interface Walk {
  visitor: FileVisitor;
  nextOrdinal: number;
  /** Levels of archives that may still be opened inside this one. */
  levelsLeft: number;
  problem(text: string): void;
  /** Told of each plain file of the outermost tar, with where its bytes lie in the stream. */
  located?(entry: FileEntry, offset: number): void;
  /** Asked before bytes are passed over in the outermost tar. True: the stream is given up there. */
  leavesAt?(nextHeaderOffset: number, unwantedBytes: number): boolean;
}

/** A `.tar`, `.tar.gz` or `.tar.xz`, read as a stream from the start at each visit. */
export class TarFileSet implements FileSet {
  readonly name: string;
  readonly problems: string[] = [];
  isPacked = false;
  readonly #path: string;
  /** Where the files of an unpacked tar lie, after the first visit: later visits seek. */
  #index: { entry: FileEntry; offset: number }[] | undefined;

  constructor(name: string, path: string) {
    this.name = name;
    this.#path = path;
  }

  async visit(visitor: FileVisitor): Promise<void> {
    if (this.#index !== undefined) {
      await this.#visitIndexed(this.#index, visitor);
      return;
    }
    this.isPacked = (await compressionOf(this.#path)) !== 'None';
    const walk: Walk = {
      visitor,
      nextOrdinal: 0,
      levelsLeft: 1,
      problem: (text) => this.#say(text),
    };
    if (this.isPacked) await walkTar(unpack(this.#bytesFrom(0)), '', walk);
    else await this.#visitPlain(walk);
  }

  /** Reads a tar that can be sought in: passes over large files without reading them, and keeps an index. */
  async #visitPlain(walk: Walk): Promise<void> {
    const { size } = await stat(this.#path);
    const index: { entry: FileEntry; offset: number }[] = [];
    let start = 0;
    let next: number | undefined = 0;
    walk.located = (entry, offset) => index.push({ entry, offset: start + offset });
    walk.leavesAt = (nextHeaderOffset, unwantedBytes) => {
      // A file that ends too early is read on, so that the cut is noticed.
      if (unwantedBytes < SEEK_BYTES || start + nextHeaderOffset > size) return false;
      next = start + nextHeaderOffset;
      return true;
    };
    let step: VisitStep = 'Continue';
    while (next !== undefined && step === 'Continue') {
      start = next;
      next = undefined;
      step = await walkTar(this.#bytesFrom(start), '', walk);
    }
    // A nested archive has files the index does not know: then every visit is a stream.
    if (step === 'Continue' && index.length === walk.nextOrdinal) this.#index = index;
  }

  #bytesFrom(start: number): AsyncIterable<Buffer> {
    return createReadStream(this.#path, { start, highWaterMark: READ_CHUNK_BYTES });
  }

  async #visitIndexed(
    index: readonly { entry: FileEntry; offset: number }[],
    visitor: FileVisitor,
  ): Promise<void> {
    for (const { entry, offset } of index) {
      const end = offset + (entry.sizeBytes ?? 0) - 1;
      const content = () =>
        createReadStream(this.#path, { start: offset, end, highWaterMark: READ_CHUNK_BYTES });
      const step = await visitor(entry, entry.sizeBytes === 0 ? noContent : content);
      if (step === 'Stop') return;
    }
  }

  #say(text: string): void {
    if (this.problems.length < 20 && !this.problems.includes(text)) this.problems.push(text);
  }
}

export async function* noContent(): AsyncGenerator<Buffer> {
  // An empty file.
}

async function compressionOf(path: string): Promise<ReturnType<typeof sniffCompression>> {
  const handle = await open(path);
  try {
    const head = Buffer.alloc(8);
    await handle.read(head, 0, head.length, 0);
    return sniffCompression(head);
  } finally {
    await handle.close();
  }
}

/**
 * Walks over the entries of a tar stream. Damage ends the walk: it is told as a problem and what came
 * before it counts.
 */
export async function walkTar(bytes: AsyncIterable<Buffer>, prefix: string, walk: Walk): Promise<VisitStep> {
  const archive = extract();
  const source = Readable.from(bytes, { objectMode: false });
  source.on('error', (error) => archive.destroy(error));
  source.pipe(archive);
  try {
    for await (const entry of archive) {
      const step = await visitEntry(entry, prefix, walk);
      if (step === 'Stop') return 'Stop';
      if (step === 'Leave') break;
    }
  } catch (error) {
    walk.problem(`${prefix === '' ? 'archive' : prefix} ${damage(error)}`);
  } finally {
    source.destroy();
    archive.destroy();
  }
  return 'Continue';
}

function damage(error: unknown): string {
  if (error instanceof InputError) return error.message;
  const reason = reasonOf(error);
  return reason === 'Unexpected end of data'
    ? 'is cut short: what came before the cut was read'
    : `is damaged (${reason}): what came before was read`;
}

/** A file as tar-stream hands it out; its types leave out where the bytes begin. */
interface Entry extends AsyncIterable<unknown> {
  header: Header & { byteOffset?: number };
  resume(): unknown;
}

async function visitEntry(entry: Entry, prefix: string, walk: Walk): Promise<VisitStep | 'Leave'> {
  const { header } = entry;
  if (header.type !== 'file' && header.type !== 'contiguous-file') {
    entry.resume();
    return 'Continue';
  }
  const path = prefix + cleanPath(header.name);
  const chunks = new EntryContent(entry);
  if (looksLikeTar(path)) {
    const nested = await visitNested(chunks, path, walk);
    await chunks.passOver();
    return nested;
  }
  if (walk.nextOrdinal >= MAX_FILES)
    throw new InputError(`holds more than ${MAX_FILES} files: the rest was not read`);
  const file: FileEntry = {
    ordinal: walk.nextOrdinal++,
    path,
    sizeBytes: header.size,
    modifiedMicros: header.mtime.getTime() * 1000,
  };
  if (prefix === '' && header.byteOffset !== undefined) walk.located?.(file, header.byteOffset);
  const step = await walk.visitor(file, () => chunks);
  if (step === 'Stop') return 'Stop';
  if (prefix === '' && leavesBehind(header, chunks, walk)) return 'Leave';
  await chunks.passOver();
  return 'Continue';
}

/**
 * The bytes of an entry. Giving them up before their end must not end the entry's own stream, as a plain
 * `for await` would: tar-stream takes that for giving up the archive.
 */
class EntryContent implements AsyncIterable<Buffer> {
  readonly #entry: Entry;
  /** What the reader has taken. */
  bytesGiven = 0;
  #iterator: AsyncIterator<unknown> | undefined;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    this.#iterator ??= this.#entry[Symbol.asyncIterator]();
    const iterator = this.#iterator as AsyncIterator<Buffer>;
    return {
      next: async () => {
        const next = await iterator.next();
        if (next.done !== true) this.bytesGiven += next.value.length;
        return next;
      },
      return: () => Promise.resolve({ done: true, value: undefined }),
    };
  }

  /** Reads what nobody wanted, or the archive would wait for it. */
  async passOver(): Promise<void> {
    if (this.#iterator === undefined) {
      this.#entry.resume();
      return;
    }
    let next = await this.#iterator.next();
    while (next.done !== true) next = await this.#iterator.next();
  }
}

/** Whether the rest of a file is not read but left, to go on behind it. */
function leavesBehind({ byteOffset, size }: Entry['header'], chunks: EntryContent, walk: Walk): boolean {
  if (byteOffset === undefined || walk.leavesAt === undefined) return false;
  const nextHeaderOffset = byteOffset + Math.ceil(size / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
  return walk.leavesAt(nextHeaderOffset, size - chunks.bytesGiven);
}

const TAR_NAME = /\.(?:tar|tgz|txz|tar\.gz|tar\.xz)$/i;

export function looksLikeTar(path: string): boolean {
  return TAR_NAME.test(path);
}

/** Goes into an archive inside an archive, one level deep. */
export async function visitNested(
  chunks: AsyncIterable<Buffer>,
  path: string,
  walk: Walk,
): Promise<VisitStep> {
  const [inner, whole] = await peek(unpack(chunks));
  if (sniffContainer(inner) !== 'Tar') {
    walk.problem(`${path} has the name of an archive but is none: not read`);
    await whole.close();
    return 'Continue';
  }
  if (walk.levelsLeft === 0) {
    walk.problem(`${path} lies more than one archive deep: not read`);
    await whole.close();
    return 'Continue';
  }
  walk.levelsLeft--;
  try {
    return await walkTar(whole, `${path}/`, walk);
  } finally {
    walk.levelsLeft++;
  }
}
