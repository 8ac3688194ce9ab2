import type { ConfigApplied, ObservationSink } from '../../observation.ts';
import type { Program } from '../../../ptp/states.ts';
import { PROGRAMS } from '../../../ptp/states.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { readDaemonMessage } from './daemon.ts';
import { StartTable } from './rules.ts';
import { PmcReader } from './pmc.ts';
import { cleanText, decodeUtf8 } from './text.ts';

/** Bounds of a configuration that a log shows. */
const MAX_CONFIG_CHARACTERS = 64 * 1024;
/** Continuation lines that are believed to belong to one message; `ethtool -T` of a busy node fills thousands. */
const MAX_CONTINUATION_LINES = 20_000;
/** Profiles remembered by the number of their runtime configuration. */
const MAX_PROFILES = 64;

/** What the daemon prints in front of a configuration, and the program it is for. */
const CONFIG_HEADERS = new StartTable<Program>([
  ['Ptp4lConf:', 'ptp4l'],
  ['Phc2sysConf:', 'phc2sys'],
  ['Ts2PhcConf:', 'ts2phc'],
  ['Ts2phcConf:', 'ts2phc'],
  ['Synce4lConf:', 'synce4l'],
  ['ChronydConf:', 'chronyd'],
]);
const COMMAND_HEADERS = new StartTable<Program>(PROGRAMS.map((program) => [`${program} cmd: `, program]));

const PROFILE_COMMENT = /^#profile: ?(.*)$/m;
const MESSAGE_TAG = /^\s*message_tag\s+\[([\w.-]+\.config)/m;
const CONFIG_FILE = /\s-f\s+\S*?(([\w-]+)\.(\d+)\.config)/;

/** A line that starts like a process's own: never part of another message. */
const PROCESS_LINE = /^[A-Za-z][\w.-]*\[\d+(?:\.\d+)?\]/;

interface OpenConfig {
  fact: Omit<ConfigApplied, 'text'>;
  lines: string[];
  characters: number;
}

/**
 * The daemon's messages that go on over several lines: configuration dumps and pmc replies become one
 * fact each; other continuations are only known as such. Lines of processes may stand between them.
 */
export class BlockReader {
  readonly #pmc = new PmcReader();
  #config: OpenConfig | undefined;
  #profile = '';
  readonly #profilesByNumber = new Map<string, string>();
  #continuationsLeft = 0;
  #timestampingInterface = '';

  /** Reads the message behind a glog header, at the cursor. False when no rule knows it. */
  readGlogMessage(line: Line, emit: ObservationSink): boolean {
    this.close(emit);
    this.#continuationsLeft = MAX_CONTINUATION_LINES;
    return this.#startBlock(line, emit) || readDaemonMessage(line, emit);
  }

  /** Reads a line without any header, at the cursor. False when it belongs to nothing that is known. */
  readContinuation(line: Line, emit: ObservationSink): boolean {
    if (this.#config !== undefined) return this.#addConfigLine(line, emit);
    if (this.#pmc.read(line, emit)) return true;
    this.#pmc.close(emit);
    if (this.#readTimestampingLine(line, emit)) return true;
    if (this.#continuationsLeft <= 0 || PROCESS_LINE.test(line.text.slice(line.start, line.start + 64)))
      return false;
    this.#continuationsLeft--;
    return true;
  }

  /** The line before is the first of a text of so many lines. */
  expectContinuation(lines: number): void {
    this.#continuationsLeft = Math.max(this.#continuationsLeft, lines);
  }

  /** An empty line belongs to a configuration when one is open. */
  readEmptyLine(): void {
    if (this.#config !== undefined) this.#append('');
  }

  /** Gives on what is still being collected. */
  close(emit: ObservationSink): void {
    this.#pmc.close(emit);
    const config = this.#config;
    this.#config = undefined;
    if (config !== undefined) this.#emitConfig(config, emit);
  }

  #startBlock(line: Line, emit: ObservationSink): boolean {
    if (line.accept('Profile Name: ')) {
      this.#profile = line.rest().trim();
      return true;
    }
    const configTarget = CONFIG_HEADERS.accept(line);
    if (configTarget !== undefined) {
      this.#startConfig(line, configTarget);
      return true;
    }
    const commandTarget = COMMAND_HEADERS.accept(line);
    if (commandTarget !== undefined) {
      this.#emitCommand(line, commandTarget, line.rest(), emit);
      return true;
    }
    return this.#pmc.readFirstValue(line, emit) || this.#readTimestampingLine(line, emit);
  }

  /** `ethtool -T` names the interface in its first line and the PTP hardware clock in a later one. */
  #readTimestampingLine(line: Line, emit: ObservationSink): boolean {
    if (line.accept('Time stamping parameters for ')) {
      this.#timestampingInterface = line.rest().replace(/:\s*$/, '');
      return true;
    }
    if (!line.accept('PTP Hardware Clock: ') && !line.accept('Hardware timestamp provider index: '))
      return false;
    const index = line.readNumber();
    const interfaceName = this.#timestampingInterface;
    if (Number.isInteger(index) && interfaceName !== '') {
      emit({ kind: 'hardwareClock', ...factOf(line), interfaceName, device: `/dev/ptp${index}` });
    }
    return true;
  }

  #startConfig(line: Line, target: Program): void {
    const firstLine = line.rest().trimStart();
    this.#config = {
      fact: { kind: 'configApplied', ...factOf(line), profile: this.#profile, target },
      lines: [firstLine],
      characters: firstLine.length,
    };
  }

  /** A configuration ends where a glog header comes; process output without prefix may stand in it. */
  #addConfigLine(line: Line, emit: ObservationSink): boolean {
    if (PROCESS_LINE.test(line.text.slice(line.start, line.start + 64))) return false;
    if (line.startsWith('sending: ')) return this.#pmc.read(line, emit);
    this.#append(cleanText(decodeUtf8(line.rest())));
    return true;
  }

  #append(text: string): void {
    const config = this.#config;
    if (config === undefined) return;
    config.characters += text.length + 1;
    if (config.characters <= MAX_CONFIG_CHARACTERS) config.lines.push(text);
  }

  #emitConfig(config: OpenConfig, emit: ObservationSink): void {
    const { fact, lines } = config;
    const text = `${lines.join('\n').trimEnd()}\n`;
    if (text === '\n') return;
    const profile = PROFILE_COMMENT.exec(text)?.[1]?.trim() ?? fact.profile;
    const configName = MESSAGE_TAG.exec(text)?.[1];
    if (configName !== undefined) this.#rememberProfile(configName, profile);
    emit({ ...fact, profile, ...(configName !== undefined && { configName }), text });
  }

  #emitCommand(line: Line, target: Program, command: string, emit: ObservationSink): void {
    const file = CONFIG_FILE.exec(command);
    const configName = file?.[1];
    emit({
      kind: 'configApplied',
      ...factOf(line),
      ...(configName !== undefined && { configName }),
      profile: this.#profilesByNumber.get(file?.[3] ?? '') ?? '',
      target,
      command: cleanText(decodeUtf8(command)),
    });
  }

  /** `ptp4l.0.config` and `phc2sys.0.config` belong to one profile. */
  #rememberProfile(configName: string, profile: string): void {
    const number = /\.(\d+)\./.exec(configName)?.[1];
    if (number === undefined) return;
    if (this.#profilesByNumber.size >= MAX_PROFILES) this.#profilesByNumber.clear();
    this.#profilesByNumber.set(number, profile);
  }
}
