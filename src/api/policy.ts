import { z } from 'zod';
import { conditionSchema } from './common.ts';
import { atomicList, count, int32, mapList, text } from './schema.ts';

/** PtpHealthPolicy: limits and habits for the nodes it selects. Without one, the defaults below hold. */

const nodeSelector = atomicList(
  z.object({
    key: text(317, 'Node label key.'),
    values: atomicList(z.string().max(63), 32, 'Accepted values; empty accepts any.').optional(),
  }),
  16,
  'Labels a node must have, all of them; empty selects every node.',
);

const limits = z
  .object({
    offsetNanoseconds: count('Largest |offset| of a PHC in normal operation.', 1_000_000_000).default(100),
    criticalOffsetNanoseconds: count(
      '|offset| beyond which the node is critical (G.8271.1: 1.1 us at point C).',
      1_000_000_000,
    ).default(1_100),
    osClockOffsetNanoseconds: count(
      'Largest |offset| of CLOCK_REALTIME from the PHC.',
      1_000_000_000,
    ).default(250),
    pathDelayStepNanoseconds: count(
      'Step of the mean path delay that may hide an asymmetry.',
      1_000_000_000,
    ).default(50),
    holdoverRemainingPercent: count('Holdover budget left below which the node is critical.', 100).default(
      25,
    ),
  })
  .meta({
    description: 'Limits of errors.',
    'x-kubernetes-validations': [
      {
        rule: 'self.offsetNanoseconds <= self.criticalOffsetNanoseconds',
        message: 'offsetNanoseconds must not exceed criticalOffsetNanoseconds',
      },
    ],
  });

const bands = z
  .object({
    windowSeconds: count('Window in which episodes are counted.', 604_800).default(86_400),
    minorFrom: count('Episodes from which stability is Minor.').default(1),
    moderateFrom: count('Episodes from which stability is Moderate.').default(10),
    criticalFrom: count('Episodes from which stability is Critical.').default(50),
  })
  .meta({
    description: 'Bands of fault counts.',
    'x-kubernetes-validations': [
      {
        rule: 'self.minorFrom <= self.moderateFrom && self.moderateFrom <= self.criticalFrom',
        message: 'the bands must ascend: minorFrom <= moderateFrom <= criticalFrom',
      },
    ],
  });

export const policySpecSchema = z
  .object({
    nodeSelector: nodeSelector.optional(),
    priority: int32('The lowest number wins, as in PtpConfig.', 0, 1_000_000).default(100),
    clockClass: z.enum(['A', 'B', 'C', 'D']).describe('G.8273.2 class whose limits apply.').default('B'),
    ituProfile: z
      .enum(['Auto', 'G.8275.1', 'G.8275.2', 'IEEE1588', 'None'])
      .describe('Profile to check against; Auto takes the one the configuration shows.')
      .default('Auto'),
    limits: limits.prefault({}),
    bands: bands.prefault({}),
    gracePeriodSeconds: count(
      'After a start or a configuration change, acquisition is not a fault.',
      3_600,
    ).default(90),
    logFollow: z
      .enum(['Always', 'OnSuspicion', 'Never'])
      .describe('When daemon logs are followed.')
      .default('Always'),
  })
  .describe('Which nodes it selects and what holds on them.');
export type PtpHealthPolicySpec = z.infer<typeof policySpecSchema>;

export const policyStatusSchema = z
  .object({
    matchedNodes: count('Nodes this policy is in force on.').optional(),
    conditions: mapList(
      conditionSchema,
      'type',
      8,
      'Accepted: the spec can be used. Conflicted: another policy of the same priority selects a node as well.',
    ).optional(),
  })
  .describe('Where the policy is in force.');
export type PolicyStatus = z.infer<typeof policyStatusSchema>;

/** What holds where no policy selects a node. */
export const DEFAULT_POLICY: PtpHealthPolicySpec = policySpecSchema.parse({});
