import type { Micros } from '../../ptp/time.ts';
import { parseRfc3339 } from '../../ptp/time.ts';

/** Where reading of a container's log stands: the stamp of the last line, and how many lines had it. */
export interface LogCursor {
  /** As the kubelet printed it, to the nanosecond. */
  stamp: string;
  seenAtStamp: number;
  /**
   * The highest stamp before the node's clock was stepped back, for as long as the cursor is behind it.
   * Lines between the two may be from before the step.
   */
  steppedFrom?: string;
}

/** Lines that a re-opened stream may repeat before the gate gives up looking for the cursor's line. */
const MAX_REPLAYED_LINES = 200_000;

export interface Reopening {
  /** The stamp from which lines were asked for (`sinceTime`), where they were. */
  floor?: string | undefined;
  /** False: the stream cannot hold lines that were seen, because it is another container's. */
  expectAnchor?: boolean;
  /** The most lines that the stream can repeat. */
  maxReplayedLines?: number;
}

/**
 * `BelowFloor`: older than the stream was asked for. The clock was stepped back, and lines written since
 * then may be hidden: the line is not taken, and the log has to be asked for without a floor.
 */
export type Verdict = 'New' | 'Replayed' | 'BelowFloor';

/**
 * Tells new lines from repeated ones after a stream was re-opened at the cursor. A kubelet prints a file in
 * its order, so the line at the cursor is the anchor: what comes before it is repeated, what comes after it
 * is new, whatever the stamps say. Where the anchor is gone (rotated away, other container) stamps decide.
 */
export class ReplayGate {
  #cursor: LogCursor | undefined;
  /** Lines with the cursor's stamp still to come before the anchor is reached; undefined: reading live. */
  #anchorsLeft: number | undefined;
  #floor: string | undefined;
  #replayed = 0;
  #maxReplayed = MAX_REPLAYED_LINES;
  #lastVerdict: Verdict = 'New';
  #gap: { fromStamp: string; toStamp: string } | undefined;
  #anchorSeen = false;

  constructor(cursor?: LogCursor) {
    this.#cursor = cursor;
  }

  get cursor(): Readonly<LogCursor> | undefined {
    return this.#cursor;
  }

  /** The last stream repeated the line at the cursor. */
  get anchorSeen(): boolean {
    return this.#anchorSeen;
  }

  /** A stream is opened that may repeat lines. */
  reopen({ floor, expectAnchor = true, maxReplayedLines = MAX_REPLAYED_LINES }: Reopening): void {
    this.#floor = floor;
    this.#maxReplayed = maxReplayedLines;
    this.#replayed = 0;
    this.#anchorSeen = false;
    this.#anchorsLeft = expectAnchor ? this.#cursor?.seenAtStamp : undefined;
  }

  /** Decides on the next line of the stream, by its stamp; undefined for a line without one. */
  judge(stamp: string | undefined): Verdict {
    // A garbled line belongs with the line before it.
    if (stamp !== undefined) this.#lastVerdict = this.#judgeStamped(stamp);
    return this.#lastVerdict;
  }

  /** A gap found since the last call: the cursor's line was not in the stream any more. */
  takeGap(): { fromStamp: string; toStamp: string } | undefined {
    const gap = this.#gap;
    this.#gap = undefined;
    return gap;
  }

  #judgeStamped(stamp: string): Verdict {
    if (this.#floor !== undefined && compareStamps(stamp, this.#floor) < 0) return 'BelowFloor';
    if (this.#isReplayed(stamp)) {
      this.#replayed++;
      return 'Replayed';
    }
    this.#advance(stamp);
    return 'New';
  }

  #isReplayed(stamp: string): boolean {
    const cursor = this.#cursor;
    if (cursor === undefined || this.#anchorsLeft === undefined) return false;
    const order = compareStamps(stamp, cursor.stamp);
    if (order === 0) {
      this.#anchorSeen = true;
      this.#anchorsLeft--;
      if (this.#anchorsLeft <= 0) this.#anchorsLeft = undefined;
      return true;
    }
    const repeated = order < 0 || this.#isBeforeStep(stamp, cursor);
    if (repeated && this.#replayed < this.#maxReplayed) return true;
    // The stream has passed the place of the cursor's line without it: lines are missing.
    if (order > 0 && !this.#anchorSeen) this.#gap = { fromStamp: cursor.stamp, toStamp: stamp };
    this.#anchorsLeft = undefined;
    return false;
  }

  #isBeforeStep(stamp: string, cursor: LogCursor): boolean {
    return cursor.steppedFrom !== undefined && compareStamps(stamp, cursor.steppedFrom) <= 0;
  }

  #advance(stamp: string): void {
    const cursor = this.#cursor;
    if (cursor === undefined) {
      this.#cursor = { stamp, seenAtStamp: 1 };
      return;
    }
    if (stamp === cursor.stamp) {
      cursor.seenAtStamp++;
      return;
    }
    this.#cursor = { stamp, seenAtStamp: 1, ...steppedFrom(cursor, stamp) };
  }
}

/** Remembers the highest stamp before a step back until the cursor has passed it. */
function steppedFrom(cursor: LogCursor, stamp: string): { steppedFrom?: string } {
  const highest = cursor.steppedFrom ?? cursor.stamp;
  return compareStamps(stamp, highest) < 0 ? { steppedFrom: highest } : {};
}

/** Orders two stamps. Those of one node have one width and zone, and then text order is time order. */
export function compareStamps(left: string, right: string): number {
  if (left === right) return 0;
  if (left.length === right.length && left.endsWith('Z') && right.endsWith('Z')) return left < right ? -1 : 1;
  const difference = stampMicros(left) - stampMicros(right);
  if (difference !== 0) return difference;
  return nanosecondDigits(left) - nanosecondDigits(right);
}

/** The stamp's time; 0 for text that is none, which cannot come out of `stampOf`. */
export function stampMicros(stamp: string): Micros {
  return parseRfc3339(stamp) ?? 0;
}

/** What the stamp has below a microsecond. */
function nanosecondDigits(stamp: string): number {
  const fraction = /\.(\d+)/.exec(stamp)?.[1] ?? '';
  return Number(fraction.padEnd(9, '0').slice(6, 9));
}

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)(?= |$)/;

/** The kubelet's stamp at the start of a line; undefined when there is none. */
export function stampOf(lineStart: string): string | undefined {
  const stamp = STAMP.exec(lineStart)?.[0];
  return stamp !== undefined && parseRfc3339(stamp) !== undefined ? stamp : undefined;
}
