import type { CheckResult, HealthVerdict } from '../ptp/health.ts';
import type { Finding } from './finding.ts';
import type { Rule } from './rule.ts';

const RESULT_OF: Readonly<Record<HealthVerdict, CheckResult>> = {
  Healthy: 'Pass',
  Minor: 'Warn',
  Moderate: 'Fail',
  Critical: 'Fail',
  Unknown: 'Unknown',
};

/** What a rule found, with the parts every finding of the rule shares. */
export function finding(
  rule: Pick<Rule, 'id' | 'dimension' | 'remedy' | 'standard' | 'reference'>,
  severity: HealthVerdict,
  subject: string,
  message: string,
  more: Partial<Finding> = {},
): Finding {
  const reference = rule.standard ?? rule.reference;
  return {
    rule: rule.id,
    dimension: rule.dimension,
    result: RESULT_OF[severity],
    severity,
    subject,
    message,
    ...(rule.remedy !== undefined && { remedy: rule.remedy }),
    ...(reference !== undefined && { reference }),
    ...more,
  };
}
