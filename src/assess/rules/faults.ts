import { KNOWLEDGE, mostLikelyCause } from '../../ptp/knowledge.ts';
import type { Episode } from '../../state/episode-log.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../findings.ts';
import type { Rule, RuleContext } from '../rule.ts';

/** `link down (cable, transceiver or switch port)`: what happened, and the most likely cause. */
function inBrief(title: string, cause: string | undefined, detail: string | undefined): string {
  const what = /^[A-Z][a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
  // The first clause names the cause; the rest tells how it works.
  const words = (cause ?? 'Cause not known').replace(/: .*$/, '').replace(/\.$/, '');
  const why = /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
  return `${what} (${detail === undefined ? why : `${why}: ${detail}`}).`;
}

function findingOf(rule: Rule, episode: Episode): Finding {
  const knowledge = KNOWLEDGE[episode.kind];
  const verdict = mostLikelyCause(episode.kind, episode.symptoms);
  const message = inBrief(knowledge.title, verdict?.cause.text, episode.detail);
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
