import type { HealthVerdict } from '../../ptp/health.ts';
import { DYNAMIC_TIME_ERROR } from '../../ptp/limits.ts';
import { MICROS_PER_SECOND } from '../../ptp/time.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../findings.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { dynamicTimeError } from '../time-error.ts';
import { settledServos } from './limits.ts';

/** Episodes begun in the window of the policy, those going on included. */
export function episodesInWindow(context: RuleContext): number {
  const since = context.now - context.policy.bands.windowSeconds * MICROS_PER_SECOND;
  let count = 0;
  for (const episode of context.state.episodes.active) if (episode.startMicros >= since) count += 1;
  for (const episode of context.state.episodes.ended) if (episode.startMicros >= since) count += 1;
  return count;
}

function bandOf(count: number, bands: RuleContext['policy']['bands']): HealthVerdict {
  if (count >= bands.criticalFrom) return 'Critical';
  if (count >= bands.moderateFrom) return 'Moderate';
  return count >= bands.minorFrom ? 'Minor' : 'Healthy';
}

/** What happened lately, as a budget: a clock that is fine now may still not be one to rely on. */
export const STABILITY_RULES: readonly Rule[] = [
  {
    id: 'stability-episode-count',
    title: 'Few episodes in the window',
    dimension: 'Stability',
    severity: 'Critical',
    remedy: 'Look at the recent episodes: the same cause again and again wants a lasting repair.',
    check(context: RuleContext): Finding[] {
      const count = episodesInWindow(context);
      const severity = bandOf(count, context.policy.bands);
      if (severity === 'Healthy') return [];
      const hours = Math.round(context.policy.bands.windowSeconds / 3_600);
      return [
        finding(
          this,
          severity,
          context.state.node,
          `Episodes in the last ${hours} h are in the band ${severity}.`,
          {
            observed: String(count),
            limit: String(context.policy.bands.minorFrom),
            windowSeconds: context.policy.bands.windowSeconds,
          },
        ),
      ];
    },
  },
  {
    id: 'stability-dynamic-time-error',
    title: 'Filtered MTIE and TDEV are within the clock class',
    dimension: 'Stability',
    severity: 'Minor',
    standard: 'G.8273.2 7.1 Tables 7-4, 7-5',
    remedy:
      'Check packet delay variation and the servo’s constants. An estimate from inside the loop, not a measurement.',
    check(context: RuleContext): Finding[] {
      return [...settledServos(context.state, context.now)].flatMap(({ instance, servo }) => {
        if (servo.program !== 'ptp4l') return [];
        const subject = instance.phcDevice ?? instance.key;
        const estimate = dynamicTimeError(servo.series);
        if (typeof estimate === 'string') {
          return [
            { ...finding(this, 'Healthy', subject, `Not judged: ${estimate}.`), result: 'Skip' as const },
          ];
        }
        const limits = DYNAMIC_TIME_ERROR[context.policy.clockClass];
        const beyond =
          estimate.mtieNanoseconds > limits.mtieNanoseconds ||
          estimate.tdevNanoseconds > limits.tdevNanoseconds;
        return [
          finding(
            this,
            beyond ? 'Minor' : 'Healthy',
            subject,
            beyond ? 'Wander is beyond the clock class.' : 'Wander is within the clock class.',
            {
              observed: `MTIE ${estimate.mtieNanoseconds.toFixed(1)} ns, TDEV ${estimate.tdevNanoseconds.toFixed(1)} ns`,
              limit: `MTIE ${limits.mtieNanoseconds} ns, TDEV ${limits.tdevNanoseconds} ns`,
              instance: instance.key,
              windowSeconds: estimate.windowSeconds,
            },
          ),
        ];
      });
    },
  },
];
