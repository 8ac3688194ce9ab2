import { OWN_CLIENT_CLASS, clockClassMeaning, isLegalTransition } from '../../ptp/clock-class.ts';
import { CURRENT_UTC_OFFSET_SECONDS } from '../../ptp/limits.ts';
import type { HealthVerdict } from '../../ptp/health.ts';
import type { InstanceState } from '../../state/node-state.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../findings.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { expectedOf } from './limits.ts';

/** Class followed or announced, newest word: PARENT_DATA_SET, else the daemon's. */
function classInForce(instance: InstanceState): number | undefined {
  const parent = Number(instance.dataSets.get('PARENT_DATA_SET')?.values['gm.ClockClass']);
  if (Number.isInteger(parent) && parent > 0 && parent < OWN_CLIENT_CLASS) return parent;
  const value = instance.clockClass?.value;
  return value === OWN_CLIENT_CLASS ? undefined : value;
}

function severityOfClass(clockClass: number): HealthVerdict {
  if (clockClass === 6) return 'Healthy';
  if (clockClass === 7 || clockClass === 135) return 'Moderate';
  if (clockClass >= 140 && clockClass <= 165) return 'Critical';
  return clockClass === 248 ? 'Critical' : 'Moderate';
}

/** What the grandmaster says of itself, as far as this node's log shows it. */
export const UPSTREAM_RULES: readonly Rule[] = [
  {
    id: 'upstream-clock-class',
    title: 'The clock class in force is that of a locked grandmaster',
    dimension: 'Upstream',
    severity: 'Critical',
    standard: 'G.8275.1 6.4 Table 3',
    remedy: 'Check the grandmaster’s reference and its holdover budget.',
    check(context: RuleContext): Finding[] {
      return [...context.state.instances.values()].flatMap((instance) => {
        const value = classInForce(instance);
        const type = expectedOf(context, instance)?.clockType;
        // A grandmaster of a laboratory announces 248 and is right to; a T-GM is not.
        if (value === undefined || (type === 'GM' && value === 248)) return [];
        const severity = severityOfClass(value);
        if (severity === 'Healthy') return [];
        const meaning = clockClassMeaning(value)?.meaning ?? 'not a class of the telecom profiles';
        const subject = instance.grandmaster?.clockIdentity ?? instance.key;
        return [
          finding(this, severity, subject, `Clock class ${value}: ${meaning}.`, {
            instance: instance.key,
            observed: String(value),
            limit: '6',
            source: 'Log',
          }),
        ];
      });
    },
  },
  {
    id: 'upstream-class-transition',
    title: 'Clock classes change as the standard allows',
    dimension: 'Upstream',
    severity: 'Minor',
    standard: 'G.8275.1 6.4 Table 3',
    remedy: 'Report it to the platform’s vendor: the class announced does not follow the clock’s state.',
    check(context: RuleContext): Finding[] {
      return [...context.state.instances.values()].flatMap((instance) => {
        const type = expectedOf(context, instance)?.clockType;
        const role = type === 'TGM' ? 'T-GM' : type === 'TBC' ? 'T-BC' : undefined;
        if (role === undefined) return [];
        const history = [...instance.classHistory];
        const illegal = history.findLast((one, index) => {
          const before = history[index - 1];
          return before !== undefined && !isLegalTransition(role, before.value, one.value);
        });
        if (illegal === undefined) return [];
        return [
          finding(
            this,
            'Minor',
            instance.key,
            `A ${role} went to class ${illegal.value} from a class that does not lead there.`,
            {
              observed: String(illegal.value),
              source: 'Log',
              observedMicros: illegal.atMicros,
            },
          ),
        ];
      });
    },
  },
  {
    id: 'upstream-utc-offset',
    title: 'The UTC offset announced is the current one',
    dimension: 'Upstream',
    severity: 'Moderate',
    standard: 'IEEE 1588 8.2.4',
    remedy: 'Correct the UTC offset on the grandmaster.',
    check(context: RuleContext): Finding[] {
      return [...context.state.instances.values()].flatMap((instance) => {
        const values = instance.dataSets.get('TIME_PROPERTIES_DATA_SET')?.values ?? {};
        const offset = Number(values['currentUtcOffset']);
        if (values['currentUtcOffsetValid'] !== '1' || offset === CURRENT_UTC_OFFSET_SECONDS) return [];
        return [
          finding(this, 'Moderate', instance.key, `UTC offset ${offset} s is announced as valid.`, {
            observed: `${offset} s`,
            limit: `${CURRENT_UTC_OFFSET_SECONDS} s`,
          }),
        ];
      });
    },
  },
];
