import { createEngine } from '../../src/engine/engine.ts';
import type { EpisodeDetail } from '../../src/report/snapshot.ts';
import type { Observation } from '../../src/observe/observation.ts';
import type { Capture, CaptureEvent } from './captures.ts';
import { FAULT_EXPECTATIONS, REFUSED, type FaultExpectation } from './expectations.ts';

/** Acquisition takes this long: an episode that begins within it is no false alarm. */
const START_GRACE_SECONDS = 8;
/** An episode may begin this much before the fault's own stamp. */
const EARLY_SECONDS = 0.5;

export interface Row {
  readonly scenario: string;
  readonly host: string;
  readonly fault: string;
  readonly expected: readonly string[];
  /** Kind found; undefined when missed. */
  readonly found?: string;
  /** First evidence after the fault, seconds. */
  readonly delaySeconds?: number;
  readonly causeRight?: boolean;
}

export interface FalseAlarm {
  readonly scenario: string;
  readonly host: string;
  readonly kind: string;
  readonly atSeconds: number;
  readonly evidence: string;
}

export interface Score {
  readonly rows: Row[];
  readonly falseAlarms: FalseAlarm[];
  readonly hosts: number;
}

interface Window {
  readonly expectation?: FaultExpectation;
  readonly host: string;
  readonly text: string;
  readonly fromSeconds: number;
  readonly untilSeconds: number;
}

/** Are the hosts of a capture judged together, as in a cluster, or each for itself, as a log sent by mail? */
export type Mode = 'Together' | 'Alone';

/** Episodes per host, oldest first. */
export function episodesOf(capture: Capture, mode: Mode = 'Together'): Map<string, readonly EpisodeDetail[]> {
  if (mode === 'Together') return judge(capture);
  const all = new Map<string, readonly EpisodeDetail[]>();
  for (const [host, list] of capture.hosts) {
    for (const [name, episodes] of judge({ ...capture, hosts: new Map([[host, list]]) }))
      all.set(name, episodes);
  }
  return all;
}

function judge(capture: Capture): Map<string, readonly EpisodeDetail[]> {
  const engine = createEngine();
  const all = [...capture.hosts.values()].flat();
  const ordered = mergeByTime(all);
  for (const observation of ordered) engine.ingest(observation);
  engine.endOfInput();
  const last = ordered.reduce((latest, one) => Math.max(latest, one.atMicros), 0);
  const snapshot = engine.evaluate(last);
  return new Map(
    [...snapshot.nodes].map(([host, report]) => [
      host,
      [...report.episodes].sort((a, b) => a.startMicros - b.startMicros),
    ]),
  );
}

function mergeByTime(list: readonly Observation[]): Observation[] {
  return list
    .map((observation, index) => ({ observation, index }))
    .sort((a, b) => a.observation.atMicros - b.observation.atMicros || a.index - b.index)
    .map((one) => one.observation);
}

export function scoreCapture(capture: Capture, mode: Mode = 'Together'): Score {
  const episodes = episodesOf(capture, mode);
  const windows = windowsOf(capture);
  const rows = windows.flatMap((window) => rowOf(capture, window, episodes.get(window.host) ?? []));
  for (const [host, kinds] of Object.entries(REFUSED)) {
    if (!capture.name.endsWith('misconfig') || !capture.hosts.has(host)) continue;
    const found = (episodes.get(host) ?? []).find((one) => kinds.includes(one.kind));
    rows.push({
      scenario: capture.name,
      host,
      fault: 'refused configuration',
      expected: kinds,
      ...(found && { found: found.kind, delaySeconds: 0 }),
    });
  }
  return { rows, falseAlarms: falseAlarmsOf(capture, windows, episodes), hosts: capture.hosts.size };
}

/** From the fault to its CLEAR (or the next fault, or the end), with what is allowed around it. */
function windowsOf(capture: Capture): Window[] {
  const windows: Window[] = [];
  capture.events.forEach((event, index) => {
    const text = /^FAULT (.*)$/.exec(event.text)?.[1];
    if (text === undefined) return;
    const untilSeconds = endOf(capture.events, index);
    const expectations = FAULT_EXPECTATIONS.filter(
      (one) => one.fault.test(text) && capture.hosts.has(one.host),
    );
    for (const expectation of expectations) {
      windows.push({ expectation, host: expectation.host, text, fromSeconds: event.atSeconds, untilSeconds });
    }
    // Other hosts may rightly notice as well.
    for (const host of capture.hosts.keys())
      windows.push({ host, text, fromSeconds: event.atSeconds, untilSeconds });
  });
  return windows;
}

function endOf(events: readonly CaptureEvent[], index: number): number {
  const next = events.slice(index + 1).find((one) => /^(CLEAR|FAULT|end )/.test(one.text));
  return next?.atSeconds ?? events.at(-1)?.atSeconds ?? 0;
}

const startSeconds = (one: EpisodeDetail): number => one.startMicros / 1e6;
const endSeconds = (one: EpisodeDetail): number => (one.endMicros ?? Number.POSITIVE_INFINITY) / 1e6;

function rowOf(capture: Capture, window: Window, episodes: readonly EpisodeDetail[]): Row[] {
  const { expectation } = window;
  if (expectation === undefined) return [];
  const overlapping = episodes.filter(
    (one) =>
      startSeconds(one) <= window.untilSeconds + expectation.delaySeconds &&
      endSeconds(one) >= window.fromSeconds - EARLY_SECONDS,
  );
  const found = overlapping.find((one) => expectation.kinds.includes(one.kind));
  return [
    {
      scenario: capture.name,
      host: window.host,
      fault: window.text,
      expected: expectation.kinds,
      ...(found !== undefined && {
        found: found.kind,
        delaySeconds: Math.max(0, startSeconds(found) - window.fromSeconds),
        ...(expectation.cause !== undefined && { causeRight: found.causeId === expectation.cause }),
      }),
    },
  ];
}

function falseAlarmsOf(
  capture: Capture,
  windows: readonly Window[],
  episodes: ReadonlyMap<string, readonly EpisodeDetail[]>,
): FalseAlarm[] {
  const alarms: FalseAlarm[] = [];
  for (const [host, list] of episodes) {
    if (host in REFUSED) continue;
    const begin = firstStart(capture, host);
    for (const one of list) {
      const start = startSeconds(one);
      const explained = windows.some(
        (window) =>
          window.host === host &&
          start >= window.fromSeconds - EARLY_SECONDS &&
          start <= window.untilSeconds + (window.expectation?.delaySeconds ?? 4),
      );
      if (explained || start <= begin + START_GRACE_SECONDS) continue;
      alarms.push({
        scenario: capture.name,
        host,
        kind: one.kind,
        atSeconds: start,
        evidence: one.evidence?.[0] ?? '',
      });
    }
  }
  return alarms;
}

/** When the host's own programs began. */
function firstStart(capture: Capture, host: string): number {
  const event = capture.events.find(
    (one) => one.text.startsWith('start ') && one.text.includes(` on ${host} `),
  );
  const line = capture.hosts.get(host)?.find((one) => one.kind !== 'configFile');
  return event?.atSeconds ?? (line?.atMicros ?? 0) / 1e6;
}
