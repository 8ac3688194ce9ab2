import type { PtpAnalysis } from '../../api/analysis.ts';

/** The stable contract of `--output json`; its schema is docs/generated/ptp-analysis.schema.json. */
export function renderJson(analysis: PtpAnalysis): string {
  return `${JSON.stringify(analysis, undefined, 2)}\n`;
}
