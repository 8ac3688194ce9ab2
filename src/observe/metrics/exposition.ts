/**
 * Scanner for the Prometheus text format (and OpenMetrics, as far as samples go). It looks only at
 * lines whose name has the wanted prefix: a node's page is mostly about other things.
 */
export type SampleSink = (name: string, labels: Readonly<Record<string, string>>, value: number) => void;

export interface ScanResult {
  samples: number;
  /** Lines with the prefix that could not be read. */
  malformed: number;
}

/** Beyond this a line is no sample; the bound keeps the cost of a hostile page linear. */
const MAX_LINE_LENGTH = 16_384;

/** Names are handed over without the prefix. A malformed line is counted and passed by. */
export function scanExposition(text: string, prefix: string, onSample: SampleSink): ScanResult {
  const result: ScanResult = { samples: 0, malformed: 0 };
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (text.startsWith(prefix, start)) {
      if (end - start <= MAX_LINE_LENGTH && readSample(text.slice(start + prefix.length, end), onSample))
        result.samples += 1;
      else result.malformed += 1;
    }
    start = end + 1;
  }
  return result;
}

/** `name{label="value",…} value [timestamp] [# exemplar]` */
const SAMPLE = /^([A-Za-z0-9_:]+)[ \t]*(?:\{(.*?)\})?[ \t]+([^\s#]+)(?:[ \t].*)?$/;

function readSample(line: string, onSample: SampleSink): boolean {
  const match = SAMPLE.exec(line.trimEnd());
  if (match === null) return false;
  const [, name = '', labelText = '', valueText = ''] = match;
  const labels = readLabels(labelText.trimEnd());
  const value = readValue(valueText);
  if (labels === undefined || value === undefined) return false;
  onSample(name, labels, value);
  return true;
}

const LABEL = /[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(?:,|$)/y;
/** More labels than any metric of the platform has. */
const MAX_LABELS = 32;

function readLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let count = 0; LABEL.lastIndex < text.length; count++) {
    const match = LABEL.exec(text);
    if (match === null || count >= MAX_LABELS) return undefined;
    const [, name = '', value = ''] = match;
    labels[name] = value.includes('\\') ? unescape(value) : value;
  }
  return labels;
}

function unescape(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

const SPECIAL_VALUES: Readonly<Record<string, number>> = {
  NaN: NaN,
  '+Inf': Infinity,
  Inf: Infinity,
  '-Inf': -Infinity,
};

function readValue(text: string): number | undefined {
  const special = SPECIAL_VALUES[text];
  if (special !== undefined) return special;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}
