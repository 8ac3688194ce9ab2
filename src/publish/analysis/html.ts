import type { AnalysisEpisode, AnalysisFinding, AnalysisNode, PtpAnalysis } from '../../api/analysis.ts';
import type { IncidentReport } from '../../api/fleet.ts';
import type { ClockReport } from '../../api/report.ts';
import type { HealthVerdict } from '../../ptp/health.ts';
import { STYLE } from './html-style.ts';
import { timelineSvg } from './html-timeline.ts';
import { Markup, markup } from './markup.ts';
import type { NodeTimeline } from './timeline.ts';
import { duration, offset, spanOf } from './words.ts';

/** Rows shown per table; the rest is counted. `--output json` has all. */
const MAX_ROWS = 300;

/** The analysis as one page that needs nothing else: no network, no script. Everything from logs is escaped. */
export function renderHtml(analysis: PtpAnalysis, timelines: ReadonlyMap<string, NodeTimeline>): string {
  const { nodes, inputs, incidents } = analysis;
  const title = `PTP analysis: ${inputs.map(({ name }) => name).join(', ')}`;
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${new Markup(STYLE)}</style></head>
<body><main><h1>PTP analysis ${badge(analysis.health)}</h1>
<p>${analysis.message}</p><p class="dim">${inputs.map(({ name }) => name).join(', ')}</p>
${inputs.flatMap(({ problems }) => problems.map((problem) => markup`<p class="warn">${problem}</p>`))}
${incidents.map(incidentSection)}${nodes.length > 1 ? nodeTable(nodes) : undefined}
${nodes.map((node, index) => nodeSection(node, index, timelines.get(node.name)))}
</main></body></html>
`;
  return page.text;
}

function badge(verdict: HealthVerdict): Markup {
  return markup`<span class="badge ${verdict}">${verdict}</span>`;
}

function incidentSection(incident: IncidentReport): Markup {
  const more = incident.totalAffected - incident.affectedNodes.length;
  return markup`<h3>Incident: ${incident.kind} ${badge(incident.severity)}</h3><p>${incident.message}</p>
<p class="dim">Affected: ${incident.affectedNodes.join(', ')}${more > 0 ? ` and ${more} more` : ''}</p>`;
}

function nodeTable(nodes: readonly AnalysisNode[]): Markup {
  const rows = nodes.map(
    (
      { name, report, episodes },
      index,
    ) => markup`<tr><td><a href="#node-${index}">${name}</a></td><td>${badge(report.health)}</td>
<td>${report.summary.syncState}</td><td>${report.summary.role}</td><td class="num">${worstOffset(report.summary.worstOffsetNanoseconds)}</td><td class="num">${episodes.length}</td><td>${report.message}</td></tr>`,
  );
  return markup`<h3>Nodes</h3><div class="scroll"><table><tr><th>Node</th><th>Verdict</th><th>Sync</th><th>Role</th><th class="num">Worst offset</th><th class="num">Faults</th><th>Why</th></tr>${rows}</table></div>`;
}

function worstOffset(nanoseconds: number | undefined): string {
  return nanoseconds === undefined ? '–' : offset(nanoseconds);
}

function nodeSection(node: AnalysisNode, index: number, timeline: NodeTimeline | undefined): Markup {
  const { report } = node;
  const { summary } = report;
  const facts = [
    `role ${summary.role}`,
    `sync ${summary.syncState}`,
    summary.grandmasterIdentity === undefined ? undefined : `grandmaster ${summary.grandmasterIdentity}`,
    summary.clockClass === undefined ? undefined : `class ${summary.clockClass}`,
    `configuration ${summary.compliance}`,
  ].filter((fact) => fact !== undefined);
  const hasChart = timeline !== undefined && timeline.offsets.length + timeline.states.length > 0;
  return markup`<section id="node-${index}"><h2>${node.name} ${badge(report.health)}</h2><p>${report.message}</p><p class="dim">${facts.join(' · ')}</p>
${hasChart ? timelineSvg(timeline, node.episodes, node.timeBase === 'WallClock') : undefined}
${episodeTable(node)}${findingTable(node.findings.filter(({ severity }) => severity !== 'Healthy'))}${clockTable(report.clocks)}${sourceList(node)}</section>`;
}

function episodeTable({ episodes, truncatedEpisodes }: AnalysisNode): Markup {
  if (episodes.length === 0) return markup`<p class="dim">No faults.</p>`;
  const rows = episodes.slice(0, MAX_ROWS).map(episodeRow);
  return markup`<h3>Faults (${episodes.length + truncatedEpisodes})</h3><div class="scroll"><table><tr><th class="num">#</th><th>Fault</th><th>When</th><th class="num">Outage</th><th>Cause and next step</th></tr>${rows}</table></div>${moreRows(episodes.length)}`;
}

