import { z } from 'zod';
import { CHECK_RESULTS, HEALTH_VERDICTS } from '../ptp/health.ts';
import { FAULT_KINDS } from '../ptp/fault-kind.ts';
import { atomicList, count, int32, mapList, nanoseconds, text, time } from './schema.ts';

export const API_GROUP = 'ptphealth.io';
export const API_VERSION = 'v1alpha1';

export const healthVerdict = z
  .enum(HEALTH_VERDICTS)
  .describe('Healthy, Minor, Moderate or Critical; Unknown when it cannot be judged.');
export const checkResult = z
  .enum(CHECK_RESULTS)
  .describe(
    'Pass, Fail or Warn; Error: the check could not be made; Skip: it does not apply; Unknown: no data.',
  );
export const faultKind = z.enum(FAULT_KINDS).describe('Kind of the fault, see docs/faults.md.');

/** One reason behind a verdict: which rule, what it saw, what it allows, who said so and how old that is. */
export const reasonSchema = z.object({
  rule: text(64, 'Rule that decided, see docs/rules.md.'),
  severity: healthVerdict,
  subject: text(128, 'What it is about: a port, a clock, a process or a source.'),
  message: text(512, 'The reason in one sentence.'),
  observed: text(128, 'What was seen, with unit.').optional(),
  limit: text(128, 'What is allowed, with unit.').optional(),
  source: text(32, 'Where it was seen: Log, Metric, Resource, Event or Archive.').optional(),
  observedTime: time('When it was seen.').optional(),
  remedy: text(512, 'What to do about it.').optional(),
  reference: text(128, 'Standard and clause, or upstream issue.').optional(),
});
export type Reason = z.infer<typeof reasonSchema>;

/** Kubernetes' standard condition. */
export const conditionSchema = z.object({
  type: text(64, 'Condition type in CamelCase.'),
  status: z.enum(['True', 'False', 'Unknown']).describe('True, False or Unknown.'),
  observedGeneration: z
    .int()
    .min(0)
    .max(9_007_199_254_740_991)
    .meta({ format: 'int64', description: 'Generation the condition was computed from.' })
    .optional(),
  lastTransitionTime: time('When status last changed.'),
  reason: z
    .string()
    .max(64)
    .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
    .describe('Stable reason in CamelCase.'),
  message: text(512, 'The reason in words, without changing numbers.'),
});
export type Condition = z.infer<typeof conditionSchema>;
export const conditions = mapList(
  conditionSchema,
  'type',
  12,
  'Ready, DataFresh, Synchronized, Compliant and HardwareMapped; absent means Unknown.',
);

export const kindCountSchema = z.object({
  kind: faultKind,
  count: count('Episodes of this kind in the last 24 hours.'),
});

/** One episode of a fault: from the first evidence until recovery holds. */
export const episodeSchema = z.object({
  id: text(64, 'Stable identity of the episode within the node.'),
  kind: faultKind,
  severity: healthVerdict,
  subject: text(128, 'Port, clock or process concerned, for example `ens1f0`.'),
  instance: text(128, 'Profile whose process showed it.').optional(),
  startTime: time('First evidence.').optional(),
  endTime: time('When recovery was seen; absent while it goes on.').optional(),
  outageSeconds: count('How long the subject was without its function, so far.'),
  cause: text(256, 'Most likely cause.').optional(),
  causeConfidence: z.enum(['Low', 'Medium', 'High']).describe('How sure the cause is.').optional(),
  evidence: atomicList(z.string().max(300), 3, 'Lines or readings that show it. Untrusted text.').optional(),
  remedy: text(512, 'What to do.').optional(),
});
export type EpisodeReport = z.infer<typeof episodeSchema>;

export { atomicList, count, int32, mapList, nanoseconds, text, time };
