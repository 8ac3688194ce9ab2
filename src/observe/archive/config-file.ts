import type { Program } from '../../ptp/states.ts';
import { baseName } from './file-set.ts';

/** Most bytes a configuration may have; linuxptp's own are a few kilobytes. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

const PROGRAM_IN_NAME = /(ptp4l|phc2sys|ts2phc|synce4l|chrony)/i;
const RUNTIME_NAME = /((?:ptp4l|phc2sys|ts2phc|synce4l|chronyd)\.\d+\.config)/;
const MESSAGE_TAG = /^[ \t]*message_tag[ \t]+\[([^\]:\s]+)/m;

/** Options that only one program has. */
const PROGRAM_BY_OPTION: readonly { pattern: RegExp; program: Program }[] = [
  { pattern: /^\s*(?:ts2phc\.|\[nmea\])/m, program: 'ts2phc' },
  { pattern: /^\s*(?:\[<[^>]+>\]|eec_|network_option)/m, program: 'synce4l' },
];

/** Which program a configuration file is for: by its name, else by what it says. */
export function programOfConfig(path: string, text: string): Program {
  const named = PROGRAM_IN_NAME.exec(baseName(path))?.[1]?.toLowerCase();
  if (named !== undefined) return named === 'chrony' ? 'chronyd' : (named as Program);
  return PROGRAM_BY_OPTION.find(({ pattern }) => pattern.test(text))?.program ?? 'ptp4l';
}

/** The name that log lines carry for it: from the file name, else from its message_tag. */
export function runtimeNameOf(path: string, text: string): string {
  return RUNTIME_NAME.exec(baseName(path))?.[1] ?? MESSAGE_TAG.exec(text)?.[1] ?? baseName(path);
}
