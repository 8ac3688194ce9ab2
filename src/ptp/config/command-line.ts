import type { ConfigProblem, LinuxptpProgram } from './problem.ts';
import { canonicalOption } from './options.ts';

/** What a command line sets, in the names of the configuration table where it has one. */
export interface CommandLineOption {
  option: string;
  value: string;
  /** The flag as written. */
  flag: string;
}

export interface CommandLine {
  options: readonly CommandLineOption[];
  /** Interfaces named with `-i`. */
  interfaceNames: readonly string[];
  problems: readonly ConfigProblem[];
}

/** What one short flag does: set a table option to a value, or to its argument, or be itself. */
interface FlagRule {
  /** Table option it sets; absent: kept under the flag's own name, for example `-s`. */
  option?: string;
  /** Fixed value; absent: the flag takes an argument. */
  value?: string;
  /** May be given several times: the values are counted (no argument) or joined by commas. */
  repeats?: boolean;
}

const VALUE_OF_ARGUMENT: FlagRule = {};

const COMMON_FLAGS: Readonly<Record<string, FlagRule>> = {
  f: VALUE_OF_ARGUMENT,
  l: { option: 'logging_level' },
  m: { option: 'verbose', value: '1' },
  q: { option: 'use_syslog', value: '0' },
  v: { value: '1' },
  h: { value: '1' },
};

/** Short flags as the getopt strings of linuxptp 3.1.1 to 4.4 have them. */
const FLAGS: Readonly<Record<LinuxptpProgram, Readonly<Record<string, FlagRule>>>> = {
  ptp4l: {
    ...COMMON_FLAGS,
    A: { option: 'delay_mechanism', value: 'Auto' },
    E: { option: 'delay_mechanism', value: 'E2E' },
    P: { option: 'delay_mechanism', value: 'P2P' },
    '2': { option: 'network_transport', value: 'L2' },
    '4': { option: 'network_transport', value: 'UDPv4' },
    '6': { option: 'network_transport', value: 'UDPv6' },
    H: { option: 'time_stamping', value: 'hardware' },
    S: { option: 'time_stamping', value: 'software' },
    L: { option: 'time_stamping', value: 'legacy' },
    s: { option: 'clientOnly', value: '1' },
    i: { repeats: true },
    p: VALUE_OF_ARGUMENT,
  },
  phc2sys: {
    ...COMMON_FLAGS,
    a: { value: '1' },
    r: { value: '1', repeats: true },
    c: { repeats: true },
    d: VALUE_OF_ARGUMENT,
    s: VALUE_OF_ARGUMENT,
    i: { option: '-s' },
    E: { option: 'clock_servo' },
    P: { option: 'pi_proportional_const' },
    I: { option: 'pi_integral_const' },
    S: { option: 'step_threshold' },
    F: { option: 'first_step_threshold' },
    R: VALUE_OF_ARGUMENT,
    N: VALUE_OF_ARGUMENT,
    O: VALUE_OF_ARGUMENT,
    L: { option: 'sanity_freq_limit' },
    M: { option: 'ntpshm_segment' },
    u: VALUE_OF_ARGUMENT,
    w: { value: '1' },
    n: { option: 'domainNumber', repeats: true },
    x: { option: 'kernel_leap', value: '0' },
    z: { option: 'uds_address', repeats: true },
    t: { option: 'message_tag' },
  },
  ts2phc: {
    ...COMMON_FLAGS,
    a: { value: '1' },
    c: { repeats: true },
    i: { option: '-s' },
    s: VALUE_OF_ARGUMENT,
  },
  synce4l: COMMON_FLAGS,
};

/** Defaults of flags that have no option in the table. */
export const FLAG_DEFAULTS: Readonly<Record<LinuxptpProgram, Readonly<Record<string, string>>>> = {
  ptp4l: {},
  phc2sys: { '-a': '0', '-r': '0', '-R': '1', '-N': '5', '-u': '0', '-w': '0', '-c': 'CLOCK_REALTIME' },
  ts2phc: { '-a': '0' },
  synce4l: {},
};

const MAX_WORDS = 1000;
const MAX_COMMAND_CHARACTERS = 65_536;

