import { PROGRAMS, type Program } from '../../../ptp/states.ts';
import type { Micros } from '../../../ptp/time.ts';
import { MICROS_PER_SECOND } from '../../../ptp/time.ts';
import type { Line } from './line.ts';

/** Longest tag that is believed; a longer one is text. */
const MAX_TAG_CHARACTERS = 128;
/** Bracket numbers from here on are Unix seconds: no host is up for 31 years. */
const FIRST_UNIX_MICROS = 1_000_000_000 * MICROS_PER_SECOND;

/** The daemon itself writes no bracket: its lines are glog's. */
const PROGRAM_NAMES: readonly Program[] = PROGRAMS.filter((program) => program !== 'daemon');

/** A program's name, and its place in `Line.lastTags`. */
interface ProgramName {
  name: Program;
  index: number;
}

/** Program names by their first byte. An array, because every line is looked up here. */
const BY_FIRST_BYTE: readonly (readonly ProgramName[])[] = Array.from({ length: 256 }, (_, first) =>
  PROGRAM_NAMES.map((name, index) => ({ name, index })).filter(({ name }) => name.charCodeAt(0) === first),
);

/** The stamp in the bracket, of whichever clock it is; NaN for the other one. */
export interface PrefixStamps {
  uptimeMicros: Micros;
  unixMicros: Micros;
}

/**
 * Reads a program's prefix at the cursor: name, bracket, tag. All of these are in use:
 * ```
 * ptp4l[1031618.627]: [ptp4l.1.config:5] text        linuxptp >= 4.2, uptime and level
 * ptp4l[74737.942]: [ptp4l.0.config] text            no level
 * ptp4l[74737.942]: [ptp4l.0.config:{level}] text    daemon newer than linuxptp
 * ptp4l[74737.942]: text                             no tag
 * ptp4l[812]: [74737.942] [ptp4l.0.config:5] text    syslog: PID, then uptime
 * ptp4l: [74737.942] text                            syslog without PID
 * dpll[1757326334]:[ts2phc.1.config] text            the daemon: Unix seconds
 * chronyd[812][chronyd.0.config]: text               the daemon: PID
 * ```
 * True when there was one; then program, configName and level of the line are set and the cursor stands
 * at the message. False leaves the cursor.
 */
export function readPrefix(line: Line, stamps: PrefixStamps): boolean {
  stamps.uptimeMicros = NaN;
  stamps.unixMicros = NaN;
  const start = line.position;
  const program = readProgramName(line);
  if (program === undefined) return false;
  if (!readBracket(line, stamps)) {
    line.position = start;
    return false;
  }
  line.program = program.name;
  if (!acceptLastTag(line, program)) readTagPart(line, stamps, program);
  return true;
}

function acceptLastTag(line: Line, { index }: ProgramName): boolean {
  const last = line.lastTags[index];
  if (last === undefined || !line.acceptBytes(last.bytes)) return false;
  line.configName = last.configName;
  line.level = last.level;
  skipSeparators(line);
  return true;
}

/** Reads everything between the bracket and the message. */
function readTagPart(line: Line, stamps: PrefixStamps, { index }: ProgramName): void {
  const start = line.position;
  skipSeparators(line);
  const hasSyslogUptime = line.peek() === 91 && readSyslogUptime(line, stamps);
  if (hasSyslogUptime) skipSeparators(line);
  if (line.peek() !== 91 || !readTag(line)) return;
  skipSeparators(line);
  if (hasSyslogUptime || line.peek() === -1) return;
  const bytes = line.bytes.slice(start, line.position);
  line.lastTags[index] = { bytes, configName: line.configName, level: line.level };
}

function readProgramName(line: Line): ProgramName | undefined {
  const first = line.peek();
  if (first < 0) return undefined;
  for (const program of BY_FIRST_BYTE[first] ?? []) {
    if (!line.startsWith(program.name)) continue;
    const next = line.peek(program.name.length);
    if (next !== 91 && next !== 58) continue;
    line.position += program.name.length;
    return program;
  }
  return undefined;
}

/** Reads `[number]` or, as in syslog without PID, nothing but a colon. */
function readBracket(line: Line, stamps: PrefixStamps): boolean {
  if (line.peek() !== 91) return true;
  line.position++;
  const numberStart = line.position;
  const micros = line.readSeconds();
  if (Number.isNaN(micros) || line.peek() !== 93) return false;
  if (micros >= FIRST_UNIX_MICROS) stamps.unixMicros = micros;
  else if (hasFraction(line, numberStart)) stamps.uptimeMicros = micros;
  // A small whole number is a process number, which says nothing about time.
  line.position++;
  return true;
}

/** True when there is a dot between the position and the cursor; linuxptp prints three digits behind it. */
function hasFraction(line: Line, numberStart: number): boolean {
  for (let index = line.position - 2; index > numberStart; index--) if (line.bytes[index] === 46) return true;
  return false;
}

/** Reads the uptime that linuxptp puts in front of its messages to syslog. */
function readSyslogUptime(line: Line, stamps: PrefixStamps): boolean {
  const start = line.position;
  line.position++;
  const micros = line.readSeconds();
  if (Number.isNaN(micros) || line.peek() !== 93) {
    line.position = start;
    return false;
  }
  line.position++;
  if (micros >= FIRST_UNIX_MICROS) stamps.unixMicros = micros;
  else stamps.uptimeMicros = micros;
  return true;
}

/** Reads `[tag]`, `[tag:5]` or `[tag:{level}]`. */
function readTag(line: Line): boolean {
  const { bytes } = line;
  const tagStart = line.position + 1;
  const limit = Math.min(line.end, tagStart + MAX_TAG_CHARACTERS);
  let tagEnd = tagStart;
  let colon = -1;
  while (tagEnd < limit && bytes[tagEnd] !== 93) {
    if (bytes[tagEnd] === 58) colon = tagEnd;
    tagEnd++;
  }
  if (tagEnd === limit) return false;
  let nameEnd = tagEnd;
  if (colon >= 0) {
    const level = (bytes[colon + 1] ?? 0) - 48;
    if (colon + 2 === tagEnd && level >= 0 && level <= 7) line.level = level;
    if (line.level !== undefined || line.text.startsWith('{level}', colon + 1)) nameEnd = colon;
  }
  if (nameEnd > tagStart) line.configName = line.tags.get(line, tagStart, nameEnd);
  line.position = tagEnd + 1;
  return true;
}

/** Skips the `:`, ` ` and `: ` between the parts of a prefix. */
function skipSeparators(line: Line): void {
  if (line.peek() === 58) line.position++;
  while (line.peek() === 32) line.position++;
}
