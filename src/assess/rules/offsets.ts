import { MAX_TIME_ERROR_NANOSECONDS } from '../../ptp/limits.ts';
import { finding } from '../findings.ts';
import type { Finding } from '../finding.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { beyondLimit, expectedOf, settledServos, usesSoftwareStamps } from './limits.ts';

const isOsClock = (clock: string): boolean => clock === 'CLOCK_REALTIME';

function check(rule: Rule, context: RuleContext, osClock: boolean, limit: number): Finding[] {
  const found: Finding[] = [];
  for (const { instance, servo } of settledServos(context.state, context.now)) {
    if (isOsClock(servo.clock) !== osClock) continue;
    if (usesSoftwareStamps(expectedOf(context, instance))) continue;
    const subject = servo.clock === '' ? (instance.phcDevice ?? instance.key) : servo.clock;
    const raised = context.wasRaised?.(rule.id, subject) ?? false;
    const reading = beyondLimit(servo, limit, raised);
    if (reading === undefined) continue;
    found.push(
      finding(rule, rule.severity, subject, `Offset beyond ${limit} ns.`, {
        instance: instance.key,
        observed: `${Math.round(reading.worstNanoseconds)} ns`,
        limit: `${limit} ns`,
        unit: 'ns',
        windowSeconds: 5,
        source: 'Log',
        observedMicros: reading.observedMicros,
      }),
    );
  }
  return found;
}

/** Offsets against the limits of the policy and of the clock class. Necessary, not sufficient: asymmetry is invisible here. */
export const OFFSET_RULES: readonly Rule[] = [
  {
    id: 'offset-critical',
    title: 'No hardware clock is off by more than the network limit',
    dimension: 'LocalError',
    severity: 'Critical',
    standard: 'G.8271.1 7.3.1',
    remedy:
      'Compare with the grandmaster and neighbours; look for steps, asymmetry and packet delay variation.',
    check(context: RuleContext): Finding[] {
      return check(this, context, false, context.policy.limits.criticalOffsetNanoseconds);
    },
  },
  {
    id: 'offset-limit',
    title: 'Hardware clocks stay within the limit of the policy',
    dimension: 'LocalError',
    severity: 'Moderate',
    remedy: 'Check the path’s load and PTP support, the servo’s constants and the NIC’s time stamping.',
    check(context: RuleContext): Finding[] {
      return check(this, context, false, context.policy.limits.offsetNanoseconds);
    },
  },
  {
    id: 'offset-clock-class',
    title: 'Hardware clocks stay within the limit of their clock class',
    dimension: 'LocalError',
    severity: 'Minor',
    standard: 'G.8273.2 7.1',
    remedy: 'Check whether path and NIC fit the clock class that the policy asks for.',
    check(context: RuleContext): Finding[] {
      return check(this, context, false, MAX_TIME_ERROR_NANOSECONDS[context.policy.clockClass]);
    },
  },
  {
    id: 'osclock-critical',
    title: 'The system clock is within 1 us of the hardware clock',
    dimension: 'OsClock',
    severity: 'Critical',
    remedy: 'Look for another writer of the system clock and for a disturbed hardware clock.',
    check(context: RuleContext): Finding[] {
      return check(this, context, true, Math.max(1_000, 4 * context.policy.limits.osClockOffsetNanoseconds));
    },
  },
  {
    id: 'osclock-limit',
    title: 'The system clock stays within the limit of the policy',
    dimension: 'OsClock',
    severity: 'Moderate',
    remedy: 'Use -N 8 with phc2sys, isolate its CPU, disable chronyd and ntpd.',
    check(context: RuleContext): Finding[] {
      return check(this, context, true, context.policy.limits.osClockOffsetNanoseconds);
    },
  },
];
