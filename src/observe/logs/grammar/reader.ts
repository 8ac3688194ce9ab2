import type { ObservationSink } from '../../observation.ts';
import type { Program } from '../../../ptp/states.ts';
import { BlockReader } from './blocks.ts';
import { readChronydMessage } from './chronyd.ts';
import { readBareDaemonLine } from './daemon.ts';
import type { Envelope } from './envelope.ts';
import { readGlogHeader } from './glog.ts';
import { readGnssText } from './gnss-text.ts';
import type { Line } from './line.ts';
import { readBareLinuxptpLine } from './linuxptp.ts';
import { numberOrUndefined } from './numbers.ts';
import { readPhc2sysMessage } from './phc2sys.ts';
import { PmcReader } from './pmc.ts';
import type { PrefixStamps } from './prefix.ts';
import { readPrefix } from './prefix.ts';
import { readPtp4lMessage } from './ptp4l.ts';
import { readStatusMessage } from './status.ts';
import { readSynce4lMessage } from './synce4l.ts';
import { Timeline } from './timeline.ts';
import { readTs2phcMessage } from './ts2phc.ts';

/** What became of a line. `Foreign`: of no program that we read. */
export type Outcome = 'Recognised' | 'Unrecognised' | 'Foreign' | 'Empty';

const INFORMATION = 6;
/** A program called wrongly explains itself in fewer lines than this. */
const USAGE_LINES = 80;

type MessageReader = (line: Line, emit: ObservationSink) => boolean;

/** Which grammar reads which program's messages. Status lines of the daemon are tried for all of them. */
const MESSAGE_READERS: Readonly<Record<Program, MessageReader>> = {
  ptp4l: readPtp4lMessage,
  phc2sys: readPhc2sysMessage,
  ts2phc: readTs2phcMessage,
  synce4l: readSynce4lMessage,
  chronyd: readChronydMessage,
  gpsd: readGnssText,
  gpspipe: readGnssText,
  gnss: readGnssText,
  pmc: readBareLinuxptpLine,
  dpll: () => false,
  GM: () => false,
  'T-BC': () => false,
  daemon: readBareDaemonLine,
};

export interface ReaderOptions {
  /** Program of lines that have no prefix. */
  program?: Program;
  /** Runtime configuration of lines that have no tag. */
  configName?: string;
}

/**
 * Reads whole lines of one stream, one after the other, and says what became of each. It keeps what only
 * several lines together tell: the time line and blocks.
 */
export class LineReader {
  readonly #options: ReaderOptions;
  readonly #emit: ObservationSink;
  readonly #timeline = new Timeline();
  readonly #blocks = new BlockReader();
  readonly #pmc = new PmcReader();
  readonly #stamps: PrefixStamps = { uptimeMicros: NaN, unixMicros: NaN };

  constructor(options: ReaderOptions, emit: ObservationSink) {
    this.#options = options;
    this.#emit = emit;
  }

