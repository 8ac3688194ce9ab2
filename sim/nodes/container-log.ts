import type { Micros } from '../../src/ptp/time.ts';
import { formatMicros } from '../../src/ptp/time.ts';
import type { LogQuery, LogSink } from '../kubelet/log-backend.ts';
import { LogError } from '../kubelet/log-backend.ts';

interface Line {
  readonly micros: Micros;
  /** Fixed-width RFC 3339 with nanoseconds, as the kubelet prints it. */
  readonly stamp: string;
  readonly text: string;
}

interface Follower {
  readonly sink: LogSink;
  readonly timestamps: boolean;
  remainingBytes: number;
}

/**
 * The log file of one container: bounded, with rotation, `previous` after a restart and
 * followers. As with the kubelet, what was rotated away cannot be read any more.
 */
export class ContainerLog {
  readonly #maxBytes: number;
  readonly #followers = new Set<Follower>();
  #lines: Line[] = [];
  #bytes = 0;
  #previous: Line[] | undefined;
  #newestMicros: Micros = 0;
  #clockOffsetMicros = 0;
  #nanos = 0;
  #written = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get followers(): number {
    return this.#followers.size;
  }

  /** Lines ever written, over rotations and restarts: a ledger for loss tests. */
  get written(): number {
    return this.#written;
  }

  /** Appends lines in one go; a text with line breaks becomes several lines with one stamp. */
  append(entries: readonly { readonly micros: Micros; readonly text: string }[]): void {
    const added = entries.flatMap(({ micros, text }) =>
      text.split('\n').map((line) => this.#line(micros, line)),
    );
    this.#written += added.length;
    for (const line of added) {
      if (this.#bytes > this.#maxBytes) this.#rotate();
      this.#lines.push(line);
      this.#bytes += line.text.length + 40;
    }
    if (this.#followers.size === 0 || added.length === 0) return;
    const withStamps = [...this.#followers].some((follower) => follower.timestamps);
    const stamped = withStamps ? render(added, true) : '';
    const plain = render(added, false);
    for (const follower of [...this.#followers]) this.#send(follower, follower.timestamps ? stamped : plain);
  }

  /** Sets the clock of the node's runtime: later stamps differ by so much, forwards or back. */
  stepClock(micros: Micros): void {
    this.#clockOffsetMicros += micros;
    this.#newestMicros += micros;
  }

  /** The container ended: its file becomes `previous` and every follow ends. */
  restart(): void {
    this.#previous = this.#lines;
    this.#lines = [];
    this.#bytes = 0;
    for (const follower of [...this.#followers]) this.#finish(follower);
  }

  /** @throws LogError 400 when there is no previous container */
  read(query: LogQuery, sink: LogSink): () => void {
    const source = query.previous ? this.#previous : this.#lines;
    if (source === undefined) throw new LogError(400, 'previous terminated container not found');
    const { sinceMicros, tailLines } = query;
    const since = sinceMicros === undefined ? source : source.filter((line) => line.micros >= sinceMicros);
    const chosen = tailLines === undefined ? since : since.slice(Math.max(0, since.length - tailLines));
    const follower: Follower = {
      sink,
      timestamps: query.timestamps,
      remainingBytes: query.limitBytes ?? Number.POSITIVE_INFINITY,
    };
    this.#followers.add(follower);
    if (chosen.length > 0) this.#send(follower, render(chosen, query.timestamps));
    if (!query.follow || query.previous) this.#finish(follower);
    return () => {
      this.#followers.delete(follower);
    };
  }

  #line(arrivalMicros: Micros, text: string): Line {
    const micros = arrivalMicros + this.#clockOffsetMicros;
    // Stamps never repeat, and go back only with the clock: the runtime stamps lines as they arrive.
    this.#nanos = micros > this.#newestMicros ? micros % 97 : this.#nanos + 61;
    this.#newestMicros = Math.max(this.#newestMicros, micros);
    if (this.#nanos > 999) {
      this.#newestMicros += 1;
      this.#nanos = 0;
    }
    const nanos = String(this.#nanos).padStart(3, '0');
    return {
      micros: this.#newestMicros,
      stamp: `${formatMicros(this.#newestMicros).slice(0, -1)}${nanos}Z`,
      text,
    };
  }

  #rotate(): void {
    this.#lines = [];
    this.#bytes = 0;
  }

  #send(follower: Follower, text: string): void {
    const allowed = text.length > follower.remainingBytes ? text.slice(0, follower.remainingBytes) : text;
    follower.remainingBytes -= allowed.length;
    follower.sink.write(allowed);
    if (follower.remainingBytes <= 0) this.#finish(follower);
  }

  #finish(follower: Follower): void {
    if (this.#followers.delete(follower)) follower.sink.end();
  }
}

function render(lines: readonly Line[], timestamps: boolean): string {
  return lines.map(({ stamp, text }) => (timestamps ? `${stamp} ${text}\n` : `${text}\n`)).join('');
}
