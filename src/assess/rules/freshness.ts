import type { Finding } from '../finding.ts';
import { finding } from '../findings.ts';
import type { Rule, RuleContext } from '../rule.ts';

/** Is there anything to judge by, and is it new enough? No data is never healthy. */
export const FRESHNESS_RULES: readonly Rule[] = [
  {
    id: 'freshness-no-data',
    title: 'The node’s clocks have been seen',
    dimension: 'SyncState',
    severity: 'Unknown',
    remedy: 'Check that the daemon pod runs and that its log or metrics can be read.',
    check({ state }: RuleContext): Finding[] {
      if (state.instances.size > 0 || state.syncStatus.size > 0) return [];
      if (state.episodes.activeCount > 0) return [];
      return [finding(this, 'Unknown', state.node, 'Nothing has been seen of this node’s clocks.')];
    },
  },
  {
    id: 'freshness-source-stale',
    title: 'The sources a verdict needs are fresh',
    dimension: 'SyncState',
    severity: 'Unknown',
    remedy: 'Check the daemon pod, the kubelet and the operator’s permissions.',
    check({ state }: RuleContext): Finding[] {
      const logs = state.sources.get('Logs');
      if (logs === undefined || logs.condition === 'Fresh') return [];
      const metrics = state.sources.get('Metrics');
      if (logs.condition === 'Absent' && metrics?.condition === 'Fresh') return [];
      return [
        finding(this, 'Unknown', 'Logs', `The log is ${logs.condition.toLowerCase()}: ${logs.message}`),
      ];
    },
  },
  {
    id: 'freshness-daemon-missing',
    title: 'The PTP daemon runs on the node',
    dimension: 'SyncState',
    severity: 'Critical',
    remedy: 'Look at the daemon pod’s state and events.',
    check({ state, expected }: RuleContext): Finding[] {
      if (state.pod === undefined || expected.instances.length === 0) return [];
      const { pod } = state.pod;
      if (pod === undefined) {
        const message = 'No daemon pod runs on this node: nothing is known of its clocks.';
        return [finding(this, 'Unknown', state.node, message, { source: 'Resource' })];
      }
      if (pod.phase === 'Running') return [];
      return [finding(this, 'Critical', pod.name, `The daemon pod is ${pod.phase}.`, { source: 'Resource' })];
    },
  },
  {
    id: 'freshness-daemon-twice',
    title: 'One PTP daemon runs on the node',
    dimension: 'SyncState',
    severity: 'Minor',
    remedy: 'Remove the daemon pod that does not belong to the DaemonSet: two would steer the same clocks.',
    check({ state }: RuleContext): Finding[] {
      const count = state.pod?.duplicatePods ?? 0;
      if (count === 0) return [];
      const name = state.pod?.pod?.name ?? state.node;
      const message = `${count} daemon pods claim this node; ${name} is the one followed.`;
      return [finding(this, 'Minor', name, message, { source: 'Resource' })];
    },
  },
  {
    id: 'freshness-offset-unobservable',
    title: 'Offsets can be seen',
    dimension: 'LocalError',
    severity: 'Unknown',
    remedy: 'Allow the metrics to be read, or choose another logReduce or stdoutFilter setting.',
    check({ state, expected }: RuleContext): Finding[] {
      return expected.instances.flatMap((one) => {
        if (one.offsetLines.ptp4l !== 'None') return [];
        if ((state.instances.get(one.name)?.servos.get('ptp4l')?.size ?? 0) > 0) return [];
        if ([...state.metrics.values()].some((sample) => sample.metric === 'offset_ns')) return [];
        if (!one.ports.some((port) => port.role === 'TimeReceiver')) return [];
        return [
          finding(
            this,
            'Unknown',
            one.name,
            'The configuration removes offset lines from the log, and no metric shows them.',
          ),
        ];
      });
    },
  },
];
