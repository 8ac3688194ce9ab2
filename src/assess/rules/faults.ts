import { KNOWLEDGE, mostLikelyCause } from '../../ptp/knowledge.ts';
import type { Episode } from '../../state/episode-log.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../findings.ts';
import type { Rule, RuleContext } from '../rule.ts';

function findingOf(rule: Rule, episode: Episode): Finding {
  const knowledge = KNOWLEDGE[episode.kind];
  const verdict = mostLikelyCause(episode.kind, episode.symptoms);
  const detail = episode.detail === undefined ? '' : ` (${episode.detail})`;
  const message = `${knowledge.title}: ${verdict?.cause.text ?? 'cause not known.'}${detail}`;
  return finding({ ...rule, dimension: knowledge.dimension }, episode.severity, episode.subject, message, {
    observed: episode.kind,
    source: 'Log',
    observedMicros: episode.lastEvidenceMicros,
    ...(episode.instance !== undefined && { instance: episode.instance }),
    ...(verdict !== undefined && { remedy: verdict.cause.remedy }),
  });
}

/** Faults that go on now. */
export const FAULT_RULES: readonly Rule[] = [
  {
    id: 'fault-active',
    title: 'No fault goes on',
    dimension: 'SyncState',
    severity: 'Critical',
    check({ state }: RuleContext): Finding[] {
      return [...state.episodes.active].map((episode) => findingOf(this, episode));
    },
  },
];
