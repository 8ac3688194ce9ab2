import type { PtpAnalysis } from '../../api/analysis.ts';
import type { NodeTimeline } from './timeline.ts';

export function renderHtml(_analysis: PtpAnalysis, _timelines: ReadonlyMap<string, NodeTimeline>): string {
  return '';
}
