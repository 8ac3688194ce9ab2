import { z } from 'zod';
import { CLOCK_TYPES, LINK_STATES, LOCK_STATES, SERVO_STATES } from '../ptp/states.ts';
import { PORT_STATES } from '../ptp/port-state.ts';
import {
  atomicList,
  checkResult,
  conditions,
  count,
  episodeSchema,
  healthVerdict,
  int32,
  kindCountSchema,
  nanoseconds,
  reasonSchema,
  text,
  time,
} from './common.ts';

/**
 * PtpHealthReport: one node's PTP health. Cluster-scoped, named after the node, owned by it.
 * The operator writes all of `status`; `spec` is the little a person may say.
 */

const offsetStatistics = z
  .object({
    lastNanoseconds: nanoseconds('Newest offset from the reference.').optional(),
    rmsNanoseconds: nanoseconds('Root mean square over the window.').optional(),
    maxAbsNanoseconds: nanoseconds('Largest absolute offset in the window.').optional(),
    p99Nanoseconds: nanoseconds(
      '99th percentile of the absolute offset; absent when only summaries are known.',
    ).optional(),
    windowSeconds: count('Length of the window.'),
    sampleCount: count('Samples in the window.'),
    source: text(32, 'Log, Summary or Metric.'),
  })
  .describe('Offset from the reference; absent when not known.');

const clockSchema = z.object({
  name: text(128, 'CLOCK_REALTIME, an interface, a /dev/ptpN, a DPLL or GNSS receiver.'),
  type: z.enum(['PHC', 'System', 'DPLL', 'GNSS', 'NTP']).describe('What kind of clock it is.'),
  instance: text(128, 'Profile whose process steers it.').optional(),
  state: z.enum(LOCK_STATES).describe('How it stands towards its reference.'),
  stateSinceTime: time('Since when it is in this state.').optional(),
  health: healthVerdict,
  servoState: z.enum(SERVO_STATES).describe('State of the servo that steers it.').optional(),
  offset: offsetStatistics.optional(),
  frequencyAdjustmentPpb: int32('Frequency correction in force, parts per billion.').optional(),
  pathDelayNanoseconds: nanoseconds('Mean path delay, or time to read the clock.').optional(),
  holdover: z
    .object({
      elapsedSeconds: count('Time in holdover so far.'),
      remainingSeconds: count(
        'Time left within specification; absent when the budget is not known.',
      ).optional(),
      inSpecification: z
        .enum(['Yes', 'No', 'Unknown'])
        .describe('Whether the error is still within what the profile allows.'),
    })
    .describe('Present while the clock runs on its own oscillator after a loss of reference.')
    .optional(),
});
export type ClockReport = z.infer<typeof clockSchema>;

const portSchema = z.object({
  interfaceName: text(64, 'Network interface; `port N` when the log does not name it.'),
  portNumber: count('Number in the instance.', 65_535),
  state: z.enum([...PORT_STATES, 'UNKNOWN']).describe('Port state of IEEE 1588.'),
  intendedRole: z
    .enum(['TimeReceiver', 'TimeTransmitter', 'Either', 'Unknown'])
    .describe('What the configuration means it to be.'),
  stateSinceTime: time('Since when it is in this state.').optional(),
  link: z.enum(LINK_STATES).describe('Link as the log last said.').optional(),
  transitionCount: count('State changes in the last hour.'),
});

const instanceSchema = z.object({
  name: text(128, 'Profile name.'),
  configName: text(
    64,
    'Runtime configuration, for example ptp4l.0.config. Changes when profiles change.',
  ).optional(),
  resourceName: text(253, 'PtpConfig that holds the profile.').optional(),
  clockType: z.enum(CLOCK_TYPES).describe('Kind of PTP clock by configuration.'),
  ituProfile: text(32, 'G.8275.1, G.8275.2, IEEE1588 or Unknown.').optional(),
  domainNumber: count('PTP domain.', 255).optional(),
  clockIdentity: text(64, 'This clock’s own identity.').optional(),
  grandmasterIdentity: text(64, 'Clock identity of the grandmaster followed.').optional(),
  parentPortIdentity: text(64, 'Port identity of the parent.').optional(),
  clockClass: count('Class of the grandmaster as seen here.', 255).optional(),
  clockAccuracy: text(16, 'Accuracy code, for example 0x21.').optional(),
  stepsRemoved: count('Boundary clocks between here and the grandmaster.', 65_535).optional(),
  health: healthVerdict,
  ports: atomicList(portSchema, 24, 'Ports of the instance, worst first.'),
  totalPorts: count('Ports before the list was cut.'),
});
export type InstanceReport = z.infer<typeof instanceSchema>;

const checkSchema = z.object({
  rule: text(64, 'Rule, see docs/rules.md.'),
  result: checkResult,
  subject: text(128, 'Profile, port or option checked.'),
  expected: text(96, 'What the rule asks for.').optional(),
  found: text(96, 'What was found.').optional(),
  message: text(160, 'The result in one sentence.').optional(),
  reference: text(128, 'Standard and clause.').optional(),
  remedy: text(160, 'What to change.').optional(),
});

