import type { Readable } from 'node:stream';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { InflationGuard } from './compression.ts';
import {
  cleanPath,
  InputError,
  reasonOf,
  type FileEntry,
  type FileSet,
  type FileVisitor,
  type VisitStep,
} from './file-set.ts';
import { looksLikeTar, visitNested, type Walk } from './tar.ts';

const ENCRYPTED = 1;
const MAX_FILES = 500_000;

/** A `.zip`: its directory stands at the end, so every file can be reached without the others. */
export class ZipFileSet implements FileSet {
  readonly name: string;
  readonly isPacked = false;
  readonly problems: string[] = [];
  readonly #path: string;

  constructor(name: string, path: string) {
    this.name = name;
    this.#path = path;
  }

  async visit(visitor: FileVisitor): Promise<void> {
    const zip = await this.#open();
    const walk: Walk = { visitor, nextOrdinal: 0, levelsLeft: 1, problem: (text) => this.#say(text) };
    try {
      for await (const entry of zip.eachEntry()) {
        if ((await this.#visitEntry(zip, entry, walk)) === 'Stop') return;
      }
    } catch (error) {
      if (error instanceof InputError) throw error;
      this.#say(`archive is damaged (${reasonOf(error)}): what came before was read`);
    } finally {
      zip.close();
    }
  }

  async #open(): Promise<ZipFile> {
    try {
      // Names stay bytes: yauzl would refuse the whole archive for one hostile name, we only clean it.
      return await openPromise(this.#path, { lazyEntries: true, autoClose: false, decodeStrings: false });
    } catch (error) {
      throw new InputError(`${this.name}: not a readable zip archive (${reasonOf(error)})`);
    }
  }

  async #visitEntry(zip: ZipFile, entry: Entry, walk: Walk): Promise<VisitStep> {
    const name = (entry.fileName as unknown as Buffer).toString('utf8');
    if (name.endsWith('/')) return 'Continue';
    const path = cleanPath(name);
    if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) {
      this.#say(`${path} is encrypted: not read`);
      return 'Continue';
    }
    if (walk.nextOrdinal >= MAX_FILES) throw new InputError(`holds more than ${MAX_FILES} files`);
    const content = (): AsyncIterable<Buffer> => this.#read(zip, entry);
    if (looksLikeTar(path)) return visitNested(content(), path, walk);
    const file: FileEntry = {
      ordinal: walk.nextOrdinal++,
      path,
      sizeBytes: entry.uncompressedSize,
      modifiedMicros: entry.getLastModDate({ timezone: 'UTC' }).getTime() * 1000,
    };
    return walk.visitor(file, content);
  }

  async *#read(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
    const guard = new InflationGuard('Gzip');
    guard.packed(entry.compressedSize);
    const stream: Readable = await zip.openReadStreamPromise(entry);
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        guard.unpacked(chunk.length);
        yield chunk;
      }
    } finally {
      stream.destroy();
    }
  }

  #say(text: string): void {
    if (this.problems.length < 20 && !this.problems.includes(text)) this.problems.push(text);
  }
}