  get lastAtMicros(): number | undefined {
    return numberOrUndefined(this.#timeline.lastAtMicros);
  }

  /** Reads the line whose envelope has been read; the cursor stands behind that. */
  read(line: Line, envelope: Envelope): Outcome {
    // No program's name looks like a glog header, and a third of all lines have one.
    if (readGlogHeader(line)) {
      this.#placeUnprefixed(line, envelope);
      return this.#readGlog(line);
    }
    if (this.#readPrefixed(line, envelope)) return this.#readMessage(line);
    if (line.position >= line.end) {
      this.#blocks.readEmptyLine();
      return 'Empty';
    }
    this.#placeUnprefixed(line, envelope);
    return this.#readBare(line);
  }

  #placeUnprefixed(line: Line, envelope: Envelope): void {
    line.uptimeMicros = envelope.uptimeMicros;
    line.atMicros = this.#timeline.place(envelope.wallMicros, envelope.uptimeMicros, NaN);
  }

  /** The stream has ended: gives on what is still being collected. */
  end(): void {
    this.#blocks.close(this.#emit);
    this.#pmc.close(this.#emit);
  }

  /** Reads a process's prefix, behind a host name where the journal prints one. */
  #readPrefixed(line: Line, envelope: Envelope): boolean {
    const start = line.position;
    let found = readPrefix(line, this.#stamps);
    if (!found && envelope.stamped) {
      const hostEnd = line.text.indexOf(' ', start);
      if (hostEnd > start && hostEnd < line.end && hostEnd < start + 254) {
        line.position = hostEnd + 1;
        found = readPrefix(line, this.#stamps);
      }
      if (found) line.start = hostEnd + 1;
      else line.position = start;
    }
    if (!found) return false;
    line.uptimeMicros = Number.isNaN(this.#stamps.uptimeMicros)
      ? envelope.uptimeMicros
      : this.#stamps.uptimeMicros;
    line.atMicros = this.#timeline.place(envelope.wallMicros, line.uptimeMicros, this.#stamps.unixMicros);
    line.configName ??= this.#options.configName;
    return true;
  }

  #readMessage(line: Line): Outcome {
    const start = line.position;
    if (start >= line.end) return 'Recognised';
    const isUnixStamped = !Number.isNaN(this.#stamps.unixMicros);
    // Unix seconds are the daemon's: a status line, or a summary in a reduced log.
    if (isUnixStamped && readStatusMessage(line, this.#emit)) return 'Recognised';
    if (MESSAGE_READERS[line.program](line, this.#emit)) return 'Recognised';
    line.position = start;
    if (!isUnixStamped && readStatusMessage(line, this.#emit)) return 'Recognised';
    return this.#readBehindPlainTag(line, start) ? 'Recognised' : 'Unrecognised';
  }

  /** A `message_tag` set by hand may have no brackets: tries once more behind the first word. */
  #readBehindPlainTag(line: Line, start: number): boolean {
    if (line.configName !== this.#options.configName) return false;
    const tagEnd = line.text.indexOf(' ', start);
    if (tagEnd < 0 || tagEnd >= line.end) return false;
    line.position = tagEnd + 1;
    line.configName = line.tags.get(line, start, tagEnd);
    return MESSAGE_READERS[line.program](line, this.#emit);
  }

  #readGlog(line: Line): Outcome {
    if (readPrefix(line, this.#stamps)) {
      this.#blocks.close(this.#emit);
      line.level = undefined;
      line.uptimeMicros = this.#stamps.uptimeMicros;
      return readStatusMessage(line, this.#emit) ? 'Recognised' : 'Unrecognised';
    }
    if (this.#blocks.readGlogMessage(line, this.#emit)) return 'Recognised';
    // The daemon and its libraries have hundreds of information messages about their own doings.
    return line.level === INFORMATION ? 'Recognised' : 'Unrecognised';
  }

  #readBare(line: Line): Outcome {
    const { program } = this.#options;
    line.program = program ?? 'daemon';
    line.configName = this.#options.configName;
    const start = line.position;
    if (readBareDaemonLine(line, this.#emit)) return 'Recognised';
    line.program = program ?? 'ptp4l';
    if (readBareLinuxptpLine(line, this.#emit)) {
      if (line.text.startsWith('usage: ', start)) this.#blocks.expectContinuation(USAGE_LINES);
      return 'Recognised';
    }
    if (this.#blocks.readContinuation(line, this.#emit)) return 'Recognised';
    line.position = start;
    if (this.#pmc.read(line, this.#emit)) return 'Recognised';
    this.#pmc.close(this.#emit);
    if (program !== undefined) return this.#readUnprefixed(line, program);
    return readChronydMessage(line, this.#emit) || readGnssText(line, this.#emit) ? 'Recognised' : 'Foreign';
  }

  /** A log of one program whose lines have no prefix. */
  #readUnprefixed(line: Line, program: Program): Outcome {
    line.program = program;
    return MESSAGE_READERS[program](line, this.#emit) ? 'Recognised' : 'Unrecognised';
  }
}
