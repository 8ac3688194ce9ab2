import { z } from 'zod';
import { episodeSchema, faultKind } from '../../api/common.ts';
import { microsToSeconds, parseRfc3339 } from '../../ptp/time.ts';
import type { EpisodeDetail, FleetSnapshot, NodeReport } from '../../report/snapshot.ts';
import {
  ageLine,
  ageOf,
  answerShape,
  cursorInput,
  isAtLeast,
  limitInput,
  minSeverityInput,
  nodeInput,
  perSnapshot,
  plain,
  severityRank,
  unknownNode,
} from './common.ts';
import { pageLine, pageOf, sortedBy, table, type Keyed } from './page.ts';
import { defineTool } from './tool.ts';

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

interface Found {
  node: string;
  episode: EpisodeDetail;
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
    const { rows, ...page } = pageOf(matching(query, context.snapshot), query.limit, query.cursor);
    const shown = rows.map(toRow);
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

/** The usual question is what goes on now, which is the same for all who ask of one snapshot. */
const goingOn = perSnapshot(({ nodes }) =>
  sortedBy(
    episodesOf(nodes.values()).filter(({ episode }) => episode.endTime === undefined),
    sortKey,
  ),
);

function matching(query: Query, snapshot: FleetSnapshot): Keyed<Found>[] {
  const since = query.since === undefined ? undefined : parseRfc3339(query.since);
  const fits = ({ episode }: Found): boolean => matches(query, episode, since);
  if (query.node === undefined && query.state === 'Active')
    return goingOn(snapshot).filter(({ row }) => fits(row));
  const report = query.node === undefined ? undefined : snapshot.nodes.get(query.node);
  return sortedBy(
    episodesOf(report === undefined ? snapshot.nodes.values() : [report]).filter(fits),
    sortKey,
  );
}

function episodesOf(reports: Iterable<NodeReport>): Found[] {
  const found: Found[] = [];
  for (const { nodeName, episodes } of reports)
    for (const episode of episodes) found.push({ node: nodeName, episode });
  return found;
}

function matches(query: Query, episode: EpisodeDetail, sinceMicros: number | undefined): boolean {
  const active = episode.endTime === undefined;
  if (query.state !== 'All' && active !== (query.state === 'Active')) return false;
  if (query.kind !== undefined && episode.kind !== query.kind) return false;
  if (!isAtLeast(episode.severity, query.minSeverity)) return false;
  return sinceMicros === undefined || episode.startMicros >= sinceMicros;
}

function toRow({ node, episode }: Found): Row {
  const { kind, severity, subject, startTime, endTime, outageSeconds, cause, remedy, evidence } = episode;
  return {
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
}

/** Seconds until here, so that the newest start sorts first as text. */
const FAR_FUTURE_SECONDS = 99_999_999_999;

function sortKey({ node, episode: { id, severity, startMicros } }: Found): string {
  const untilFarFuture = FAR_FUTURE_SECONDS - Math.floor(microsToSeconds(startMicros));
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