const nicSchema = z.object({
  interfaceName: text(64, 'Network interface.'),
  driver: text(64, 'Kernel driver.').optional(),
  driverVersion: text(128, 'Driver version as reported.').optional(),
  firmwareVersion: text(128, 'Firmware version as reported.').optional(),
  pciAddress: text(32, 'PCI address.').optional(),
  model: text(128, 'Model, from the NIC catalogue.').optional(),
  ptpHardwareClock: text(32, 'PHC device, for example /dev/ptp0.').optional(),
  hardwareTimestamping: z
    .enum(['Yes', 'No', 'Unknown'])
    .describe('Whether it stamps PTP messages in hardware.'),
  link: z.enum(LINK_STATES).describe('Link as the platform last described it.').optional(),
  profile: text(128, 'Profile using it.').optional(),
  role: z
    .enum(['TimeReceiver', 'TimeTransmitter', 'Either', 'Unused'])
    .describe('What its profile uses it for.'),
  findings: atomicList(z.string().max(160), 2, 'What is wrong with it.').optional(),
});

const sourceSchema = z.object({
  name: z.enum(['Logs', 'Metrics', 'Config', 'Devices', 'Events']).describe('Source of facts.'),
  state: z
    .enum(['Fresh', 'Stale', 'Absent'])
    .describe('Fresh, Stale (older than allowed) or Absent (never seen, missing or forbidden).'),
  observedTime: time('Newest fact from it, to the minute.').optional(),
  message: text(256, 'Why it is not fresh.').optional(),
});

export const reportSpecSchema = z
  .object({
    policyName: text(253, 'PtpHealthPolicy to use instead of the one selected by labels.').optional(),
    maintenance: z
      .object({
        until: time('Faults until then are kept but raise no Event and no alert.'),
        reason: text(256, 'Why.').optional(),
      })
      .describe('Planned work on the node.')
      .optional(),
  })
  .describe('What a person may say about the node; all of it optional.');

export const reportStatusSchema = z
  .object({
    observedGeneration: z
      .int()
      .min(0)
      .max(9_007_199_254_740_991)
      .meta({ format: 'int64', description: 'Generation of spec this status was computed from.' })
      .optional(),
    nodeName: text(253, 'The node.'),
    health: healthVerdict,
    message: text(512, 'The verdict in one sentence.'),
    because: atomicList(reasonSchema, 8, 'Reasons for the verdict, worst first.'),
    lastEvaluationTime: time('When the operator last wrote this status.'),
    summary: z
      .object({
        role: text(32, 'T-GM, T-BC, T-TSC, GM, BC, OC, or Unknown.'),
        syncState: z.enum(LOCK_STATES).describe('Worst state of the clocks that follow a reference.'),
        worstOffsetNanoseconds: nanoseconds(
          'Largest absolute offset over the last minute, of all steered clocks; absent when not known.',
        ).optional(),
        activeFaults: count('Episodes going on.'),
        faultsLastHour: count('Episodes begun in the last hour.'),
        faultsLastDay: count('Episodes begun in the last 24 hours.'),
        compliance: checkResult,
        freshness: z
          .enum(['Fresh', 'Stale', 'Absent'])
          .describe('Worst state of the sources the verdict needs.'),
        profile: text(128, 'Profiles run, joined by commas.').optional(),
        grandmasterIdentity: text(64, 'Grandmaster followed.').optional(),
        clockClass: count('Class of that grandmaster.', 255).optional(),
      })
      .describe('The node in one glance.'),
    clocks: atomicList(clockSchema, 24, 'Clocks of the node, worst first.'),
    totalClocks: count('Clocks before the list was cut.'),
    instances: atomicList(instanceSchema, 8, 'PTP instances (profiles) of the node.'),
    totalInstances: count('Instances before the list was cut.'),
    faults: z
      .object({
        totalCount: count('Episodes since countStartTime. Survives restarts of the operator.'),
        countStartTime: time('Since when totalCount counts.'),
        lastFaultTime: time('Start of the newest episode.').optional(),
        byKind: atomicList(kindCountSchema, 40, 'Episodes of the last 24 hours by kind, most first.'),
        recent: atomicList(episodeSchema, 20, 'Active episodes, then the newest ended ones.'),
        truncatedEpisodes: count('Episodes of the last 24 hours that are not in the list.'),
      })
      .describe('Fault episodes. One cause is one episode, however many lines it prints.'),
    compliance: z
      .object({
        ruleSet: text(64, 'Rule set applied, for example G.8275.1.'),
        edition: text(64, 'Edition of the standard.').optional(),
        result: checkResult,
        passed: count('Checks passed.'),
        failed: count('Checks failed or with a warning.'),
        skipped: count('Checks that do not apply or could not be made.'),
        checks: atomicList(checkSchema, 64, 'Checks that did not pass, worst first, then the others.'),
        totalChecks: count('Checks before the list was cut.'),
      })
      .describe('The configuration against the profile it claims.'),
    hardware: z
      .object({
        nics: atomicList(nicSchema, 24, 'Interfaces in use by PTP or able to, used ones first.'),
        totalNics: count('Interfaces before the list was cut.'),
        observedTime: time(
          'When the platform last described the hardware; it does so at each profile change only.',
        ).optional(),
      })
      .describe('Network interfaces and their PTP hardware clocks.'),
    sources: atomicList(sourceSchema, 8, 'What the verdict rests on and how fresh it is.'),
    conditions,
    checkpoint: text(16_384, 'Counters the operator restores after a restart. Opaque.').optional(),
  })
  .describe('What the operator knows about the node. Absent: not evaluated yet.');
export type PtpHealthReportStatus = z.infer<typeof reportStatusSchema>;
