import type { EpisodeDetail, NodeReport } from '../../report/snapshot.ts';

/** Episodes kept per node: a flapping port makes thousands, and nobody reads beyond the first hundreds. */
const MAX_EPISODES = 2_000;

/** Collects all episodes of a node over a long log; a report itself holds the newest only. */
export class EpisodeCollector {
  readonly #ended = new Map<string, EpisodeDetail>();
  #active: EpisodeDetail[] = [];
  #lastReport: NodeReport | undefined;
  truncated = 0;

  /** Takes in a report; the same one twice changes nothing. */
  collect(report: NodeReport): void {
    if (report === this.#lastReport) return;
    this.#lastReport = report;
    this.#active = [];
    for (const episode of report.episodes) {
      if (episode.endTime === undefined) this.#active.push(episode);
      else this.#keep(episode);
    }
  }

  /** All episodes by start; those going on are the ones of the newest report. */
  get episodes(): EpisodeDetail[] {
    return [...this.#ended.values(), ...this.#active].sort(
      (a, b) => a.startMicros - b.startMicros || (a.id < b.id ? -1 : 1),
    );
  }

  #keep(episode: EpisodeDetail): void {
    if (this.#ended.has(episode.id)) return;
    if (this.#ended.size >= MAX_EPISODES) this.truncated++;
    else this.#ended.set(episode.id, episode);
  }
}
