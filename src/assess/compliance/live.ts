import { clockClassMeaning, isLegalTransition } from '../../ptp/clock-class.ts';
import { parseInteger } from '../../ptp/config/number.ts';
import type { HealthVerdict } from '../../ptp/health.ts';
import type { InstanceState } from '../../state/node-state.ts';
import type { ExpectedInstance } from '../expected.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../findings.ts';
import { liveInstance } from '../live-instance.ts';
import type { Rule } from '../rule.ts';

/**
 * Configured right, behaves wrong: what management answers and the class in force say, beside
 * what the configuration says. A data set nobody answered gives no finding.
 */
interface LiveRule extends Omit<Rule, 'check' | 'applies'> {
  judge: (live: InstanceState, expected: ExpectedInstance) => LiveComplaint | undefined;
}

interface LiveComplaint extends Pick<Finding, 'message' | 'observed' | 'expected' | 'limit'> {
  severity?: HealthVerdict;
}

const TELECOM = new Set(['G.8275.1', 'G.8275.2']);
const UTC_OFFSET_SINCE_2017_SECONDS = 37;
const PRTC_CLASSES = new Set([6, 7]);
/** 0x22 is 250 ns: worse than a locked primary reference may claim. */
const WORST_LOCKED_ACCURACY = 0x22;

function dataSetNumber(live: InstanceState, dataSet: string, key: string): number | undefined {
  const value = live.dataSets.get(dataSet)?.values[key];
  return value === undefined ? undefined : parseInteger(value);
}

