import type { Observation, PortTransition, ServoSample, SummarySample } from '../../observe/observation.ts';
import type { Micros } from '../../ptp/time.ts';
import type { NodeTimeline, OffsetPoint, StateSpan } from '../../publish/analysis/timeline.ts';

const MAX_OFFSET_TRACKS = 8;
const MAX_STATE_TRACKS = 16;
const MAX_SPANS = 400;
/** Points kept per clock; twice as many are halved by doubling the stretch each stands for. */
const MAX_POINTS = 700;
const FIRST_STRETCH_MICROS = 250_000;

/** Keeps what the page draws of one node while its observations pass by. Memory is bounded. */
export class TimelineRecorder {
  readonly #offsets = new Map<string, OffsetRecorder>();
  readonly #states = new Map<string, StateRecorder>();
  #startMicros = Infinity;
  #endMicros = -Infinity;

  record(observation: Observation): void {
    const { atMicros } = observation;
    if (observation.source !== 'Log') return;
    if (atMicros < this.#startMicros) this.#startMicros = atMicros;
    if (atMicros > this.#endMicros) this.#endMicros = atMicros;
    switch (observation.kind) {
      case 'servoSample':
        this.#offset(observation)?.add(
          atMicros,
          observation.offsetNanoseconds,
          observation.offsetNanoseconds,
        );
        return;
      case 'summarySample':
        this.#offset(observation)?.add(
          atMicros,
          observation.minNanoseconds ?? -observation.maxAbsNanoseconds,
          observation.maxNanoseconds ?? observation.maxAbsNanoseconds,
        );
        return;
      case 'portTransition':
        this.#state(observation)?.add(observation);
        return;
      default:
        return;
    }
  }

  finish(): NodeTimeline {
    const endMicros = Math.max(this.#endMicros, this.#startMicros);
    return {
      startMicros: Number.isFinite(this.#startMicros) ? this.#startMicros : 0,
      endMicros: Number.isFinite(endMicros) ? endMicros : 0,
      offsets: [...this.#offsets].map(([name, recorder]) => ({ name, points: recorder.points })),
      states: [...this.#states].map(([name, recorder]) => recorder.finish(name, endMicros)),
    };
  }

  #offset(sample: ServoSample | SummarySample): OffsetRecorder | undefined {
    const clock = sample.clock === '' ? (sample.configName ?? 'PHC') : sample.clock;
    return bounded(
      this.#offsets,
      `${sample.program} ${clock}`,
      MAX_OFFSET_TRACKS,
      () => new OffsetRecorder(),
    );
  }

  #state(transition: PortTransition): StateRecorder | undefined {
    const { interfaceName, portNumber, configName } = transition;
    const port = interfaceName ?? `port ${portNumber}`;
    const name = configName === undefined ? port : `${port} (${configName})`;
    return bounded(
      this.#states,
      name,
      MAX_STATE_TRACKS,
      () => new StateRecorder(this.#startMicros, transition.from),
    );
  }
}

function bounded<T>(map: Map<string, T>, key: string, limit: number, create: () => T): T | undefined {
  let value = map.get(key);
  if (value === undefined && map.size < limit) {
    value = create();
    map.set(key, value);
  }
  return value;
}

/** Smallest and largest offset per stretch; the stretch doubles when there are too many. */
class OffsetRecorder {
  points: OffsetPoint[] = [];
  #stretchMicros = FIRST_STRETCH_MICROS;

  add(atMicros: Micros, minNanoseconds: number, maxNanoseconds: number): void {
    const stretchStart = Math.floor(atMicros / this.#stretchMicros) * this.#stretchMicros;
    const last = this.points.at(-1);
    if (last !== undefined && last.atMicros >= stretchStart) {
      last.minNanoseconds = Math.min(last.minNanoseconds, minNanoseconds);
      last.maxNanoseconds = Math.max(last.maxNanoseconds, maxNanoseconds);
      return;
    }
    this.points.push({ atMicros: stretchStart, minNanoseconds, maxNanoseconds });
    if (this.points.length >= 2 * MAX_POINTS) this.#coarsen();
  }

  #coarsen(): void {
    this.#stretchMicros *= 2;
    const finer = this.points;
    this.points = [];
    for (const point of finer) this.add(point.atMicros, point.minNanoseconds, point.maxNanoseconds);
  }
}

class StateRecorder {
  readonly #spans: StateSpan[] = [];
  #state: string;
  #sinceMicros: Micros;
  #truncated = 0;

  constructor(startMicros: Micros, state: string) {
    this.#sinceMicros = startMicros;
    this.#state = state;
  }

  add(transition: PortTransition): void {
    this.#close(transition.atMicros);
    this.#state = transition.to;
    this.#sinceMicros = transition.atMicros;
  }

  finish(name: string, endMicros: Micros): NodeTimeline['states'][number] {
    this.#close(endMicros);
    return { name, spans: this.#spans, truncated: this.#truncated };
  }

  #close(untilMicros: Micros): void {
    if (untilMicros <= this.#sinceMicros) return;
    if (this.#spans.length >= MAX_SPANS) {
      this.#truncated++;
      return;
    }
    this.#spans.push({ fromMicros: this.#sinceMicros, untilMicros, state: this.#state });
  }
}