function episodeRow(episode: AnalysisEpisode, index: number): Markup {
  const cause = episode.cause === null ? undefined : markup`<p>${episode.cause}</p>`;
  const remedy = episode.remedy === undefined ? undefined : markup`<p><b>Next:</b> ${episode.remedy}</p>`;
  const evidence =
    episode.evidence.length === 0
      ? undefined
      : markup`<details><summary>Evidence</summary><pre>${episode.evidence.map((line) => markup`${line}\n`)}</pre></details>`;
  return markup`<tr><td class="num ${episode.severity}"><b>${index + 1}</b></td><td><b>${episode.kind}</b><br>${episode.subject}<br><span class="${episode.severity}">${episode.severity}</span></td>
<td>${spanOf(episode)}</td><td class="num nowrap">${episode.outageSeconds > 0 ? duration(episode.outageSeconds) : '–'}</td><td>${cause}${remedy}${evidence}</td></tr>`;
}

function findingTable(findings: readonly AnalysisFinding[]): Markup | undefined {
  if (findings.length === 0) return undefined;
  const rows = findings.slice(0, MAX_ROWS).map(
    (
      finding,
    ) => markup`<tr><td class="${finding.severity}">${finding.severity}</td><td>${finding.subject}</td><td>${finding.message}${finding.remedy === undefined ? undefined : markup`<p><b>Next:</b> ${finding.remedy}</p>`}</td>
<td class="dim">${finding.rule}${finding.reference === undefined ? undefined : markup`<br>${finding.reference}`}</td></tr>`,
  );
  return markup`<h3>Checks that did not pass (${findings.length})</h3><div class="scroll"><table><tr><th>Severity</th><th>Subject</th><th>Finding</th><th>Rule</th></tr>${rows}</table></div>${moreRows(findings.length)}`;
}

function clockTable(clocks: readonly ClockReport[]): Markup | undefined {
  if (clocks.length === 0) return undefined;
  const rows = clocks.map(
    (clock) =>
      markup`<tr><td>${clock.name}</td><td>${clock.type}</td><td>${clock.state}</td>${[
        clock.offset?.lastNanoseconds,
        clock.offset?.rmsNanoseconds,
        clock.offset?.maxAbsNanoseconds,
        clock.pathDelayNanoseconds,
      ].map((value) => markup`<td class="num">${value === undefined ? '–' : offset(value)}</td>`)}</tr>`,
  );
  return markup`<h3>Clocks at the end of the logs</h3><div class="scroll"><table><tr><th>Clock</th><th>Type</th><th>State</th><th class="num">Last offset</th><th class="num">rms</th><th class="num">Largest</th><th class="num">Delay</th></tr>${rows}</table></div>`;
}

function sourceList({ sources, lines, notes }: AnalysisNode): Markup {
  const items = sources.map(
    ({ path, state, messages }) =>
      markup`<li>${path}${state === 'Read' ? '' : ` (${state.toLowerCase()})`}${messages.length === 0 ? '' : `: ${messages.join('; ')}`}</li>`,
  );
  const unknown = lines.unrecognised === 0 ? '' : `, ${lines.unrecognised} not recognised`;
  return markup`${notes.map((note) => markup`<p class="note dim">${note}</p>`)}<details><summary>${lines.total} lines read${unknown}, ${sources.length} files</summary><ul>${items}</ul></details>`;
}

function moreRows(count: number): Markup | undefined {
  return count > MAX_ROWS
    ? markup`<p class="dim">${count - MAX_ROWS} more are not shown; --output json has all.</p>`
    : undefined;
}
