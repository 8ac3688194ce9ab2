import type { DataSet, ObservationSink } from '../../observation.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { StartTable } from './rules.ts';

/** Bounds of one data set: the longest real one (PORT_STATS_NP) has 22 values. */
const MAX_VALUES = 64;
const MAX_VALUE_CHARACTERS = 200;

const RESPONSE = /^\s*(\S+) seq \d+ RESPONSE MANAGEMENT (\w+)\s*$/;
const SENDING = /^\s*sending: (?:GET|SET|CMD|COMMAND)\b/;
/** A key alone has an empty value (`userDescription`); it is one only where replies indent their values. */
const VALUE = /^(?:\s*([A-Za-z][\w.]*)\s+(\S.*?)|\t\t([A-Za-z]\w*))\s*$/;
/** Comments in captures of pmc. */
const COMMENT = /^# /;
const NO_REPLY = /^(?:pmc: )?(?:timer expired|poll failed|id \S+ is too ambiguous)/;

/** The data set a first key belongs to, where the reply's own header is not printed. */
const FIRST_KEYS = new StartTable<string>([
  ['parentPortIdentity ', 'PARENT_DATA_SET'],
  ['clockClass ', 'GRANDMASTER_SETTINGS_NP'],
  ['currentUtcOffset ', 'TIME_PROPERTIES_DATA_SET'],
  ['stepsRemoved ', 'CURRENT_DATA_SET'],
  ['twoStepFlag ', 'DEFAULT_DATA_SET'],
  ['master_offset ', 'TIME_STATUS_NP'],
  ['portIdentity ', 'PORT_DATA_SET'],
]);

/**
 * Puts pmc's multi-line replies together:
 * ```
 * sending: GET PARENT_DATA_SET
 * <tab>020000.fffe.000100-0 seq 0 RESPONSE MANAGEMENT PARENT_DATA_SET
 * <tab><tab>gm.ClockClass                         6
 * ```
 * The daemon's log also has the values alone, the first one behind a glog header. A reply is given on when
 * a line comes that does not belong to it.
 */
export class PmcReader {
  #open: { fact: Omit<DataSet, 'values'>; values: Record<string, string>; count: number } | undefined;

  /** True while a reply is being collected. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Reads the line at its cursor. False when it is no part of a reply. */
  read(line: Line, emit: ObservationSink): boolean {
    const text = line.rest();
    if (SENDING.test(text)) {
      this.close(emit);
      return true;
    }
    const response = RESPONSE.exec(text);
    if (response !== null) {
      this.#start(line, response[2] ?? '', response[1], emit);
      return true;
    }
    if (this.#open !== undefined && this.#addValue(text)) return true;
    return NO_REPLY.test(text) || this.#readComment(text, emit);
  }

  #readComment(text: string, emit: ObservationSink): boolean {
    if (!COMMENT.test(text)) return false;
    this.close(emit);
    return true;
  }

  /** Starts a reply whose first value stands behind a glog header. False when the text is none. */
  readFirstValue(line: Line, emit: ObservationSink): boolean {
    const start = line.position;
    const name = FIRST_KEYS.accept(line);
    if (name === undefined) return false;
    line.position = start;
    this.#start(line, name, undefined, emit);
    return this.#addValue(line.rest());
  }

  /** Gives on the reply that is being collected. */
  close(emit: ObservationSink): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined && open.count > 0) emit({ ...open.fact, values: open.values });
  }

  #start(line: Line, name: string, portIdentity: string | undefined, emit: ObservationSink): void {
    this.close(emit);
    const fact = {
      kind: 'dataSet' as const,
      ...factOf(line),
      program: 'pmc' as const,
      name,
      ...(portIdentity !== undefined && { portIdentity }),
    };
    this.#open = { fact, values: {}, count: 0 };
  }

  #addValue(text: string): boolean {
    const match = VALUE.exec(text);
    const open = this.#open;
    if (match === null || open === undefined || open.count >= MAX_VALUES) return false;
    const key = match[1] ?? match[3] ?? '';
    const value = match[2] ?? '';
    open.values[key] = value.slice(0, MAX_VALUE_CHARACTERS);
    open.count++;
    return true;
  }
}
