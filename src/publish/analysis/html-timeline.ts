import type { AnalysisEpisode } from '../../api/analysis.ts';
import { MICROS_PER_SECOND, formatMicros, parseRfc3339, type Micros } from '../../ptp/time.ts';
import { markup, type Markup } from './markup.ts';
import { OffsetScale, TimeScale, type Tick } from './scale.ts';
import type { NodeTimeline, OffsetPoint, OffsetTrack, StateTrack } from './timeline.ts';
import { duration, offset } from './words.ts';

const WIDTH = 1_000;
const LEFT = 150;
const RIGHT = 12;
const STATE_HEIGHT = 20;
const OFFSET_HEIGHT = 110;
const GAP = 14;
const AXIS_HEIGHT = 26;
const MARK_HEIGHT = 20;
/** Bands narrower than this could not be seen. */
const MIN_BAND_WIDTH = 2;
const MAX_BANDS = 200;

interface Drawing {
  time: TimeScale;
  isWall: boolean;
  top: number;
  parts: Markup[];
}

/** Port states and offsets of a node over time, with its faults as numbered bands: one SVG, no script. */
export function timelineSvg(
  timeline: NodeTimeline,
  episodes: readonly AnalysisEpisode[],
  isWall: boolean,
): Markup {
  const time = new TimeScale(timeline.startMicros, timeline.endMicros, LEFT, WIDTH - LEFT - RIGHT);
  const drawing: Drawing = { time, isWall, top: MARK_HEIGHT, parts: [] };
  for (const track of timeline.states) drawStates(drawing, track);
  for (const track of timeline.offsets) drawOffsets(drawing, track);
  const height = drawing.top + AXIS_HEIGHT;
  const label = `Port states and clock offsets over ${duration((timeline.endMicros - timeline.startMicros) / MICROS_PER_SECOND)}`;
  return markup`<div class="chart"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
${faultBands(time, episodes, drawing.top)}${drawing.parts}${timeAxis(drawing)}</svg></div>`;
}

function drawStates(drawing: Drawing, track: StateTrack): void {
  const { time, top, isWall } = drawing;
  const middle = top + STATE_HEIGHT / 2;
  const spans = track.spans.map(({ fromMicros, untilMicros, state }) => {
    const x = time.x(fromMicros);
    const width = Math.max(time.x(untilMicros) - x, 0.5);
    const title = `${state} from ${momentText(fromMicros, isWall)} for ${duration((untilMicros - fromMicros) / MICROS_PER_SECOND)}`;
    const name =
      width > state.length * 6.5
        ? markup`<text x="${x + 5}" y="${middle + 4}" class="in">${state}</text>`
        : undefined;
    return markup`<g><title>${title}</title><rect x="${x}" y="${top}" width="${width}" height="${STATE_HEIGHT}" class="st ${stateClass(state)}"/>${name}</g>`;
  });
  drawing.parts.push(markup`${trackName(track.name, middle)}${spans}\n`);
  drawing.top += STATE_HEIGHT + GAP / 2;
}

const STATE_CLASSES: Readonly<Record<string, string>> = {
  SLAVE: 'good',
  MASTER: 'serve',
  GRAND_MASTER: 'serve',
  PASSIVE: 'rest',
  UNCALIBRATED: 'wait',
  PRE_MASTER: 'wait',
  LISTENING: 'wait',
  INITIALIZING: 'rest',
  FAULTY: 'bad',
};

function stateClass(state: string): string {
  return STATE_CLASSES[state] ?? 'rest';
}

