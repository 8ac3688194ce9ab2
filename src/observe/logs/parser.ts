import type { ObservationSink, ObservationSource } from '../observation.ts';
import type { Program } from '../../ptp/states.ts';
import type { Micros } from '../../ptp/time.ts';
import { chunkOf, EncodingNormaliser } from './encoding.ts';
import type { Envelope } from './grammar/envelope.ts';
import { emptyEnvelope, readEnvelope } from './grammar/envelope.ts';
import { Line } from './grammar/line.ts';
import { LineReader } from './grammar/reader.ts';
import type { Chunk } from './grammar/text.ts';
import { detach, evidenceText } from './grammar/text.ts';
import { LineSplitter, MAX_LINE_CHARACTERS } from './lines.ts';

/** How many different unrecognised lines are kept for people to look at. */
const MAX_SAMPLES = 50;
/** Bytes decoded at once: small enough to stay in the processor's cache. */
const DECODE_BYTES = 64 * 1024;

/** `total` = recognised + unrecognised + foreign + empty + partial. */
export interface LineCounts {
  total: number;
  /** A rule of a grammar knows the line, with or without a fact. */
  recognised: number;
  /** A line of a program that we read, and no rule knows it. */
  unrecognised: number;
  /** A line of no program that we read. */
  foreign: number;
  empty: number;
  /** CRI fragments that were joined with the lines after them. */
  partial: number;
  /** Lines (also counted above) that were cut at 64 KiB. */
  tooLong: number;
}

export interface LogParserOptions {
  node: string;
  source: ObservationSource;
  /** Program of lines that have no prefix. */
  program?: Program;
  /** Runtime configuration of lines that have no tag. */
  configName?: string;
  /** `none`: what looks like a kubelet's or journal's stamp is text. */
  timestamps?: 'auto' | 'none';
  /** A time near the log's end, to place stamps without a year (syslog). Without it they are not used. */
  referenceMicros?: Micros;
  onObservation: ObservationSink;
}

/** Reads one stream of log bytes. Where the bytes are cut into chunks makes no difference. */
export interface LogParser {
  push(chunk: Uint8Array): void;
  /** No more bytes will come: reads a last line without newline and closes what is open. */
  end(): void;
  readonly counts: Readonly<LineCounts>;
  readonly unrecognisedSamples: readonly string[];
  /** Time of the newest line. */
  readonly lastAtMicros: Micros | undefined;
}

export function createLogParser(options: LogParserOptions): LogParser {
  return new StreamParser(options);
}

class StreamParser implements LogParser {
  readonly counts: LineCounts = {
    total: 0,
    recognised: 0,
    unrecognised: 0,
    foreign: 0,
    empty: 0,
    partial: 0,
    tooLong: 0,
  };
  readonly unrecognisedSamples: string[] = [];
  readonly #options: LogParserOptions;
  readonly #line: Line;
  readonly #envelope: Envelope = emptyEnvelope();
  readonly #reader: LineReader;
  readonly #encoding = new EncodingNormaliser();
  readonly #splitter: LineSplitter;
  /** Joined CRI fragments by stream. */
  readonly #fragments = new Map<string, { text: string; envelope: Envelope }>();
  readonly #sampleKeys = new Set<string>();

  constructor(options: LogParserOptions) {
    this.#options = options;
    this.#line = new Line(options.node, options.source);
    this.#reader = new LineReader(options, options.onObservation);
    this.#splitter = new LineSplitter((chunk, start, end, cut) => {
      if (cut) this.counts.tooLong++;
      this.#readLine(chunk, start, end);
    });
  }

  get lastAtMicros(): Micros | undefined {
    return this.#reader.lastAtMicros;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#encoding.push(chunk);
    for (let offset = 0; offset < bytes.length; offset += DECODE_BYTES) {
      const size = Math.min(DECODE_BYTES, bytes.length - offset);
      // A plain Uint8Array always, whatever the caller's is: one shape of array keeps reading fast.
      this.#splitter.push(new Uint8Array(bytes.buffer, bytes.byteOffset + offset, size));
    }
  }

  end(): void {
    const rest = this.#encoding.end();
    if (rest.length > 0) this.#splitter.push(rest);
    this.#splitter.end();
    for (const [stream, fragment] of this.#fragments) {
      this.#fragments.delete(stream);
      // The last fragment turned out to be the line's end.
      this.counts.partial--;
      this.#readWhole(fragment.text, fragment.envelope);
    }
    this.#reader.end();
  }

  #readLine(chunk: Chunk, start: number, end: number): void {
    this.counts.total++;
    const line = this.#line;
    const envelope = this.#envelope;
    line.reset(chunk, start, end);
    if (this.#options.timestamps !== 'none') readEnvelope(line, envelope, this.#options.referenceMicros);
    if (envelope.stream !== undefined && this.#joinFragment(line, envelope)) return;
    this.#classify(line, envelope);
  }

  /**
   * CRI cuts lines at 16 KiB: joins fragments until the last one comes. True when this one was kept or
   * has been read together with those before it.
   */
  #joinFragment(line: Line, envelope: Envelope): boolean {
    const stream = envelope.stream ?? '';
    const open = this.#fragments.get(stream);
    if (!envelope.partial && open === undefined) return false;
    const text = detach(line.text.slice(line.position, line.end));
    if (open === undefined) {
      this.counts.partial++;
      this.#fragments.set(stream, { text, envelope: { ...envelope } });
      return true;
    }
    open.text = this.#bounded(open.text + text);
    if (envelope.partial) {
      this.counts.partial++;
      return true;
    }
    this.#fragments.delete(stream);
    this.#readWhole(open.text, open.envelope);
    return true;
  }

  #bounded(text: string): string {
    return text.length > MAX_LINE_CHARACTERS ? text.slice(0, MAX_LINE_CHARACTERS) : text;
  }

  /** Reads text whose envelope is known already. */
  #readWhole(text: string, envelope: Envelope): void {
    this.#line.reset(chunkOf(text), 0, text.length);
    this.#classify(this.#line, envelope);
  }

  #classify(line: Line, envelope: Envelope): void {
    switch (this.#reader.read(line, envelope)) {
      case 'Recognised':
        this.counts.recognised++;
        return;
      case 'Unrecognised':
        this.counts.unrecognised++;
        this.#keepSample(line);
        return;
      case 'Foreign':
        this.counts.foreign++;
        return;
      case 'Empty':
        this.counts.empty++;
        return;
    }
  }

  /** Keeps one sample of each wording: lines that differ only in their numbers are one. */
  #keepSample(line: Line): void {
    if (this.unrecognisedSamples.length >= MAX_SAMPLES) return;
    const sample = evidenceText(line, line.start, line.end);
    const key = sample.replace(/\d+/g, '#');
    if (this.#sampleKeys.has(key)) return;
    this.#sampleKeys.add(key);
    this.unrecognisedSamples.push(sample);
  }
}
