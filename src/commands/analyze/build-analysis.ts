import type {
  AnalysisEpisode,
  AnalysisFinding,
  AnalysisNode,
  AnalysisSource,
  PtpAnalysis,
} from '../../api/analysis.ts';
import { API_GROUP, API_VERSION } from '../../api/common.ts';
import type { IncidentReport } from '../../api/fleet.ts';
import type { Finding } from '../../assess/finding.ts';
import { compareFindings, severityRank, worstOf } from '../../assess/severity.ts';
import type { FileResult } from '../../observe/archive/log-stream.ts';
import type { Inventory } from '../../observe/archive/inventory.ts';
import type { NodePlan, Plan } from '../../observe/archive/node-plan.ts';
import { formatMicros, microsToSeconds, type Micros } from '../../ptp/time.ts';
import type { EpisodeDetail } from '../../report/snapshot.ts';
import type { NodeOutcome } from './group-run.ts';
import type { AnalyzeOptions } from './options.ts';
import { windowFor } from './time-window.ts';

export interface InputResult {
  name: string;
  problems: string[];
}

export interface AnalysisParts {
  outcomes: readonly NodeOutcome[];
  incidents: readonly IncidentReport[];
  inputs: readonly InputResult[];
  plan: Plan;
  inventories: readonly Inventory[];
  options: AnalyzeOptions;
}

/** Puts the public document together. Equal input gives equal bytes: everything is sorted, nothing is now. */
export function buildAnalysis({
  outcomes,
  incidents,
  inputs,
  plan,
  inventories,
  options,
}: AnalysisParts): PtpAnalysis {
  const nodes = outcomes
    .map((outcome) => nodeOf(outcome, plan, options))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const health = nodes.length === 0 ? 'Unknown' : worstOf(nodes.map((node) => node.report.health));
  return {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: 'PtpAnalysis',
    health,
    message: messageOf(nodes, incidents),
    nodes,
    incidents: [...incidents].sort(
      (a, b) => severityRank(b.severity) - severityRank(a.severity) || (a.id < b.id ? -1 : 1),
    ),
    inputs: inputs.map(({ name, problems }) => ({
      name,
      problems: [...problems, ...unusableOf(name, inventories)],
    })),
  };
}

