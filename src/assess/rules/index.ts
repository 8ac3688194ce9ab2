import { hardwareRules } from '../hardware.ts';
import type { Rule } from '../rule.ts';
import { FAULT_RULES } from './faults.ts';
import { FRESHNESS_RULES } from './freshness.ts';
import { HOLDOVER_RULES } from './holdover.ts';
import { OFFSET_RULES } from './offsets.ts';
import { STABILITY_RULES } from './stability.ts';
import { SYNC_RULES } from './sync.ts';
import { UPSTREAM_RULES } from './upstream.ts';

/**
 * Everything the product checks while it runs, family by family. Faults of GNSS, SyncE, the
 * system clock and of telemetry come as episodes (assess/detect) and through `fault-active`.
 */
export const RULES: readonly Rule[] = [
  ...FAULT_RULES,
  ...SYNC_RULES,
  ...OFFSET_RULES,
  ...HOLDOVER_RULES,
  ...UPSTREAM_RULES,
  ...STABILITY_RULES,
  ...FRESHNESS_RULES,
  ...hardwareRules,
];
