import { buildExpected } from '../../assess/expected-model.ts';
import type { Expected } from '../../assess/expected.ts';
import { programOfConfig, runtimeNameOf } from '../../observe/archive/config-file.ts';

/** The first line that says anything: a linuxptp configuration opens a section with it. */
const SECTION_LINE = /^\[[^[\]{},"':]+\]\s*$/;
const MAX_LINES = 200;

/** Is the text a plain linuxptp configuration, not YAML? */
export function isLinuxptpText(text: string): boolean {
  let start = 0;
  for (let count = 0; count < MAX_LINES; count += 1) {
    const newline = text.indexOf('\n', start);
    const line = text.slice(start, newline === -1 ? undefined : newline).trim();
    if (line !== '' && !line.startsWith('#')) return SECTION_LINE.test(line);
    if (newline === -1) return false;
    start = newline + 1;
  }
  return false;
}

/** The model of a node that runs nothing but this configuration. */
export function expectedOfText(path: string, text: string, linuxptpVersion?: string): Expected {
  const program = programOfConfig(path, text);
  const file = { program, configName: runtimeNameOf(path, text), text } as const;
  return buildExpected({
    files: [{ kind: 'configFile', node: '', source: 'Archive', atMicros: 0, ...file }],
    linuxptpVersion,
  });
}
