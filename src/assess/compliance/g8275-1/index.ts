import type { ComplianceRule } from '../check.ts';
import { optionRule } from '../option-rule.ts';
import { EXCHANGE_ROWS } from './exchange.ts';
import { OPERATION_ROWS } from './operation.ts';
import { ROLE_ROWS } from './roles.ts';
import { JBOD_RULE } from './jbod.ts';
import { STRUCTURE_RULES } from './structure.ts';

export { G8275_1_EDITION } from './row.ts';

export const G8275_1_RULES: readonly ComplianceRule[] = [
  ...[...EXCHANGE_ROWS, ...ROLE_ROWS, ...OPERATION_ROWS].map(optionRule),
  ...STRUCTURE_RULES,
  JBOD_RULE,
];
