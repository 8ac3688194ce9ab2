import { finding } from '../findings.ts';
import type { Rule } from '../rule.ts';

/** Is there anything to judge by, and is it new enough? No data is never healthy. */
export const FRESHNESS_RULES: readonly Rule[] = [
  {
    id: 'freshness-no-data',
    title: 'The node’s clocks have been seen',
    dimension: 'SyncState',
    severity: 'Unknown',
    remedy: 'Check that the daemon pod runs and that its log or metrics can be read.',
    check({ state }) {
      if (state.instances.size > 0 || state.syncStatus.size > 0) return [];
      return [finding(this, 'Unknown', state.node, 'Nothing has been seen of this node’s clocks.')];
    },
  },
];
