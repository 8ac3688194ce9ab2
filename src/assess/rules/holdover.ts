import { microsToSeconds } from '../../ptp/time.ts';
import type { Episode } from '../../state/episode-log.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../findings.ts';
import type { Rule, RuleContext } from '../rule.ts';

export interface HoldoverBudget {
  readonly elapsedSeconds: number;
  /** Time left within specification; undefined when the configuration does not tell the budget. */
  readonly remainingSeconds?: number;
  readonly totalSeconds?: number;
}

/** How much of the holdover is used, by the configured budget: time to reach the in-spec offset. */
export function holdoverBudget(
  context: Pick<RuleContext, 'expected' | 'now'>,
  episode: Episode,
): HoldoverBudget {
  const elapsedSeconds = Math.max(0, microsToSeconds(context.now - episode.startMicros));
  const settings =
    context.expected.instances.find((one) => one.name === episode.instance)?.holdover ??
    context.expected.instances.find((one) => one.holdover !== undefined)?.holdover;
  if (settings === undefined || settings.localTimeoutSeconds <= 0) return { elapsedSeconds };
  const slope = settings.localMaxOffsetNanoseconds / settings.localTimeoutSeconds;
  const inSpec = slope > 0 ? settings.maxInSpecOffsetNanoseconds / slope : settings.localTimeoutSeconds;
  const totalSeconds = Math.min(inSpec, settings.localTimeoutSeconds);
  return { elapsedSeconds, totalSeconds, remainingSeconds: Math.max(0, totalSeconds - elapsedSeconds) };
}

/** Holdover: entry, and how much of the budget is left. */
export const HOLDOVER_RULES: readonly Rule[] = [
  {
    id: 'holdover-budget',
    title: 'Holdover has budget left',
    dimension: 'SyncState',
    severity: 'Critical',
    standard: 'G.8275.1 6.4 Table 3',
    remedy: 'Restore the reference before the budget ends.',
    check(context: RuleContext): Finding[] {
      return [...context.state.episodes.active].flatMap((episode) => {
        if (episode.kind !== 'Holdover') return [];
        const budget = holdoverBudget(context, episode);
        if (budget.remainingSeconds === undefined || budget.totalSeconds === undefined) return [];
        const percent = (100 * budget.remainingSeconds) / Math.max(1, budget.totalSeconds);
        const short = percent < context.policy.limits.holdoverRemainingPercent;
        const message =
          budget.remainingSeconds === 0
            ? 'The holdover budget is used up: out of specification.'
            : short
              ? 'Little of the holdover budget is left.'
              : 'In holdover within specification.';
        return [
          finding(this, short ? 'Critical' : 'Moderate', episode.subject, message, {
            observed: `${Math.round(budget.remainingSeconds)} s left`,
            limit: `${Math.round(budget.totalSeconds)} s`,
            ...(episode.instance !== undefined && { instance: episode.instance }),
          }),
        ];
      });
    },
  },
];
