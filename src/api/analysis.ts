import { z } from 'zod';
import { DIMENSIONS } from '../assess/finding.ts';
import { API_GROUP, API_VERSION, checkResult, faultKind, healthVerdict } from './common.ts';
import { incidentSchema } from './fleet.ts';
import { reportStatusSchema } from './report.ts';

/**
 * PtpAnalysis: what `ptp-health analyze --output json` prints. Not a Kubernetes kind: it is as long as
 * its input needs. A stable contract: fields are added, never renamed or removed.
 */

const microTime = z
  .string()
  .meta({ format: 'date-time' })
  .nullable()
  .describe('RFC 3339 with microseconds; null where the log has no wall clock.');
const monotonic = z
  .number()
  .nullable()
  .describe("Seconds of the host's monotonic clock; null where the log has none.");
const lineCounts = z.object({
  total: z.int().min(0).describe('All lines, empty ones and other programs’ too.'),
  recognised: z.int().min(0).describe('Lines whose meaning is known.'),
  unrecognised: z.int().min(0).describe('Lines of a program we read, in a wording we do not know.'),
});

const analysisEpisodeSchema = z.object({
  id: z.string().describe('Stable within the node.'),
  kind: faultKind,
  subject: z.string().describe('Port, clock or process concerned.'),
  instance: z.string().optional().describe('Profile whose process showed it.'),
  start: microTime,
  end: microTime.describe('Null while it goes on, and where the log has no wall clock.'),
  monotonicStart: monotonic,
  monotonicEnd: monotonic,
  active: z.boolean().describe('It still went on at the end of the logs.'),
  outageSeconds: z.number().min(0).describe('How long the subject was without its function.'),
  severity: healthVerdict,
  cause: z.string().nullable().describe('Most likely cause; null when nothing points to one.'),
  causeConfidence: z.enum(['Low', 'Medium', 'High']).optional(),
  evidence: z.array(z.string()).describe('Lines or readings that show it. Untrusted text.'),
  remedy: z.string().optional().describe('What to do.'),
});
export type AnalysisEpisode = z.infer<typeof analysisEpisodeSchema>;

const analysisFindingSchema = z.object({
  rule: z.string().describe('Rule, see docs/rules.md.'),
  dimension: z.enum(DIMENSIONS),
  result: checkResult,
  severity: healthVerdict,
  subject: z.string(),
  instance: z.string().optional(),
  message: z.string(),
  observed: z.string().optional(),
  expected: z.string().optional(),
  limit: z.string().optional(),
  unit: z.string().optional(),
  source: z.string().optional(),
  observedTime: microTime.optional(),
  remedy: z.string().optional(),
  reference: z.string().optional(),
});
export type AnalysisFinding = z.infer<typeof analysisFindingSchema>;

const analysisSourceSchema = z.object({
  input: z.string().describe('The PATH it was found in.'),
  path: z.string().describe('The file within it.'),
  kind: z.enum(['Log', 'Configuration', 'Resource']),
  state: z.enum(['Read', 'Partly', 'Unusable']),
  messages: z.array(z.string()).describe('Why it could not be read wholly, or what was odd.'),
  lines: lineCounts.optional(),
  unrecognisedSamples: z.array(z.string()).optional().describe('One line of each wording. Untrusted text.'),
  start: microTime.optional(),
  end: microTime.optional(),
  monotonicStart: monotonic.optional(),
  monotonicEnd: monotonic.optional(),
});
export type AnalysisSource = z.infer<typeof analysisSourceSchema>;

const analysisNodeSchema = z.object({
  name: z.string(),
  timeBase: z
    .enum(['WallClock', 'Uptime', 'None'])
    .describe('Uptime: times in `report` count from boot as if it were 1970-01-01T00:00:00Z.'),
  report: reportStatusSchema.describe(
    'Status of the PtpHealthReport as the operator would write it at the end of the logs.',
  ),
  episodes: z.array(analysisEpisodeSchema).describe('All faults, by start.'),
  truncatedEpisodes: z.int().min(0).describe('Episodes beyond what was kept.'),
  findings: z.array(analysisFindingSchema).describe('Checks that did not pass, worst first.'),
  sources: z.array(analysisSourceSchema),
  lines: lineCounts,
  notes: z.array(z.string()).describe('How the logs were put together: gaps, order, time.'),
});
export type AnalysisNode = z.infer<typeof analysisNodeSchema>;

export const analysisSchema = z.object({
  apiVersion: z.literal(`${API_GROUP}/${API_VERSION}`),
  kind: z.literal('PtpAnalysis'),
  health: healthVerdict.describe('The worst verdict of all nodes.'),
  message: z.string().describe('The result in one sentence.'),
  nodes: z.array(analysisNodeSchema).describe('Nodes by name.'),
  incidents: z.array(incidentSchema).describe('Nodes that degraded together, and their common cause.'),
  inputs: z
    .array(z.object({ name: z.string(), problems: z.array(z.string()) }))
    .describe('The PATHs given and what was wrong with them as a whole.'),
});
export type PtpAnalysis = z.infer<typeof analysisSchema>;

/** JSON Schema of the analysis, for docs/generated/ptp-analysis.schema.json. */
export function renderAnalysisSchema(): string {
  const schema = z.toJSONSchema(analysisSchema, { target: 'draft-2020-12', io: 'output' });
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'PtpAnalysis',
    description: 'What `ptp-health analyze --output json` prints.',
    ...schema,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
