import type { EpisodeReport } from '../api/common.ts';
import { mostLikelyCause } from '../ptp/knowledge.ts';
import { formatSeconds, microsToSeconds, type Micros } from '../ptp/time.ts';
import type { Episode } from '../state/episode-log.ts';
import type { EpisodeDetail } from './snapshot.ts';
import { clean, compact, wholeCount } from './text.ts';

/** How long the subject was without function, with the span still running. */
export function outageSeconds(episode: Episode, now: Micros): number {
  const running = episode.downSinceMicros === undefined ? 0 : Math.max(0, now - episode.downSinceMicros);
  return wholeCount(Math.round(microsToSeconds(episode.outageMicros + running)));
}

/** An episode with everything that is known about it: for the analyser and the MCP tools. */
export function episodeDetail(episode: Episode, now: Micros): EpisodeDetail {
  const verdict = mostLikelyCause(episode.kind, episode.symptoms);
  const detail = episode.detail === undefined ? '' : ` (${episode.detail})`;
  return compact<EpisodeDetail>({
    id: clean(episode.id, 64),
    kind: episode.kind,
    severity: episode.severity,
    subject: clean(episode.subject, 128),
    instance: episode.instance === undefined ? undefined : clean(episode.instance, 128),
    startTime: formatSeconds(episode.startMicros),
    endTime: episode.endMicros === undefined ? undefined : formatSeconds(episode.endMicros),
    outageSeconds: outageSeconds(episode, now),
    cause: verdict === undefined ? undefined : clean(`${verdict.cause.text}${detail}`, 256),
    causeId: verdict?.cause.id,
    causeConfidence: verdict?.confidence,
    speaksFor: verdict?.speaksFor ?? [],
    speaksAgainst: verdict?.speaksAgainst ?? [],
    evidence: episode.evidence.slice(0, 3).map((line) => clean(line, 300)),
    evidenceCount: episode.evidenceCount,
    remedy: verdict === undefined ? undefined : clean(verdict.cause.remedy, 512),
    startMicros: episode.startMicros,
    endMicros: episode.endMicros,
    uptimeStartMicros: episode.uptimeStartMicros,
    uptimeEndMicros: episode.uptimeEndMicros,
  });
}

/** The members the report's schema knows. */
export function episodeReport(detail: EpisodeDetail): EpisodeReport {
  return compact<EpisodeReport>({
    id: detail.id,
    kind: detail.kind,
    severity: detail.severity,
    subject: detail.subject,
    instance: detail.instance,
    startTime: detail.startTime,
    endTime: detail.endTime,
    outageSeconds: detail.outageSeconds,
    cause: detail.cause,
    causeConfidence: detail.causeConfidence,
    evidence: detail.evidence,
    remedy: detail.remedy,
  });
}
