import type { PtpProfile } from '../../observe/observation.ts';
import type { ComplianceRule, ComplianceSubject, Outcome } from './check.ts';
import { fail, pass, skip } from './check.ts';

/** What the operator's webhook and the daemon ask of a profile beside the linuxptp texts. */
const SOURCE = { family: 'daemon', standard: 'ptp-operator', confidence: 'Verified' } as const;

const SETTING_KEYS = new Set([
  'stdoutFilter',
  'logReduce',
  'haProfiles',
  'clockType',
  'inSyncConditionTimes',
  'inSyncConditionThreshold',
  'controllingProfile',
  'upstreamPort',
  'leadingInterface',
  // Not accepted by every webhook, but read by the daemon.
  'ptp4lOffsetEventWindowSize',
  'LocalMaxHoldoverOffSet',
  'LocalHoldoverTimeout',
  'MaxInSpecOffset',
]);
const SETTING_PATTERNS = [/clockId/, /phaseOffset/, /^dpll\..+\.(?:ignore|flags)$/];

const SETTING_VALUES: Readonly<Record<string, RegExp>> = {
  clockType: /^T-(?:GM|BC)$/,
  logReduce: /^(?:true|false|basic|enhanced(?:\s.*)?)$/i,
  inSyncConditionTimes: /^\d+$/,
  inSyncConditionThreshold: /^\d+$/,
};

const KNOWN_PLUGINS = new Set(['e810', 'e825', 'e830', 'ntpfailover', 'reference']);
const FIFO_PRIORITY = { lowest: 1, highest: 65 };

type ProfileCheck = (profile: PtpProfile, subject: ComplianceSubject) => readonly Outcome[];

function onProfile(check: ProfileCheck): ComplianceRule['check'] {
  return (subject) =>
    subject.instance.profile === undefined
      ? skip('there is no PtpConfig profile, only files')
      : check(subject.instance.profile, subject);
}

export const DAEMON_RULES: readonly ComplianceRule[] = [
  {
    ...SOURCE,
    id: 'daemon-setting-key',
    title: 'ptpSettings has only keys the operator accepts',
    level: 'Error',
    remedy: 'Remove the key or mend its spelling: the webhook refuses the resource.',
    check: onProfile((profile) => {
      const unknown = Object.keys(profile.ptpSettings ?? {}).filter(
        (key) => !SETTING_KEYS.has(key) && !SETTING_PATTERNS.some((pattern) => pattern.test(key)),
      );
      return unknown.length === 0
        ? pass('all keys are known')
        : unknown.slice(0, 8).map((key) => problem(`ptpSettings.${key} is no setting of the operator`, key));
    }),
  },
  {
    ...SOURCE,
    id: 'daemon-setting-value',
    title: 'ptpSettings has values the operator accepts',
    level: 'Error',
    remedy: 'Use one of the values the operator documents.',
    check: onProfile((profile) => {
      const settings = profile.ptpSettings ?? {};
      const wrong = Object.entries(SETTING_VALUES).filter(
        ([key, pattern]) => settings[key] !== undefined && !pattern.test(settings[key].trim()),
      );
      return wrong.length === 0
        ? pass('all values are known')
        : wrong.map(([key]) =>
            problem(`ptpSettings.${key} has the value "${(settings[key] ?? '').slice(0, 32)}"`, key),
          );
    }),
  },
  {
    ...SOURCE,
    id: 'daemon-scheduling',
    title: 'the programs run with real-time priority',
    level: 'Warn',
    remedy: 'Set ptpSchedulingPolicy SCHED_FIFO and ptpSchedulingPriority 10.',
    check: onProfile(({ ptpSchedulingPolicy: policy = 'SCHED_OTHER', ptpSchedulingPriority: priority }) => {
      if (policy !== 'SCHED_FIFO')
        return fail(`ptpSchedulingPolicy is ${policy}: a busy CPU delays time stamps`, {
          option: 'ptpSchedulingPolicy',
          expected: 'SCHED_FIFO',
          found: policy,
        });
      const isValid =
        priority !== undefined && priority >= FIFO_PRIORITY.lowest && priority <= FIFO_PRIORITY.highest;
      if (isValid) return pass(`SCHED_FIFO ${priority}`);
      return fail('ptpSchedulingPriority is not between 1 and 65: the operator refuses the profile', {
        level: 'Error',
        option: 'ptpSchedulingPriority',
        expected: '1 to 65',
        found: String(priority ?? 'nothing'),
      });
    }),
  },
  {
    ...SOURCE,
    id: 'daemon-plugin-name',
    title: 'plugins are ones the daemon has',
    level: 'Error',
    remedy: 'Mend the name of the plugin: the daemon passes over one it does not know.',
    check: onProfile((profile) => {
      const unknown = Object.keys(profile.plugins ?? {}).filter((name) => !KNOWN_PLUGINS.has(name));
      return unknown.length === 0
        ? pass('all plugins are known')
        : unknown
            .slice(0, 8)
            .map((name) => problem(`the daemon has no plugin "${name.slice(0, 32)}"`, 'plugins'));
    }),
  },
  {
    ...SOURCE,
    id: 'daemon-threshold',
    title: 'the offset thresholds leave room',
    level: 'Warn',
    remedy: 'Set maxOffsetThreshold above minOffsetThreshold, for example 100 and -100.',
    check: onProfile(({ ptpClockThreshold: given }) => {
      const { maxOffsetThreshold: max = 100, minOffsetThreshold: min = -100 } = given ?? {};
      return max > min
        ? pass('thresholds are in order')
        : fail(`minOffsetThreshold ${min} is not below maxOffsetThreshold ${max}`, {
            option: 'ptpClockThreshold',
          });
    }),
  },
  {
    ...SOURCE,
    id: 'daemon-holdover',
    title: 'holdover limits fit together',
    level: 'Warn',
    remedy: 'Set MaxInSpecOffset no larger than LocalMaxHoldoverOffSet.',
    check({ instance: { holdover } }: ComplianceSubject): readonly Outcome[] {
      if (holdover === undefined) return skip('no holdover is configured');
      const {
        maxInSpecOffsetNanoseconds: inSpec,
        localMaxOffsetNanoseconds: local,
        localTimeoutSeconds: timeout,
      } = holdover;
      if (timeout === 0)
        return fail('LocalHoldoverTimeout 0 switches holdover off', {
          level: 'Info',
          option: 'LocalHoldoverTimeout',
        });
      return inSpec <= local
        ? pass('limits are in order')
        : fail(`MaxInSpecOffset ${inSpec} ns is above LocalMaxHoldoverOffSet ${local} ns`, {
            option: 'MaxInSpecOffset',
          });
    },
  },
];

function problem(message: string, option: string): Outcome {
  return { result: 'Fail', message, option: option.slice(0, 64) };
}
