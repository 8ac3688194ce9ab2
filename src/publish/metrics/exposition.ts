import type { MetricDefinition, MetricInput } from './definition.ts';

/** Of the text format below. */
export const EXPOSITION_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * The Prometheus text format, version 0.0.4. Written straight from the rows: thousands of series at
 * each scrape leave nothing behind but the text.
 */
export function renderMetric(
  definition: MetricDefinition,
  input: MetricInput,
  onError: (error: unknown, metric: string) => void,
): string {
  const { name, help, type, labels, collect } = definition;
  let text = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  const openings = labels.map((label, index) => `${index === 0 ? `${name}{` : ','}${label}="`);
  try {
    collect(input, (value, ...labelValues) => {
      if (value === undefined) return;
      if (openings.length === 0) text += name;
      for (let index = 0; index < openings.length; index++)
        text += `${openings[index] ?? ''}${escapeLabel(String(labelValues[index] ?? ''))}"`;
      text += `${openings.length === 0 ? '' : '}'} ${numberText(value)}\n`;
    });
  } catch (error) {
    // Costs this metric its remaining series; the others must stay visible.
    onError(error, name);
  }
  return text;
}

const SPECIAL = /[\\"\n]/;

/** Label values may come from outside (profile and interface names). */
function escapeLabel(value: string): string {
  if (!SPECIAL.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