/** Reads the options of a program; a leading path to the program itself is passed over. */
export function parseCommandLine(program: LinuxptpProgram, text: string): CommandLine {
  const reader = new CommandLineReader(program);
  const words = text
    .slice(0, MAX_COMMAND_CHARACTERS)
    .split(/\s+/)
    .filter((word) => word !== '');
  reader.read(words.slice(firstOption(program, words), MAX_WORDS));
  return reader.result();
}

/** `/bin/chrt -f 10 /usr/sbin/ptp4l -f …`: options begin after the program's own name. */
function firstOption(program: LinuxptpProgram, words: readonly string[]): number {
  const own = words.findIndex((word) => word === program || word.endsWith(`/${program}`));
  return own + 1;
}

class CommandLineReader {
  readonly #rules: Readonly<Record<string, FlagRule>>;
  readonly #program: LinuxptpProgram;
  readonly #options = new Map<string, CommandLineOption>();
  readonly #interfaceNames: string[] = [];
  readonly #problems: ConfigProblem[] = [];

  constructor(program: LinuxptpProgram) {
    this.#program = program;
    this.#rules = FLAGS[program];
  }

  read(words: readonly string[]): void {
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index] ?? '';
      if (word.startsWith('--')) index += this.#readLong(word, words[index + 1]);
      else if (word.startsWith('-') && word.length > 1)
        index += this.#readShort(word.slice(1), words[index + 1]);
      else
        this.#problem(
          `"${word}" is no option: ${this.#program} stops reading its command line or refuses it`,
          word,
        );
    }
  }

  result(): CommandLine {
    return {
      options: [...this.#options.values()],
      interfaceNames: this.#interfaceNames,
      problems: this.#problems,
    };
  }

  /** `--key value` and `--key=value`. Gives the number of further words used up. */
  #readLong(word: string, next: string | undefined): number {
    const equals = word.indexOf('=');
    const name = equals === -1 ? word.slice(2) : word.slice(2, equals);
    const value = equals === -1 ? next : word.slice(equals + 1);
    if (name === '' || value === undefined) {
      this.#problem(`"${word}" has no value: ${this.#program} refuses its command line`, word);
      return 0;
    }
    this.#set({ option: canonicalOption(name), value, flag: `--${name}` });
    return equals === -1 ? 1 : 0;
  }

  /** A cluster of short flags; one with an argument takes the rest of the word or the next one. */
  #readShort(cluster: string, next: string | undefined): number {
    for (let position = 0; position < cluster.length; position += 1) {
      const letter = cluster.charAt(position);
      const flag = `-${letter}`;
      const rule = Object.hasOwn(this.#rules, letter) ? this.#rules[letter] : undefined;
      if (rule === undefined) {
        this.#problem(`${this.#program} has no option ${flag}: it refuses its command line`, flag);
        continue;
      }
      const option = rule.option ?? flag;
      if (rule.value !== undefined) {
        this.#setFlag(option, rule.value, flag, rule);
        continue;
      }
      const rest = cluster.slice(position + 1);
      const argument = rest === '' ? next : rest;
      if (argument === undefined)
        this.#problem(`${flag} has no argument: ${this.#program} refuses its command line`, flag);
      else this.#setFlag(option, argument, flag, rule);
      return rest === '' ? 1 : 0;
    }
    return 0;
  }

  #setFlag(option: string, value: string, flag: string, rule: FlagRule): void {
    if (this.#program === 'ptp4l' && flag === '-i') {
      this.#interfaceNames.push(value);
      return;
    }
    const before = rule.repeats === true ? this.#options.get(option) : undefined;
    if (before === undefined) this.#set({ option, value, flag });
    else if (rule.value === undefined) this.#set({ option, value: `${before.value},${value}`, flag });
    else this.#set({ option, value: String(Number(before.value) + 1), flag });
  }

  #set(option: CommandLineOption): void {
    this.#options.set(option.option, option);
  }

  #problem(message: string, flag: string): void {
    if (this.#problems.length < 100)
      this.#problems.push({ code: 'BadLine', message: message.slice(0, 200), option: flag.slice(0, 64) });
  }
}
