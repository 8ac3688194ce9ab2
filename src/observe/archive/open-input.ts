import { createReadStream } from 'node:fs';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { peek, sniffContainer, unpack, unreadFormat } from './compression.ts';
import { InputError, reasonOf, type FileEntry, type FileSet, type FileVisitor } from './file-set.ts';
import { FolderFileSet, SingleFileSet } from './folder.ts';
import { TarFileSet } from './tar.ts';
import { ZipFileSet } from './zip.ts';

/** An input and the name its node gets where nothing inside tells one. */
export interface Input {
  files: FileSet;
  /** `Stream`: container or process output of one node. */
  form: 'Folder' | 'Archive' | 'Stream';
  nodeName: string;
}

/**
 * Opens a path of the command line, telling what it is by its bytes. `-` is standard input.
 *
 * @throws InputError when it is missing, unreadable or packed in a way we do not read
 */
export async function openInput(path: string, stdin: AsyncIterable<Buffer>): Promise<Input> {
  if (path === '-') return { files: new OnceFileSet('-', stdin), form: 'Stream', nodeName: 'stdin' };
  const info = await statOf(path);
  const nodeName = nodeNameOf(path);
  if (info.isDirectory()) return { files: new FolderFileSet(path, path), form: 'Folder', nodeName };
  if (!info.isFile())
    return { files: new OnceFileSet(path, createReadStream(path)), form: 'Stream', nodeName };
  const { container, unread } = await sniffFile(path);
  if (unread !== undefined) throw new InputError(`${path}: ${unread} is not read; unpack it first`);
  if (container === 'Zip') return { files: new ZipFileSet(path, path), form: 'Archive', nodeName };
  if (container === 'Tar') return { files: new TarFileSet(path, path), form: 'Archive', nodeName };
  return {
    files: new SingleFileSet(path, path, {
      sizeBytes: info.size,
      modifiedMicros: Math.floor(info.mtimeMs) * 1000,
    }),
    form: 'Stream',
    nodeName,
  };
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw new InputError(
      `${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or folder' : reasonOf(error)}`,
    );
  }
}

async function sniffFile(
  path: string,
): Promise<{ container: ReturnType<typeof sniffContainer>; unread: string | undefined }> {
  let head = Buffer.alloc(0);
  try {
    const [packed, bytes] = await peek(createReadStream(path, { highWaterMark: 4096 }));
    const unread = unreadFormat(packed);
    if (unread !== undefined || sniffContainer(packed) !== 'None') {
      await bytes.close();
      return { container: sniffContainer(packed), unread };
    }
    const [inner, rest] = await peek(unpack(bytes));
    head = Buffer.from(inner);
    await rest.close();
  } catch (error) {
    throw new InputError(`${path}: ${reasonOf(error)}`);
  }
  return { container: sniffContainer(head), unread: undefined };
}

const EXTENSIONS = /\.(?:tar\.gz|tar\.xz|tgz|txz|tar|zip|log|txt|gz|xz)$/i;

/** The name of a folder or file without what tells its form. */
function nodeNameOf(path: string): string {
  const name = basename(resolve(path));
  return name.replace(EXTENSIONS, '').replace(EXTENSIONS, '') || name;
}

/** How much of a stream is kept, so that a look at its start does not cost its start. */
const KEPT_BYTES = 512 * 1024;

/**
 * A stream that can be read through only once: standard input or a pipe. Its first visit may look at the
 * start; a later one gets everything.
 */
class OnceFileSet implements FileSet {
  readonly name: string;
  readonly isPacked = false;
  readonly problems: readonly string[] = [];
  readonly #entry: FileEntry;
  readonly #rest: AsyncIterator<Buffer>;
  readonly #kept: Buffer[] = [];
  #keptBytes = 0;

  constructor(name: string, source: AsyncIterable<Buffer>) {
    this.name = name;
    this.#entry = { ordinal: 0, path: name };
    this.#rest = source[Symbol.asyncIterator]();
  }

  async visit(visitor: FileVisitor): Promise<void> {
    await visitor(this.#entry, () => this.#content());
  }

  async *#content(): AsyncGenerator<Buffer> {
    for (const chunk of this.#kept) yield chunk;
    for (;;) {
      const next = await this.#rest.next();
      if (next.done === true) return;
      const { value } = next;
      if (this.#keptBytes < KEPT_BYTES) {
        this.#kept.push(value);
        this.#keptBytes += value.length;
      }
      yield value;
    }
  }
}
