import { InputError, type FileContent, type FileSet } from './file-set.ts';

/**
 * Reads chosen files for several readers in as few passes over the inputs as it can: a packed archive can
 * only be read from its start. Every reader asks for its next file; a pass serves what is asked for as it
 * comes by, waits after each file until every reader waits again, and goes on. What was asked for too late
 * is served by the next pass. A reader that needs two files at once gets a pass of its own for the second:
 * the first pass could not go on, because it waits for that very reader.
 */
export class EntryReaders {
  readonly #asked = new Map<FileSet, Map<number, Request>>();
  #busyReaders = 0;
  #openReaders = 0;
  #idleWaiters: (() => void)[] = [];

  /** Adds a reader. All must be added before `run`. */
  addReader(): EntryReader {
    this.#openReaders++;
    this.#busyReaders++;
    let held = 0;
    let closed = false;
    return {
      open: (files, ordinal) =>
        this.#read(
          files,
          ordinal,
          () => held,
          (change) => (held += change),
        ),
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
      await Promise.all(
        [...this.#asked]
          .filter(([, requests]) => requests.size > 0)
          .map(([files, requests]) => this.#pass(files, requests)),
      );
    }
  }

  async #pass(files: FileSet, requests: Map<number, Request>): Promise<void> {
    let served = 0;
    let failure: unknown = new InputError('the file is no longer there');
    try {
      await files.visit(async (entry, content) => {
        const request = requests.get(entry.ordinal);
        if (request !== undefined) {
          requests.delete(entry.ordinal);
          served++;
          this.#busyReaders++;
          await new Promise<void>((release) => request.grant({ content, release }));
          await this.#idle();
        }
        return isAskedAfter(requests, entry.ordinal) ? 'Continue' : 'Stop';
      });
    } catch (error) {
      failure = error;
    }
    if (served > 0) return;
    // A pass that met nobody would be followed by another one for ever.
    for (const request of requests.values()) {
      this.#busyReaders++;
      request.fail(failure);
    }
    requests.clear();
  }

  async *#read(
    files: FileSet,
    ordinal: number,
    held: () => number,
    hold: (change: number) => void,
  ): AsyncGenerator<Buffer> {
    const grant = held() === 0 ? await this.#ask(files, ordinal) : await askAlone(files, ordinal);
    hold(1);
    try {
      yield* grant.content();
    } finally {
      hold(-1);
      grant.release();
    }
  }

  #ask(files: FileSet, ordinal: number): Promise<Grant> {
    return new Promise((grant, fail) => {
      const requests = this.#asked.get(files) ?? new Map<number, Request>();
      this.#asked.set(files, requests);
      requests.set(ordinal, { grant, fail });
      this.#becomeIdle();
    });
  }

  #becomeIdle(): void {
    this.#busyReaders--;
    if (this.#busyReaders > 0) return;
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  #idle(): Promise<void> {
    if (this.#busyReaders === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }
}

function isAskedAfter(requests: ReadonlyMap<number, Request>, ordinal: number): boolean {
  for (const asked of requests.keys()) if (asked > ordinal) return true;
  return false;
}

/** A pass for one file of one reader. */
function askAlone(files: FileSet, ordinal: number): Promise<Grant> {
  return new Promise((grant, fail) => {
    const pass = files.visit(async (entry, content) => {
      if (entry.ordinal !== ordinal) return 'Continue';
      await new Promise<void>((release) => grant({ content, release }));
      return 'Stop';
    });
    pass.then(() => fail(new InputError('the file is no longer there')), fail);
  });
}

/** One task's way to its files. */
export interface EntryReader {
  /** The stored bytes of a file. Must be read to the end or returned from. */
  open(files: FileSet, ordinal: number): AsyncIterable<Buffer>;
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