function messageOf(nodes: readonly AnalysisNode[], incidents: readonly IncidentReport[]): string {
  if (nodes.length === 0) return 'Nothing could be judged: no PTP log was found.';
  if (nodes.every((node) => node.report.health === 'Unknown')) {
    return `Nothing could be judged: what was read says nothing about the clocks of ${plural(nodes.length, 'node')}.`;
  }
  const unhealthy = nodes.filter((node) => node.report.health !== 'Healthy');
  const faults = nodes.reduce((sum, node) => sum + node.episodes.length, 0);
  const healthy = `${nodes.length - unhealthy.length} of ${plural(nodes.length, 'node')} healthy`;
  const episodes = faults === 0 ? 'no faults' : plural(faults, 'fault');
  return `${healthy}, ${episodes}${incidents.length === 0 ? '' : `, ${plural(incidents.length, 'incident')}`}.`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function unusableOf(input: string, inventories: readonly Inventory[]): string[] {
  return inventories
    .filter((inventory) => inventory.input.files.name === input)
    .flatMap(({ unusable }) =>
      unusable.map(({ path, reason }) => (path === input ? reason : `${path}: ${reason}`)),
    );
}

function nodeOf(outcome: NodeOutcome, plan: Plan, options: AnalyzeOptions): AnalysisNode {
  const { report, axis, files, episodes } = outcome;
  const window = axis === 'None' ? undefined : windowFor(axis, options.since, options.until);
  const lines = { total: 0, recognised: 0, unrecognised: 0 };
  for (const file of files) {
    lines.total += file.lines.total;
    lines.recognised += file.lines.recognised;
    lines.unrecognised += file.lines.unrecognised;
  }
  return {
    name: outcome.plan.name,
    timeBase: axis === 'Wall' ? 'WallClock' : axis,
    report: withoutCheckpoint(report.status),
    episodes: episodes.episodes
      .filter((episode) => window === undefined || (episode.endMicros ?? Infinity) >= window.sinceMicros)
      .map((episode) => episodeOf(episode, outcome)),
    truncatedEpisodes: episodes.truncated,
    findings: report.findings
      .filter(({ result }) => result !== 'Pass' && result !== 'Skip')
      .sort(compareFindings)
      .map((finding) => findingOf(finding, axis)),
    sources: [
      ...files.map((file) => logSource(file, axis)),
      ...configSources(outcome.plan),
      ...objectSources(plan),
    ],
    lines,
    notes: notesOf(outcome, options),
  };
}

/** The checkpoint is for an operator that starts again; here it would only be noise. */
function withoutCheckpoint(status: NodeOutcome['report']['status']): AnalysisNode['report'] {
  const shown = { ...status };
  delete shown.checkpoint;
  return shown;
}

function episodeOf(episode: EpisodeDetail, { axis, bootMicros }: NodeOutcome): AnalysisEpisode {
  const wall = (micros: Micros | undefined): string | null =>
    axis === 'Wall' && micros !== undefined ? formatMicros(micros) : null;
  const monotonic = (uptime: Micros | undefined, micros: Micros | undefined): number | null => {
    // Zero is the time of lines that carry none and come before any that does.
    if (micros === undefined || (uptime === undefined && micros === 0)) return null;
    const known =
      uptime ?? (axis === 'Uptime' ? micros : bootMicros === undefined ? undefined : micros - bootMicros);
    return known === undefined ? null : microsToSeconds(known);
  };
  const { startMicros, endMicros } = episode;
  return {
    id: episode.id,
    kind: episode.kind,
    subject: episode.subject,
    ...(episode.instance !== undefined && { instance: episode.instance }),
    start: wall(startMicros),
    end: wall(endMicros),
    monotonicStart: monotonic(episode.uptimeStartMicros, startMicros),
    monotonicEnd: monotonic(episode.uptimeEndMicros, endMicros),
    active: endMicros === undefined,
    outageSeconds: episode.outageSeconds,
    severity: episode.severity,
    cause: episode.cause ?? null,
    ...(episode.causeConfidence !== undefined && { causeConfidence: episode.causeConfidence }),
    evidence: [...(episode.evidence ?? [])],
    ...(episode.remedy !== undefined && { remedy: episode.remedy }),
  };
}

const FINDING_TEXTS = [
  'instance',
  'observed',
  'expected',
  'limit',
  'unit',
  'source',
  'remedy',
  'reference',
] as const;

function findingOf(finding: Finding, axis: NodeOutcome['axis']): AnalysisFinding {
  const { rule, dimension, result, severity, subject, message, observedMicros } = finding;
  const shown: AnalysisFinding = { rule, dimension, result, severity, subject, message };
  for (const key of FINDING_TEXTS) {
    const value = finding[key];
    if (value !== undefined) shown[key] = value;
  }
  if (observedMicros !== undefined && axis === 'Wall') shown.observedTime = formatMicros(observedMicros);
  return shown;
}

function logSource(file: FileResult, axis: NodeOutcome['axis']): AnalysisSource {
  const { firstMicros, lastMicros } = file;
  const isWall = axis === 'Wall';
  const source: AnalysisSource = {
    input: file.input,
    path: file.path,
    kind: 'Log',
    state: file.state,
    messages: file.messages,
    lines: file.lines,
  };
  if (file.samples.length > 0) source.unrecognisedSamples = file.samples.slice(0, 10);
  if (firstMicros === undefined || lastMicros === undefined || axis === 'None') return source;
  return {
    ...source,
    start: isWall ? formatMicros(firstMicros) : null,
    end: isWall ? formatMicros(lastMicros) : null,
    monotonicStart: isWall ? null : microsToSeconds(firstMicros),
    monotonicEnd: isWall ? null : microsToSeconds(lastMicros),
  };
}

function configSources(plan: NodePlan): AnalysisSource[] {
  return plan.configs.map(({ inventory, file }) => ({
    input: inventory.input.files.name,
    path: file.entry.path,
    kind: 'Configuration',
    state: 'Read',
    messages: [],
  }));
}

function objectSources(plan: Plan): AnalysisSource[] {
  return plan.objectFiles.map(({ inventory, file, problem }) => ({
    input: inventory.input.files.name,
    path: file.entry.path,
    kind: 'Resource',
    state: problem === undefined ? 'Read' : 'Unusable',
    messages: problem === undefined ? [] : [problem],
  }));
}

/** Fewer are several processes writing to one log. */
const MANY_OUT_OF_ORDER = 20;

function notesOf(
  { plan, axis, setBacks, disorder, episodes }: NodeOutcome,
  options: AnalyzeOptions,
): string[] {
  const notes = [...plan.notes];
  for (const { name, pieces } of plan.series) {
    if (pieces.length > 1) notes.push(`${name}: ${pieces.length} pieces joined in time order.`);
  }
  if (axis === 'Uptime') notes.push("The logs have no wall clock: times are seconds of the host's uptime.");
  if (axis === 'None') notes.push('The logs have no time stamps: how long things took cannot be told.');
  if (setBacks > 0)
    notes.push(
      `Time went back ${plural(setBacks, 'time')} in the logs: a clock was set back or the host was restarted.`,
    );
  if (disorder > MANY_OUT_OF_ORDER)
    notes.push(
      `${disorder} lines are more than a second older than the line before them: the log is out of order.`,
    );
  if (episodes.truncated > 0) notes.push(`${episodes.truncated} more faults are not listed.`);
  for (const [flag, moment] of [
    ['--since', options.since],
    ['--until', options.until],
  ] as const) {
    if (moment !== undefined && moment.axis !== axis)
      notes.push(
        `${flag} was not applied: the logs have ${axis === 'Wall' ? 'the wall clock' : 'no wall clock'}.`,
      );
  }
  return notes;
}
