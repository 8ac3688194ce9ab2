import { z } from 'zod';
import { episodeSchema, faultKind } from '../../api/common.ts';
import type { EpisodeReport } from '../../api/common.ts';
import { microsToSeconds, parseRfc3339 } from '../../ptp/time.ts';
import {
  ageLine,
  ageOf,
  answerShape,
  cursorInput,
  isAtLeast,
  limitInput,
  minSeverityInput,
  nodeInput,
  plain,
  severityRank,
  unknownNode,
} from './common.ts';
import { byKey, pageLine, pageOf, table } from './page.ts';
import { defineTool, type ToolContext } from './tool.ts';

const STATES = ['Active', 'Ended', 'All'] as const;

const row = episodeSchema
  .pick({
    kind: true,
    severity: true,
    subject: true,
    startTime: true,
    endTime: true,
    outageSeconds: true,
    cause: true,
    remedy: true,
    evidence: true,
  })
  .extend({ node: z.string() });
type Row = z.infer<typeof row>;

/** A row with what only the order of rows needs. */
interface Found {
  id: string;
  row: Row;
}

const input = z.object({
  node: nodeInput,
  state: z.enum(STATES).default('Active').describe('Active: going on now.'),
  kind: faultKind.optional(),
  minSeverity: minSeverityInput,
  since: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Only faults that began at or after this time.'),
  limit: limitInput,
  cursor: cursorInput,
});

/** Fault episodes of the fleet, worst and newest first, with cause, remedy and evidence. */
export const ptpFaults = defineTool({
  name: 'ptp_faults',
  title: 'PTP faults',
  description:
    'PTP fault episodes such as LinkDown, PortFaulty, AnnounceTimeout, Holdover or TelemetryDisagreement: node, port, start, ' +
    'outage, likely cause, remedy and evidence. Call it to see what is wrong now or went wrong since a time.',
  input,
  output: z.object({ ...answerShape, rows: z.array(row) }),
  run: (query, context) => {
    if (query.node !== undefined && !context.snapshot.nodes.has(query.node))
      return unknownNode(query.node, context);
    const found = [...matching(query, context)].sort(byKey(sortKey));
    const { rows, ...page } = pageOf(found, sortKey, query.limit, query.cursor);
    const shown = rows.map((found) => found.row);
    const age = ageOf(context);
    const text = [
      headline(query, page.total),
      ageLine(age, context.synced),
      asTable(shown),
      ...shown.flatMap(details),
      pageLine({ rows, ...page }),
    ];
    return { text: text.join('\n'), structured: { ...age, ...page, rows: shown } };
  },
});

type Query = z.infer<typeof input>;

function* matching(query: Query, { snapshot }: ToolContext): Generator<Found> {
  const since = query.since === undefined ? undefined : parseRfc3339(query.since);
  for (const report of snapshot.nodes.values()) {
    if (query.node !== undefined && report.nodeName !== query.node) continue;
    for (const episode of report.episodes) {
      if (matches(query, episode, since)) yield toRow(report.nodeName, episode);
    }
  }
}

function matches(query: Query, episode: EpisodeReport, sinceMicros: number | undefined): boolean {
  const active = episode.endTime === undefined;
  if (query.state !== 'All' && active !== (query.state === 'Active')) return false;
  if (query.kind !== undefined && episode.kind !== query.kind) return false;
  if (!isAtLeast(episode.severity, query.minSeverity)) return false;
  return sinceMicros === undefined || (startMicros(episode.startTime) ?? 0) >= sinceMicros;
}

function toRow(node: string, episode: EpisodeReport): Found {
  const { id, kind, severity, subject, startTime, endTime, outageSeconds, cause, remedy, evidence } = episode;
  const row = {
    node,
    kind,
    severity,
    subject: plain(subject, 128),
    outageSeconds,
    ...(startTime === undefined ? {} : { startTime }),
    ...(endTime === undefined ? {} : { endTime }),
    ...(cause === undefined ? {} : { cause: plain(cause, 256) }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(evidence === undefined ? {} : { evidence: evidence.slice(0, 1).map((line) => plain(line, 200)) }),
  };
  return { id, row };
}

function startMicros(time: string | undefined): number | undefined {
  return time === undefined ? undefined : parseRfc3339(time);
}

/** Seconds until here, so that the newest start sorts first as text. */
const FAR_FUTURE_SECONDS = 99_999_999_999;

function sortKey({ id, row: { severity, startTime, node } }: Found): string {
  const untilFarFuture = FAR_FUTURE_SECONDS - Math.floor(microsToSeconds(startMicros(startTime) ?? 0));
  return `${severityRank(severity)} ${String(untilFarFuture).padStart(11, '0')} ${node} ${id}`;
}

function headline(query: Query, total: number): string {
  const scope = query.node === undefined ? 'in the fleet' : `on ${query.node}`;
  const state = query.state === 'Active' ? ' going on' : query.state === 'Ended' ? ' that ended' : '';
  return total === 0
    ? `No faults${state} ${scope}.`
    : `${total} fault${total === 1 ? '' : 's'}${state} ${scope}.`;
}

function asTable(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((one) => [
    one.node,
    one.severity,
    one.kind,
    one.subject,
    one.startTime ?? '-',
    one.endTime ?? 'going on',
    String(one.outageSeconds),
  ]);
  return table(['NODE', 'SEVERITY', 'KIND', 'SUBJECT', 'START', 'END', 'OUTAGE(s)'], cells);
}

function details(one: Row): string[] {
  const cause = one.cause === undefined ? '' : ` ${one.cause}.`;
  const remedy = one.remedy === undefined ? '' : ` Do: ${one.remedy}`;
  const evidence = one.evidence?.[0] === undefined ? '' : ` Log (untrusted): ${one.evidence[0]}`;
  return cause + remedy + evidence === ''
    ? []
    : [plain(`- ${one.node} ${one.kind} ${one.subject}:${cause}${remedy}${evidence}`, 700)];
}
