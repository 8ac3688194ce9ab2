import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { looksLikeTar, visitNested, type Walk } from './tar.ts';
import {
  baseName,
  cleanPath,
  InputError,
  reasonOf,
  type FileEntry,
  type FileSet,
  type FileVisitor,
} from './file-set.ts';

const MAX_FILES = 500_000;
const MAX_DEPTH = 40;
const READ_CHUNK_BYTES = 256 * 1024;

interface Listed {
  entry: FileEntry;
  path: string;
}

/** A folder on disk. Symbolic links are not followed: they could lead out of it or in circles. */
export class FolderFileSet implements FileSet {
  readonly name: string;
  readonly isPacked = false;
  readonly problems: string[] = [];
  readonly #root: string;
  #listing: Listed[] | undefined;

  constructor(name: string, root: string) {
    this.name = name;
    this.#root = root;
  }

  async visit(visitor: FileVisitor): Promise<void> {
    this.#listing ??= await this.#list();
    const walk: Walk = {
      visitor,
      nextOrdinal: this.#listing.length,
      levelsLeft: 1,
      problem: (text) => {
        if (!this.problems.includes(text)) this.problems.push(text);
      },
    };
    for (const { entry, path } of this.#listing) {
      const content = () => createReadStream(path, { highWaterMark: READ_CHUNK_BYTES });
      if ((await visitor(entry, content)) === 'Stop') return;
    }
    for (const { entry, path } of this.#listing.filter((listed) => looksLikeTar(listed.entry.path))) {
      const bytes = createReadStream(path, { highWaterMark: READ_CHUNK_BYTES });
      if ((await visitNested(bytes, entry.path, walk)) === 'Stop') return;
    }
  }

  async #list(): Promise<Listed[]> {
    const files: Listed[] = [];
    await this.#listFolder('', 0, files);
    return files;
  }

  /** Files before sub-folders, both by name: the same order on every machine. */
  async #listFolder(folder: string, depth: number, into: Listed[]): Promise<void> {
    const children = await this.#children(folder);
    for (const child of children.filter((item) => item.isFile())) {
      const relative = folder === '' ? child.name : `${folder}/${child.name}`;
      if (into.length >= MAX_FILES) throw new InputError(`${this.name} holds more than ${MAX_FILES} files`);
      const path = join(this.#root, relative);
      into.push({
        entry: { ordinal: into.length, path: cleanPath(relative), ...(await statOf(path)) },
        path,
      });
    }
    if (depth >= MAX_DEPTH) return;
    for (const child of children.filter((item) => item.isDirectory())) {
      await this.#listFolder(folder === '' ? child.name : `${folder}/${child.name}`, depth + 1, into);
    }
  }

  async #children(folder: string): Promise<{ name: string; isFile(): boolean; isDirectory(): boolean }[]> {
    try {
      const children = await readdir(join(this.#root, folder), { withFileTypes: true });
      return children.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (folder === '') throw new InputError(`${this.name}: ${reasonOf(error)}`);
      this.problems.push(`${cleanPath(folder)} could not be listed (${reasonOf(error)})`);
      return [];
    }
  }
}

async function statOf(path: string): Promise<Pick<FileEntry, 'sizeBytes' | 'modifiedMicros'>> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { sizeBytes: size, modifiedMicros: Math.floor(mtimeMs) * 1000 };
  } catch {
    return {};
  }
}

/** One file, as an input of its own. */
export class SingleFileSet implements FileSet {
  readonly name: string;
  readonly isPacked = false;
  readonly problems: readonly string[] = [];
  readonly #path: string;
  readonly #entry: FileEntry;

  constructor(name: string, path: string, size: Pick<FileEntry, 'sizeBytes' | 'modifiedMicros'>) {
    this.name = name;
    this.#path = path;
    this.#entry = { ordinal: 0, path: baseName(cleanPath(name)), ...size };
  }

  async visit(visitor: FileVisitor): Promise<void> {
    await visitor(this.#entry, () => createReadStream(this.#path, { highWaterMark: READ_CHUNK_BYTES }));
  }
}
