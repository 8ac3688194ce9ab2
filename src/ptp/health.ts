/** Severity bands, best first. `Unknown` stands apart: it is never counted as healthy. */
export const HEALTH_LEVELS = ['Healthy', 'Minor', 'Moderate', 'Critical'] as const;
export type HealthLevel = (typeof HEALTH_LEVELS)[number];
export const HEALTH_VERDICTS = [...HEALTH_LEVELS, 'Unknown'] as const;
export type HealthVerdict = (typeof HEALTH_VERDICTS)[number];

/** Result of one check. `Error`: the check itself could not be made; `Skip`: it does not apply here. */
export const CHECK_RESULTS = ['Pass', 'Fail', 'Warn', 'Error', 'Skip', 'Unknown'] as const;
export type CheckResult = (typeof CHECK_RESULTS)[number];