const LIVE_RULES: readonly LiveRule[] = [
  {
    id: 'live-domain',
    title: 'ptp4l runs in the configured domain',
    dimension: 'Configuration',
    severity: 'Critical',
    standard: 'ITU-T G.8275.1 Table A.1',
    remedy: 'Look for tabs in ptp4lConf, another profile that won, or an option in ptp4lOpts.',
    judge(live, { domainNumber }) {
      const observed = dataSetNumber(live, 'DEFAULT_DATA_SET', 'domainNumber');
      if (observed === undefined || domainNumber === undefined || observed === domainNumber) return undefined;
      return {
        message: `ptp4l runs in domain ${observed}, configured is ${domainNumber}`,
        observed: String(observed),
        expected: String(domainNumber),
      };
    },
  },
  {
    id: 'live-client-only',
    title: 'ptp4l is client-only as configured',
    dimension: 'Configuration',
    severity: 'Moderate',
    standard: 'ITU-T G.8275.1 §6.3',
    remedy: 'Check that the profile applied is the one in force.',
    judge(live, { ptp4l }) {
      const observed = dataSetNumber(live, 'DEFAULT_DATA_SET', 'slaveOnly');
      const configured = ptp4l?.number('clientOnly');
      if (observed === undefined || configured === undefined || observed === configured) return undefined;
      return {
        message: `slaveOnly is ${observed} in ptp4l, configured is ${configured}`,
        observed: String(observed),
        expected: String(configured),
      };
    },
  },
  {
    id: 'live-port-count',
    title: 'ptp4l has as many ports as configured',
    dimension: 'Configuration',
    severity: 'Moderate',
    remedy: 'Check the interface sections of ptp4lConf.',
    judge(live, { ports }) {
      const observed = dataSetNumber(live, 'DEFAULT_DATA_SET', 'numberPorts');
      if (observed === undefined || ports.length === 0 || observed === ports.length) return undefined;
      return {
        message: `ptp4l has ${observed} ports, configured are ${ports.length}`,
        observed: String(observed),
        expected: String(ports.length),
      };
    },
  },
  {
    id: 'live-steps-removed',
    title: 'the grandmaster is nearer than maxStepsRemoved',
    dimension: 'Configuration',
    severity: 'Minor',
    standard: 'ITU-T G.8275.1 Annex F',
    remedy: 'Raise maxStepsRemoved, or shorten the chain: one hop more and Announce is dropped in silence.',
    judge(live, { ptp4l }) {
      const steps = dataSetNumber(live, 'CURRENT_DATA_SET', 'stepsRemoved');
      const limit = ptp4l?.number('maxStepsRemoved');
      if (steps === undefined || limit === undefined || steps < limit) return undefined;
      return {
        message: `the grandmaster is ${steps} steps away, the limit is ${limit}`,
        observed: String(steps),
        limit: String(limit),
      };
    },
  },
  {
    id: 'live-quality-consistent',
    title: 'class and accuracy of the grandmaster fit together',
    dimension: 'Upstream',
    severity: 'Minor',
    standard: 'ITU-T G.8275.1 §6.4 Table 3',
    remedy: 'Check the grandmaster: class 6 comes with an accuracy of 250 ns or better.',
    judge(live, { ituProfile }) {
      const clockClass = dataSetNumber(live, 'PARENT_DATA_SET', 'gm.ClockClass');
      const accuracy = dataSetNumber(live, 'PARENT_DATA_SET', 'gm.ClockAccuracy');
      if (
        !TELECOM.has(ituProfile) ||
        clockClass !== 6 ||
        accuracy === undefined ||
        accuracy <= WORST_LOCKED_ACCURACY
      )
        return undefined;
      const observed = `0x${accuracy.toString(16)}`;
      return {
        message: `the grandmaster says class 6 with accuracy ${observed}`,
        observed,
        expected: '0x20 to 0x22',
      };
    },
  },
  {
    id: 'live-timescale',
    title: 'the network carries the PTP time scale',
    dimension: 'Upstream',
    severity: 'Critical',
    standard: 'ITU-T G.8275.1 A.10',
    remedy: 'Set the grandmaster to the PTP time scale (TAI).',
    judge(live, { ituProfile }) {
      const timescale = dataSetNumber(live, 'TIME_PROPERTIES_DATA_SET', 'ptpTimescale');
      if (!TELECOM.has(ituProfile) || timescale === undefined || timescale === 1) return undefined;
      return {
        message: 'ptpTimescale is 0: the network carries an arbitrary time',
        observed: String(timescale),
        expected: '1',
      };
    },
  },
  {
    id: 'live-utc-offset',
    title: 'the UTC offset announced is known and right',
    dimension: 'Upstream',
    severity: 'Moderate',
    standard: 'IEEE 1588 §8.2.4',
    remedy: 'Update the leap second list of the grandmaster.',
    judge(live, { ituProfile }) {
      const offset = dataSetNumber(live, 'TIME_PROPERTIES_DATA_SET', 'currentUtcOffset');
      const valid = dataSetNumber(live, 'TIME_PROPERTIES_DATA_SET', 'currentUtcOffsetValid');
      const clockClass = dataSetNumber(live, 'PARENT_DATA_SET', 'gm.ClockClass');
      if (!TELECOM.has(ituProfile) || clockClass === undefined || !PRTC_CLASSES.has(clockClass))
        return undefined;
      if (valid === 0)
        return {
          message: 'the grandmaster is traceable and its UTC offset is marked unknown',
          observed: '0',
          expected: '1',
        };
      if (offset === undefined || offset >= UTC_OFFSET_SINCE_2017_SECONDS) return undefined;
      return {
        message: `the UTC offset is ${offset} s`,
        observed: String(offset),
        expected: String(UTC_OFFSET_SINCE_2017_SECONDS),
      };
    },
  },
  {
    id: 'live-class-family',
    title: 'the class in force is one of the telecom profiles',
    dimension: 'Upstream',
    severity: 'Moderate',
    standard: 'ITU-T G.8275.1 §6.4 Table 3',
    remedy: 'Find the clock upstream that runs another profile.',
    judge(live, { ituProfile }) {
      const value = live.clockClass?.value;
      if (!TELECOM.has(ituProfile) || value === undefined || clockClassMeaning(value)?.profile !== 'IEEE1588')
        return undefined;
      return {
        message: `class ${value} belongs to the default profile of IEEE 1588`,
        observed: String(value),
      };
    },
  },
  {
    id: 'live-class-transition',
    title: 'the class changes as the profile allows',
    dimension: 'Upstream',
    severity: 'Minor',
    standard: 'ITU-T G.8275.1 §6.4',
    remedy: 'A class that improves without a lock in between points at a daemon or grandmaster that guesses.',
    judge(live, { clockType }) {
      const role = clockType === 'TGM' ? 'T-GM' : clockType === 'TBC' ? 'T-BC' : undefined;
      const { classHistory } = live;
      const from = classHistory.at(classHistory.size - 2);
      const to = classHistory.newest();
      if (
        role === undefined ||
        from === undefined ||
        to === undefined ||
        isLegalTransition(role, from.value, to.value)
      )
        return undefined;
      return {
        message: `the class went from ${from.value} to ${to.value}`,
        observed: `${from.value} to ${to.value}`,
      };
    },
  },
];

function toRule({ judge, ...rule }: LiveRule): Rule {
  return {
    ...rule,
    check: ({ state, expected }) =>
      expected.instances.flatMap((instance) => {
        const live = liveInstance(state, instance);
        const complaint = live === undefined ? undefined : judge(live, instance);
        if (complaint === undefined) return [];
        const { message, severity = rule.severity, ...values } = complaint;
        return [finding(rule, severity, instance.name, message, { instance: instance.name, ...values })];
      }),
  };
}

export const liveRules: readonly Rule[] = LIVE_RULES.map(toRule);
