import type { Micros } from '../../src/ptp/time.ts';
import { formatMicros } from '../../src/ptp/time.ts';
import type { Agenda } from './agenda.ts';
import type { ContainerLog } from './container-log.ts';

/** syslog levels as linuxptp's `{level}` prints them. */
export const LEVEL = { error: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;
export type Level = (typeof LEVEL)[keyof typeof LEVEL];

const GLOG_PID = 1;

/** Writes the four kinds of lines of a linuxptp-daemon container. */
export class NodeOutput {
  readonly #agenda: Agenda;
  readonly #log: ContainerLog;
  readonly #bootMicros: Micros;
  #pending: { micros: Micros; text: string }[] = [];

  constructor(agenda: Agenda, log: ContainerLog, bootMicros: Micros) {
    this.#agenda = agenda;
    this.#log = log;
    this.#bootMicros = bootMicros;
  }

  /** A line of a linuxptp program: CLOCK_MONOTONIC seconds, tag with level. */
  process(program: string, tag: string, level: Level, text: string): void {
    const uptime = ((this.#agenda.nowMicros - this.#bootMicros) / 1e6).toFixed(3);
    this.raw(`${program}[${uptime}]: [${tag}:${level}] ${text}`);
  }

  /** A status line made by the daemon: Unix seconds, no blank after the colon. */
  status(program: string, tag: string, text: string): void {
    this.raw(this.statusText(program, tag, text));
  }

  statusText(program: string, tag: string, text: string): string {
    return `${program}[${Math.floor(this.#agenda.nowMicros / 1e6)}]:[${tag}] ${text}`;
  }

  /** A glog line of the daemon itself. */
  glog(severity: 'I' | 'W' | 'E', location: string, text: string): void {
    const [, month = '', day = '', clock = ''] =
      /^\d+-(\d\d)-(\d\d)T(.*)Z$/.exec(formatMicros(this.#agenda.nowMicros)) ?? [];
    this.raw(`${severity}${month}${day} ${clock} ${String(GLOG_PID).padStart(7)} ${location}] ${text}`);
  }

  raw(text: string): void {
    this.#pending.push({ micros: this.#agenda.nowMicros, text });
  }

  /** Hands everything printed since the last flush to the log, in one piece. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    this.#pending = [];
    this.#log.append(lines);
  }
}
