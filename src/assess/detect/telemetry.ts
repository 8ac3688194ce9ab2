import type { MetricSample, Observation, SourceCondition } from '../../observe/observation.ts';
import type { Micros } from '../../ptp/time.ts';
import type { NodeState } from '../../state/node-state.ts';
import { intendedRole, lineOf, seconds, type DetectionContext, type Detector } from './detector.ts';

/** The platform may take this long to follow what the log said. */
const FOLLOW_MICROS = seconds(10);
/** Values of `clock_state`. */
const METRIC_LOCKED = 1;

/** The platform's metrics against the log, and sources that fall silent. */
export function createTelemetryDetector(): Detector {
  return {
    listens: ['metricSample', 'sourceCondition'],
    observe(context: DetectionContext, observation: Observation): void {
      if (observation.kind === 'metricSample') onMetric(context, observation);
      else if (observation.kind === 'sourceCondition') onSource(context, observation);
    },
    tick(context: DetectionContext, now: Micros): void {
      endForgotten(context, now);
    },
  };
}

/** LOCKED in the metrics while the log has said otherwise for a while. */
function onMetric(context: DetectionContext, sample: MetricSample): void {
  if (sample.metric !== 'clock_state') return;
  const process = sample.labels['process'] ?? '';
  const notLocked =
    process === 'ptp4l'
      ? lostSince(context)
      : process === 'GM' || process === 'T-BC' || process === 'BC'
        ? statusLostSince(context.state)
        : undefined;
  const key = `disagreement ${process}`;
  const disagrees =
    sample.value === METRIC_LOCKED &&
    notLocked !== undefined &&
    sample.atMicros - notLocked.sinceMicros > FOLLOW_MICROS;
  if (!disagrees) {
    context.state.episodes.end(key, sample.atMicros);
    return;
  }
  if (context.state.episodes.get(key) !== undefined) {
    context.state.episodes.support(key, sample.atMicros, undefined);
    return;
  }
  context.state.episodes.begin(key, {
    kind: 'TelemetryDisagreement',
    subject: process,
    startMicros: sample.atMicros,
    symptoms: ['MetricSaysOtherwise'],
    evidence: `clock_state{process="${process}"} is LOCKED while the log says ${notLocked.words}`,
  });
}

/** Since when no instance meant to follow does; undefined while one does or nothing is known. */
function lostSince(context: DetectionContext): { sinceMicros: Micros; words: string } | undefined {
  let newest: { sinceMicros: Micros; words: string } | undefined;
  for (const instance of context.state.instances.values()) {
    const followers = [...instance.ports.values()].filter(
      (port) => port.everFollowed && intendedRole(context, instance, port) !== 'TimeTransmitter',
    );
    if (followers.some((port) => port.state === 'SLAVE')) return undefined;
    for (const port of followers) {
      if (newest === undefined || port.sinceMicros > newest.sinceMicros) {
        newest = {
          sinceMicros: port.sinceMicros,
          words: `${port.interfaceName ?? 'the port'} is ${port.state}`,
        };
      }
    }
  }
  return newest;
}

function statusLostSince(state: NodeState): { sinceMicros: Micros; words: string } | undefined {
  for (const status of state.syncStatus.values()) {
    if (status.state === 'Holdover' || status.state === 'FreeRun') {
      return { sinceMicros: status.sinceMicros, words: `${status.role} is in ${status.state}` };
    }
  }
  return undefined;
}

function onSource(context: DetectionContext, condition: SourceCondition): void {
  if (condition.name !== 'Logs') return;
  const key = `stale ${condition.name}`;
  if (condition.condition !== 'Stale') {
    context.state.episodes.end(key, condition.atMicros);
    return;
  }
  context.state.episodes.begin(key, {
    kind: 'TelemetryStale',
    subject: condition.name,
    startMicros: condition.atMicros,
    symptoms: ['LogsSilent'],
    evidence: condition.message,
    ...lineOf(condition),
  });
}

/** Metrics that are no longer read cannot disagree. */
function endForgotten(context: DetectionContext, now: Micros): void {
  for (const process of ['ptp4l', 'GM', 'T-BC', 'BC']) {
    const key = `disagreement ${process}`;
    const episode = context.state.episodes.get(key);
    if (episode !== undefined && now - episode.lastEvidenceMicros > seconds(300)) {
      context.state.episodes.end(key, episode.lastEvidenceMicros);
    }
  }
}