function drawOffsets(drawing: Drawing, track: OffsetTrack): void {
  const nameLine = drawing.top + GAP;
  const top = nameLine + GAP / 2;
  const largest = Math.max(
    ...track.points.map((point) => Math.max(Math.abs(point.minNanoseconds), Math.abs(point.maxNanoseconds))),
    1,
  );
  const scale = new OffsetScale(largest, top, OFFSET_HEIGHT);
  const title = `${track.name}: largest offset ${offset(largest)}`;
  const runs = runsOf(track.points).map(
    (run) => markup`<path d="${bandPath(run, drawing.time, scale)}" class="off"/>`,
  );
  drawing.parts.push(
    markup`${scale.ticks().map((tick) => gridLine(tick))}<text x="${LEFT}" y="${nameLine}" class="name">${track.name} offset</text><g><title>${title}</title>${runs}</g>\n`,
  );
  drawing.top = top + OFFSET_HEIGHT + GAP / 2;
}

function gridLine({ position, label }: Tick): Markup {
  const weight = label === '0' ? 'zero' : 'grid';
  return markup`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${position}" y2="${position}" class="${weight}"/><text x="${LEFT - 6}" y="${position + 4}" class="tick end">${label}</text>`;
}

/** Points without a hole between them: a silence must look like one. */
function runsOf(points: readonly OffsetPoint[]): OffsetPoint[][] {
  const steps = points.slice(1).map((point, index) => point.atMicros - (points[index]?.atMicros ?? 0));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const runs: OffsetPoint[][] = [];
  for (const [index, point] of points.entries()) {
    const run = runs.at(-1);
    if (run === undefined || (steps[index - 1] ?? 0) > 4 * usual) runs.push([point]);
    else run.push(point);
  }
  return runs;
}

/** Along the largest values and back along the smallest. */
function bandPath(run: readonly OffsetPoint[], time: TimeScale, scale: OffsetScale): string {
  const forth = run.map((point) => `${time.x(point.atMicros)},${scale.y(point.maxNanoseconds)}`);
  const back = run.map((point) => `${time.x(point.atMicros)},${scale.y(point.minNanoseconds)}`).reverse();
  return `M${[...forth, ...back].join('L')}Z`;
}

function faultBands(time: TimeScale, episodes: readonly AnalysisEpisode[], bottom: number): Markup[] {
  return episodes.slice(0, MAX_BANDS).flatMap((episode, index) => {
    const start = microsOf(episode.start, episode.monotonicStart);
    if (start === undefined) return [];
    const end = episode.active ? Infinity : (microsOf(episode.end, episode.monotonicEnd) ?? start);
    const x = time.x(start);
    const width = Math.max(time.x(end) - x, MIN_BAND_WIDTH);
    const number = index + 1;
    return [
      markup`<g class="fault ${episode.severity}"><title>${number}. ${episode.kind} ${episode.subject}</title><rect x="${x}" y="${MARK_HEIGHT - 4}" width="${width}" height="${bottom - MARK_HEIGHT + 4}"/><text x="${x + width / 2}" y="${MARK_HEIGHT - 8}" class="mark">${number}</text></g>\n`,
    ];
  });
}

/** The time of an episode on the axis of the logs. */
function microsOf(wall: string | null, monotonic: number | null): Micros | undefined {
  if (wall !== null) return parseRfc3339(wall);
  return monotonic === null ? undefined : monotonic * MICROS_PER_SECOND;
}

function timeAxis({ time, isWall, top }: Drawing): Markup {
  const ticks = time
    .ticks(isWall)
    .map(
      ({ position, label }) =>
        markup`<line x1="${position}" x2="${position}" y1="${MARK_HEIGHT}" y2="${top}" class="grid"/><text x="${position}" y="${top + 16}" class="tick mid">${label}</text>`,
    );
  return markup`${ticks}`;
}

function trackName(name: string, y: number): Markup {
  const shown = name.length > 24 ? `${name.slice(0, 23)}…` : name;
  return markup`<text x="0" y="${y + 4}" class="name">${shown}<title>${name}</title></text>`;
}

function momentText(micros: Micros, isWall: boolean): string {
  return isWall ? formatMicros(micros) : `[${(micros / MICROS_PER_SECOND).toFixed(3)}]`;
}
