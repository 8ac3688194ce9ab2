import type { Rule } from '../rule.ts';
import { FAULT_RULES } from './faults.ts';
import { FRESHNESS_RULES } from './freshness.ts';

/** Everything the product checks while it runs. */
export const RULES: readonly Rule[] = [...FAULT_RULES, ...FRESHNESS_RULES];
