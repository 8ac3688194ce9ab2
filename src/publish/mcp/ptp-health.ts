import { z } from 'zod';
import { atomicList, reasonSchema, type Reason } from '../../api/common.ts';
import { reportStatusSchema } from '../../api/report.ts';
import type { NodeReport } from '../../report/snapshot.ts';
import {
  ageLine,
  ageOf,
  answerShape,
  cursorInput,
  healthVerdict,
  isAtLeast,
  limitInput,
  minSeverityInput,
  nodeInput,
  perSnapshot,
  plain,
  severityRank,
  unknownNode,
} from './common.ts';
import { pageLine, pageOf, sortedBy, table } from './page.ts';
import { defineTool } from './tool.ts';

const summary = reportStatusSchema.shape.summary.shape;

const row = z.object({
  node: z.string(),
  health: healthVerdict,
  role: summary.role,
  syncState: summary.syncState,
  worstOffsetNanoseconds: summary.worstOffsetNanoseconds,
  activeFaults: summary.activeFaults,
  faultsLastHour: summary.faultsLastHour,
  compliance: summary.compliance,
  freshness: summary.freshness,
  message: z.string(),
});
type Row = z.infer<typeof row>;

const output = z.object({
  ...answerShape,
  verdict: healthVerdict,
  message: z.string(),
  rows: z.array(row),
  because: atomicList(reasonSchema, 8, 'With node only: why.').optional(),
});

/** The first tool to call: verdict on the fleet and one row per node, worst first. */
export const ptpHealth = defineTool({
  name: 'ptp_health',
  title: 'PTP health',
  description:
    'PTP time synchronisation health of the cluster or one node: verdict, sync state, clock offset in ns, role, faults, ' +
    'compliance, data age, with the reasons when a node is named. Start here.',
  input: z.object({ node: nodeInput, minSeverity: minSeverityInput, limit: limitInput, cursor: cursorInput }),
  output,
  run: (input, context) => {
    const { snapshot, synced } = context;
    const named = input.node === undefined ? undefined : snapshot.nodes.get(input.node);
    if (input.node !== undefined && named === undefined) return unknownNode(input.node, context);

    const sorted = named === undefined ? worstFirst(snapshot) : sortedBy([named], sortKey);
    const chosen = sorted.filter(({ row }) => isAtLeast(row.status.health, input.minSeverity));
    const { rows, ...page } = pageOf(chosen, input.limit, input.cursor);
    const shown = rows.map(toRow);
    const age = ageOf(context);
    const because = named?.status.because;
    const verdict = named === undefined ? snapshot.fleet.health : named.status.health;
    const message = plain(named === undefined ? snapshot.fleet.message : named.status.message, 512);
    const text = [
      `${verdict}: ${message}`,
      ageLine(age, synced),
      asTable(shown),
      ...(because ?? []).map(reasonLine),
      pageLine({ rows: shown, ...page }),
    ];
    return {
      text: text.join('\n'),
      structured: {
        ...age,
        ...page,
        verdict,
        message,
        rows: shown,
        ...(because === undefined ? {} : { because }),
      },
    };
  },
});

function toRow({ nodeName, status }: NodeReport): Row {
  const { role, syncState, worstOffsetNanoseconds, activeFaults, faultsLastHour, compliance, freshness } =
    status.summary;
  return {
    node: nodeName,
    health: status.health,
    role,
    syncState,
    ...(worstOffsetNanoseconds === undefined ? {} : { worstOffsetNanoseconds }),
    activeFaults,
    faultsLastHour,
    compliance,
    freshness,
    message: plain(status.message, 120),
  };
}

const worstFirst = perSnapshot(({ nodes }) => sortedBy(nodes.values(), sortKey));

function sortKey({ status, nodeName }: NodeReport): string {
  return `${severityRank(status.health)} ${nodeName}`;
}

const HEADER = [
  'NODE',
  'HEALTH',
  'SYNC',
  'OFFSET(ns)',
  'ROLE',
  'ACTIVE',
  'FAULTS(1h)',
  'COMPLIANT',
  'FRESH',
  'MESSAGE',
];

function asTable(rows: readonly Row[]): string {
  const cells = rows.map((one) => [
    one.node,
    one.health,
    one.syncState,
    one.worstOffsetNanoseconds === undefined ? '-' : String(one.worstOffsetNanoseconds),
    one.role,
    String(one.activeFaults),
    String(one.faultsLastHour),
    one.compliance,
    one.freshness,
    one.message,
  ]);
  return table(HEADER, cells);
}

function reasonLine(reason: Reason): string {
  const seen = reason.observed === undefined ? '' : ` Seen: ${reason.observed}.`;
  const allowed = reason.limit === undefined ? '' : ` Allowed: ${reason.limit}.`;
  const remedy = reason.remedy === undefined ? '' : ` Do: ${reason.remedy}`;
  return plain(
    `- ${reason.severity} ${reason.subject}: ${reason.message}${seen}${allowed}${remedy} [${reason.rule}]`,
    700,
  );
}
