import type { Micros } from '../../ptp/time.ts';
import { detach } from './grammar/text.ts';
import { MAX_LINE_CHARACTERS } from './lines.ts';
import type { LogCursor, Reopening } from './replay-gate.ts';
import { ReplayGate, stampMicros, stampOf } from './replay-gate.ts';

const NEWLINE = 10;
/** More than any stamp has. */
const STAMP_CHARACTERS = 40;

export interface LineGateCounts {
  lines: number;
  /** Lines that a re-opened stream repeated. */
  replayed: number;
  /** Lines cut at the bound. */
  cut: number;
}

export interface LineGateSink {
  /** Whole new lines, line ends included. */
  onLines(bytes: Uint8Array): void;
  onGap(fromMicros: Micros, toMicros: Micros): void;
}

/**
 * Cuts a kubelet's stream into lines, lets the new ones through and keeps the cursor. A line without its
 * end is held back: a stream that breaks there will repeat it whole.
 */
export class LineGate {
  readonly counts: LineGateCounts = { lines: 0, replayed: 0, cut: 0 };
  readonly #sink: LineGateSink;
  readonly #gate: ReplayGate;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #isBelowFloor = false;

  constructor(sink: LineGateSink, cursor?: LogCursor) {
    this.#sink = sink;
    this.#gate = new ReplayGate(cursor);
  }

  get cursor(): Readonly<LogCursor> | undefined {
    return this.#gate.cursor;
  }

  get anchorSeen(): boolean {
    return this.#gate.anchorSeen;
  }

  /** The stream went below its floor: it hides lines and must be given up. Lines after that are not taken. */
  get isBelowFloor(): boolean {
    return this.#isBelowFloor;
  }

  get newLines(): number {
    return this.counts.lines - this.counts.replayed;
  }

  /** A stream was opened; see `ReplayGate.reopen`. What was held back will come again. */
  reopen(reopening: Reopening): void {
    this.#drop();
    this.#isBelowFloor = false;
    this.#gate.reopen(reopening);
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    while (!this.#isBelowFloor) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline < 0) break;
      this.#giveLine(chunk.subarray(start, newline + 1));
      start = newline + 1;
    }
    if (start < chunk.length && !this.#isBelowFloor) this.#hold(chunk.subarray(start));
  }

  /** The container's log is complete: a last line without its end is whole. */
  flush(): void {
    if (this.#heldBytes > 0) this.#giveLine(Uint8Array.of(NEWLINE));
  }

  #hold(bytes: Uint8Array): void {
    const room = MAX_LINE_CHARACTERS - this.#heldBytes;
    if (room <= 0) return;
    // A copy: the chunk belongs to the connection.
    this.#held.push(bytes.slice(0, room));
    this.#heldBytes += Math.min(room, bytes.length);
  }

  #giveLine(end: Uint8Array): void {
    const line = this.#heldBytes === 0 ? end : this.#joined(end);
    this.counts.lines++;
    const head = Buffer.from(line.buffer, line.byteOffset, Math.min(line.length, STAMP_CHARACTERS));
    const stamp = stampOf(head.toString('latin1'));
    const verdict = this.#gate.judge(stamp === undefined ? undefined : detach(stamp));
    if (verdict !== 'New') {
      this.counts.replayed++;
      this.#isBelowFloor ||= verdict === 'BelowFloor';
      return;
    }
    const gap = this.#gate.takeGap();
    if (gap !== undefined) this.#sink.onGap(stampMicros(gap.fromStamp), stampMicros(gap.toStamp));
    this.#sink.onLines(line);
  }

  #joined(end: Uint8Array): Uint8Array {
    if (this.#heldBytes >= MAX_LINE_CHARACTERS) this.counts.cut++;
    const line = Buffer.concat([...this.#held, end]);
    this.#drop();
    return line;
  }

  #drop(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }
}
