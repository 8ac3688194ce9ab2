import { createLogParser, type LogParser } from '../logs/parser.ts';
import type { LogGap, Observation } from '../observation.ts';
import type { Micros } from '../../ptp/time.ts';
import { unpack } from './compression.ts';
import type { EntryReader } from './entry-reader.ts';
import { reasonOf } from './file-set.ts';
import type { LogFile } from './inventory.ts';
import { once } from './inventory.ts';
import type { LogSeries, PlannedLog } from './node-plan.ts';

/** What became of one file that was read. */
export interface FileResult {
  /** The PATH it was found in. */
  input: string;
  path: string;
  state: 'Read' | 'Partly' | 'Unusable';
  /** Why it could not be read wholly, or what was odd. */
  messages: string[];
  lines: { total: number; recognised: number; unrecognised: number };
  /** Unrecognised lines, one of each wording. */
  samples: readonly string[];
  firstMicros?: Micros;
  lastMicros?: Micros;
}

/** Lines that fail to follow each other by less than this are one process being slow, not a loss. */
const GAP_MICROS = 5_000_000;

/** Bytes of log that one batch is read from: what it holds is still in the processor's cache when it is used. */
const BATCH_BYTES = 32 * 1024;

/** From this share on, unknown wording is worth a message of its own. */
const UNKNOWN_WORDING_SHARE = 0.2;

/**
 * Reads the pieces of one log, oldest first, as batches of observations: one batch per 32 KiB of it.
 * A file that breaks off is told in its result; the next one goes on.
 */
export class SeriesStream {
  readonly results: FileResult[] = [];
  readonly node: string;
  /** Bytes read so far, as stored or kept: for progress. */
  bytesRead = 0;
  hasEnded = false;
  readonly #pieces: readonly PlannedLog[];
  readonly #reader: EntryReader;
  readonly #batches: AsyncGenerator<Observation[]>;
  #lastMicros: Micros | undefined;

  constructor(node: string, series: LogSeries, reader: EntryReader) {
    this.node = node;
    this.#pieces = series.pieces;
    this.#reader = reader;
    this.#batches = this.#read();
  }

  /** Time before which it has nothing to say: it need not be opened until then. */
  get firstMicros(): Micros {
    const first = this.#pieces[0];
    return first === undefined ? 0 : first.log.head.firstMicros + first.shiftMicros;
  }

  /** The next batch, never empty; undefined at the end. */
  async next(): Promise<Observation[] | undefined> {
    const next = await this.#batches.next();
    if (next.done !== true) return next.value;
    this.hasEnded = true;
    return undefined;
  }

  async *#read(): AsyncGenerator<Observation[]> {
    for (const piece of this.#pieces) {
      const result: FileResult = {
        input: piece.inventory.input.files.name,
        path: piece.log.entry.path,
        state: 'Read',
        messages: [],
        lines: { total: 0, recognised: 0, unrecognised: 0 },
        samples: [],
      };
      this.results.push(result);
      const reason = unusableReason(piece.log);
      if (reason !== undefined) {
        result.state = 'Unusable';
        result.messages.push(reason);
        continue;
      }
      yield* this.#readPiece(piece, result);
    }
  }

  async *#readPiece(piece: PlannedLog, result: FileResult): AsyncGenerator<Observation[]> {
    const previousLast = this.#lastMicros;
    const gap = this.#gapBefore(piece);
    if (gap !== undefined) {
      result.messages.push(`no lines for ${Math.round((gap.untilMicros - gap.atMicros) / 1e6)} s before it`);
      yield [gap];
    }
    let batch: Observation[] = [];
    let repeated = 0;
    const { shiftMicros } = piece;
    const { modifiedMicros } = piece.log.entry;
    const parser = createLogParser({
      node: this.node,
      source: 'Log',
      ...(modifiedMicros !== undefined && { referenceMicros: modifiedMicros }),
      onObservation: (observation) => {
        if (shiftMicros !== 0) observation.atMicros += shiftMicros;
        // A piece may begin with what the piece before it ended with.
        if (
          previousLast !== undefined &&
          observation.atMicros <= previousLast &&
          piece.log.head.axis === 'Wall'
        )
          repeated++;
        else batch.push(observation);
      },
    });
    try {
      for await (const chunk of this.#bytes(piece)) {
        this.bytesRead += chunk.length;
        for (let offset = 0; offset < chunk.length; offset += BATCH_BYTES) {
          parser.push(chunk.subarray(offset, offset + BATCH_BYTES));
          if (batch.length === 0) continue;
          yield batch;
          batch = [];
        }
      }
    } catch (error) {
      result.state = 'Partly';
      result.messages.push(`${reasonOf(error)}; what came before was read`);
    }
    const { problem } = piece.log.kept ?? {};
    if (problem !== undefined) {
      result.state = 'Partly';
      result.messages.push(`${problem}; what came before was read`);
    }
    parser.end();
    if (batch.length > 0) yield batch;
    this.#finish(piece, result, parser, repeated);
  }

  #bytes(piece: PlannedLog): AsyncIterable<Buffer> {
    const { kept, entry } = piece.log;
    return unpack(
      kept === undefined ? this.#reader.open(piece.inventory.input.files, entry.ordinal) : once(kept.bytes),
    );
  }

  #gapBefore(piece: PlannedLog): LogGap | undefined {
    const last = this.#lastMicros;
    const first = piece.log.head.firstMicros + piece.shiftMicros;
    if (last === undefined || first - last < GAP_MICROS) return undefined;
    const reason = `no lines between ${piece.log.entry.path} and the piece before it`;
    return { kind: 'logGap', node: this.node, source: 'Archive', atMicros: last, untilMicros: first, reason };
  }

  #finish(piece: PlannedLog, result: FileResult, parser: LogParser, repeated: number): void {
    const { counts } = parser;
    result.lines = { total: counts.total, recognised: counts.recognised, unrecognised: counts.unrecognised };
    result.samples = parser.unrecognisedSamples;
    if (repeated > 0) result.messages.push(`${repeated} facts repeat the piece before and were left out`);
    const known = counts.recognised + counts.unrecognised;
    if (counts.tooLong > 0) result.messages.push(`${counts.tooLong} lines longer than 64 KiB were cut`);
    if (known === 0 && counts.total > 0) result.messages.push('no line of linuxptp or its daemon in it');
    if (counts.unrecognised > known * UNKNOWN_WORDING_SHARE) {
      result.messages.push(
        `${counts.unrecognised} of ${known} lines of PTP programs have a wording that is not known: perhaps another version`,
      );
    }
    const last = parser.lastAtMicros;
    if (last === undefined) return;
    result.firstMicros = piece.log.head.firstMicros + piece.shiftMicros;
    result.lastMicros = last + piece.shiftMicros;
    this.#lastMicros = Math.max(this.#lastMicros ?? -Infinity, result.lastMicros);
  }
}

/** Why a log is not judged at all. */
function unusableReason({ head }: LogFile): string | undefined {
  if (head.content === 'Empty') return 'empty';
  if (head.content === 'Binary') return 'binary, not a log';
  if (head.isMixed) return 'lines of several hosts alternate in it; give each host a file of its own';
  return undefined;
}
