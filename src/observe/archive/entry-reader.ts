import { InputError, type FileContent, type FileSet, type FileVisitor } from './file-set.ts';

/**
 * Reads chosen files of one input for several readers (one per node) in as few passes as it can: a
 * packed archive can only be read from its start. Every reader asks for its next file; a pass serves what
 * is asked for as it comes by, waits at each file until no reader is busy, and goes on. Files asked for
 * too late are served by the next pass. A reader that needs two files at once gets a pass of its own for
 * the second: reading on would have to wait for itself otherwise.
 */
export class EntryReader {
  readonly #files: FileSet;
  readonly #asked = new Map<number, Request>();
  #busyReaders = 0;
  #openReaders = 0;
  #wakeWhenIdle: (() => void) | undefined;

  constructor(files: FileSet) {
    this.#files = files;
  }

  /** Adds a reader. All must be added before `run`. */
  addReader(): NodeReader {
    this.#openReaders++;
    this.#busyReaders++;
    let held = 0;
    let closed = false;
    return {
      open: (ordinal) => this.#read(ordinal, () => held, (change) => (held += change)),
      close: () => {
        if (closed) return;
        closed = true;
        this.#openReaders--;
        this.#becomeIdle();
      },
    };
  }

  /** Serves the readers until all are closed. */
  async run(): Promise<void> {
    for (;;) {
      await this.#idle();
      if (this.#openReaders === 0) return;
      await this.#pass();
    }
  }

  async #pass(): Promise<void> {
    let served = 0;
    let failure: unknown = new InputError('the file is no longer there');
    try {
      await this.#files.visit(async (entry, content) => {
        const request = this.#asked.get(entry.ordinal);
        if (request !== undefined) {
          this.#asked.delete(entry.ordinal);
          served++;
          await this.#serve(request, content);
          await this.#idle();
        }
        return this.#isAskedAfter(entry.ordinal) ? 'Continue' : 'Stop';
      });
    } catch (error) {
      failure = error;
    }
    if (served > 0) return;
    // A pass that met nobody would be followed by another one for ever.
    for (const request of this.#asked.values()) {
      this.#busyReaders++;
      request.fail(failure);
    }
    this.#asked.clear();
  }

  #isAskedAfter(ordinal: number): boolean {
    for (const asked of this.#asked.keys()) if (asked > ordinal) return true;
    return false;
  }

  async #serve(request: Request, content: FileContent): Promise<void> {
    this.#busyReaders++;
    await new Promise<void>((release) => request.grant({ content, release }));
  }

  async *#read(ordinal: number, held: () => number, hold: (change: number) => void): AsyncGenerator<Buffer> {
    const grant = held() === 0 ? await this.#ask(ordinal) : await this.#askAlone(ordinal);
    hold(1);
    try {
      yield* grant.content();
    } finally {
      hold(-1);
      grant.release();
    }
  }

  #ask(ordinal: number): Promise<Grant> {
    return new Promise((grant, fail) => {
      this.#asked.set(ordinal, { grant, fail });
      this.#becomeIdle();
    });
  }

  #askAlone(ordinal: number): Promise<Grant> {
    return new Promise((grant, fail) => {
      const visitor: FileVisitor = async (entry, content) => {
        if (entry.ordinal !== ordinal) return 'Continue';
        await new Promise<void>((release) => grant({ content, release }));
        return 'Stop';
      };
      this.#files.visit(visitor).then(() => fail(new InputError('the file is no longer there')), fail);
    });
  }

  #becomeIdle(): void {
    this.#busyReaders--;
    if (this.#busyReaders > 0) return;
    this.#wakeWhenIdle?.();
    this.#wakeWhenIdle = undefined;
  }

  #idle(): Promise<void> {
    if (this.#busyReaders === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wakeWhenIdle = resolve;
    });
  }
}

/** One node's way to its files. */
export interface NodeReader {
  /** The stored bytes of a file. Must be read to the end or returned from. */
  open(ordinal: number): AsyncIterable<Buffer>;
  /** No more files will be asked for. */
  close(): void;
}

interface Grant {
  content: FileContent;
  release: () => void;
}

interface Request {
  grant(grant: Grant): void;
  fail(reason: unknown): void;
}
