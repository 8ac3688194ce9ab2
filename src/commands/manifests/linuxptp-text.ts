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
