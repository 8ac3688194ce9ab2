import type { ConfigProblem } from './problem.ts';

/**
 * The text of a linuxptp configuration, read in one of two ways.
 *
 * `Linuxptp`: as the programs read the file they are given.
 * `Daemon`: as the PTP daemon reads the text of a PtpConfig, and linuxptp then reads what the
 * daemon wrote. The daemon splits a line at the first space, so a setting separated by a tab is
 * lost without a word, and it merges sections of one name.
 */
export type ConfigDialect = 'Linuxptp' | 'Daemon';

export interface ConfigSetting {
  option: string;
  value: string;
  line: number;
}

export interface ConfigSection {
  /** Name without the brackets; `global` in lower case. */
  name: string;
  line: number;
  settings: readonly ConfigSetting[];
}

export interface ParsedConfig {
  /** From the `#profile:` line the daemon writes first. */
  profileName?: string;
  sections: readonly ConfigSection[];
  problems: readonly ConfigProblem[];
}

/** Text beyond this is not read; a real configuration has a few kilobytes. */
export const MAX_CONFIG_CHARACTERS = 1_048_576;
/** linuxptp reads a line into 1024 bytes; what is longer becomes another line. */
const MAX_LINE_CHARACTERS = 1023;
const MAX_PROBLEMS = 100;
const PROFILE_LINE = /^#profile:\s*(\S.*)$/;

export const GLOBAL_SECTION = 'global';
export const UNICAST_SECTION = 'unicast_master_table';
export const NMEA_SECTION = 'nmea';

interface MutableSection {
  name: string;
  line: number;
  settings: ConfigSetting[];
}

export function parseConfig(text: string, dialect: ConfigDialect = 'Linuxptp'): ParsedConfig {
  const reader = new ConfigReader(dialect);
  const readable = reader.bound(text);
  let line = 0;
  let start = 0;
  while (start <= readable.length) {
    const newline = readable.indexOf('\n', start);
    const end = newline === -1 ? readable.length : newline;
    line += 1;
    reader.readLine(readable.slice(start, end), line);
    if (newline === -1) break;
    start = newline + 1;
  }
  return reader.result();
}

class ConfigReader {
  readonly #dialect: ConfigDialect;
  readonly #sections: MutableSection[] = [];
  readonly #byName = new Map<string, MutableSection>();
  readonly #problems: ConfigProblem[] = [];
  #current: MutableSection | undefined;
  #profileName: string | undefined;

  constructor(dialect: ConfigDialect) {
    this.#dialect = dialect;
  }

  /** The part of the text that is read: whole lines up to the limit. */
  bound(text: string): string {
    if (text.length <= MAX_CONFIG_CHARACTERS) return text;
    this.#report({
      code: 'TooLarge',
      message: `the text has ${text.length} characters; only the first ${MAX_CONFIG_CHARACTERS} are read`,
    });
    const cut = text.slice(0, MAX_CONFIG_CHARACTERS);
    const lastNewline = cut.lastIndexOf('\n');
    return lastNewline === -1 ? cut : cut.slice(0, lastNewline);
  }

  readLine(raw: string, line: number): void {
    const text = raw.trim();
    if (text === '') return;
    if (text.startsWith('#')) {
      this.#profileName ??= PROFILE_LINE.exec(text)?.[1];
      return;
    }
    if (raw.length > MAX_LINE_CHARACTERS) {
      this.#report({
        code: 'BadLine',
        message: `the line has ${raw.length} characters; linuxptp reads at most ${MAX_LINE_CHARACTERS}`,
        line,
      });
      return;
    }
    if (text.startsWith('[')) this.#openSection(text, line);
    else this.#addSetting(text, line);
  }

  result(): ParsedConfig {
    return {
      ...(this.#profileName === undefined ? {} : { profileName: this.#profileName }),
      sections: this.#sections,
      problems: this.#problems,
    };
  }

  #openSection(text: string, line: number): void {
    const close = text.indexOf(']');
    if (close === -1) {
      const reader =
        this.#dialect === 'Daemon'
          ? 'the daemon refuses the whole profile'
          : 'linuxptp takes the rest of the line as the name';
      this.#report({
        code: 'BadLine',
        message: `section without a closing bracket: ${reader}`,
        section: text.slice(1),
        line,
      });
    }
    const inner = close === -1 ? text.slice(1) : text.slice(1, close);
    // linuxptp takes the first word between the brackets, whatever case [global] has.
    const word = inner.trim().split(/\s+/, 1)[0] ?? '';
    if (word === '') {
      this.#report({ code: 'BadLine', message: 'section without a name', line });
      this.#current = undefined;
      return;
    }
    const name = normalSectionName(word);
    const existing = this.#byName.get(name);
    if (existing !== undefined) {
      this.#reportRepeated(existing, line);
      this.#current = existing;
      return;
    }
    const section: MutableSection = { name, line, settings: [] };
    this.#sections.push(section);
    this.#byName.set(name, section);
    this.#current = section;
  }

  #reportRepeated(existing: MutableSection, line: number): void {
    const tables = existing.name === UNICAST_SECTION;
    // Two unicast tables are legal for linuxptp, and lost when the daemon merges them.
    if (tables && this.#dialect === 'Linuxptp') return;
    const consequence = tables
      ? 'the daemon writes one table and ptp4l sees one'
      : 'both are merged into one';
    this.#report({
      code: 'DuplicateSection',
      message: `[${existing.name}] stands on line ${existing.line} already: ${consequence}`,
      section: existing.name,
      line,
    });
  }

  #addSetting(text: string, line: number): void {
    if (this.#dialect === 'Daemon' && !text.includes(' ')) {
      this.#reportLost(text, line);
      return;
    }
    const separator = text.search(/\s/);
    if (separator === -1) {
      this.#report({
        code: 'BadLine',
        message: `"${shorten(text)}" has no value: linuxptp refuses the file`,
        option: shorten(text),
        ...this.#place(),
        line,
      });
      return;
    }
    const option = text.slice(0, separator);
    const value = text.slice(separator).trim();
    if (this.#current === undefined) {
      this.#report({
        code: 'WrongSection',
        message: `"${shorten(option)}" stands before any section: linuxptp refuses the file`,
        option: shorten(option),
        line,
      });
      return;
    }
    this.#current.settings.push({ option, value, line });
  }

  #reportLost(text: string, line: number): void {
    const tab = text.indexOf('\t');
    if (tab === -1) {
      this.#report({
        code: 'BadLine',
        message: `"${shorten(text)}" has no value: the daemon drops the line`,
        option: shorten(text),
        ...this.#place(),
        line,
      });
      return;
    }
    const option = shorten(text.slice(0, tab));
    this.#report({
      code: 'TabSeparated',
      message: `"${option}" is separated from its value by a tab: the daemon drops the line and the default is in force`,
      option,
      ...this.#place(),
      line,
    });
  }

  #place(): { section?: string } {
    return this.#current === undefined ? {} : { section: this.#current.name };
  }

  #report(problem: ConfigProblem): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  }
}

function normalSectionName(word: string): string {
  const lower = word.toLowerCase();
  return lower === GLOBAL_SECTION || lower === UNICAST_SECTION ? lower : word;
}

function shorten(text: string): string {
  return text.length <= 64 ? text : `${text.slice(0, 61)}...`;
}

/** Whether a section stands for a port, in any of the programs. */
export function isInterfaceSection(name: string): boolean {
  if (name === GLOBAL_SECTION || name === UNICAST_SECTION || name === NMEA_SECTION) return false;
  return !name.startsWith('<') && !name.startsWith('{');
}
