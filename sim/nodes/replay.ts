import type { Micros } from '../../src/ptp/time.ts';
import { parseRfc3339 } from '../../src/ptp/time.ts';
import type { Agenda } from './agenda.ts';
import type { ContainerLog } from './container-log.ts';

interface RecordedLine {
  /** Since the first line. */
  readonly offsetMicros: Micros;
  readonly text: string;
}

const CRI_LINE = /^(\S+) (stdout|stderr) ([FP])(?: |$)(.*)$/;

/** Reads a container log as the container runtime keeps it, joining the parts of split lines. */
export function parseCriLog(text: string): RecordedLine[] {
  const lines: RecordedLine[] = [];
  const partial = new Map<string, string>();
  let firstMicros: Micros | undefined;
  for (const line of text.split('\n')) {
    const match = CRI_LINE.exec(line);
    if (match === null) continue;
    const [, stamp = '', stream = '', flag, content = ''] = match;
    const micros = parseRfc3339(stamp);
    if (micros === undefined) continue;
    firstMicros ??= micros;
    const whole = (partial.get(stream) ?? '') + content;
    if (flag === 'P') {
      partial.set(stream, whole);
      continue;
    }
    partial.delete(stream);
    lines.push({ offsetMicros: Math.max(0, micros - firstMicros), text: whole });
  }
  return lines;
}

export interface ReplayOptions {
  /** 2 = twice as fast as it was recorded. */
  readonly speed: number;
  readonly loop: boolean;
}

const LOOP_PAUSE_MILLIS = 1_000;

/** Prints a recorded log again, with the times of now. */
export function startReplay(
  lines: readonly RecordedLine[],
  agenda: Agenda,
  log: ContainerLog,
  options: ReplayOptions,
): void {
  const playFrom = (index: number, startMicros: Micros): void => {
    // Everything due together goes out in one piece.
    let next = index;
    const batch: { micros: Micros; text: string }[] = [];
    for (; next < lines.length; next++) {
      const line = lines[next]!;
      const dueMicros = startMicros + line.offsetMicros / options.speed;
      if (dueMicros > agenda.nowMicros) break;
      batch.push({ micros: Math.round(dueMicros), text: line.text });
    }
    log.append(batch);
    const following = lines[next];
    if (following !== undefined) {
      const waitMillis = (startMicros + following.offsetMicros / options.speed - agenda.nowMicros) / 1000;
      agenda.after(Math.max(1, waitMillis), () => playFrom(next, startMicros));
    } else if (options.loop && lines.length > 0) {
      agenda.after(LOOP_PAUSE_MILLIS, (nowMicros) => {
        log.restart();
        playFrom(0, nowMicros);
      });
    }
  };
  playFrom(0, agenda.nowMicros);
}
