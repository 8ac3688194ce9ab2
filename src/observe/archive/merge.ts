import type { Observation } from '../observation.ts';
import type { Micros } from '../../ptp/time.ts';

/** A source of observations in time order: one log of a node. */
export interface OrderedSource {
  /** Nothing earlier than this will come. */
  readonly firstMicros: Micros;
  /** The next batch, never empty; undefined at the end. */
  next(): Promise<Observation[] | undefined>;
}

/** A source with its batch in hand. */
interface Open {
  source: OrderedSource;
  batch: Observation[];
  index: number;
}

/**
 * Merges sources into one stream in time order. A source is opened when its time comes, so that pieces
 * that follow each other are never open together. Each holds one batch at a time: memory is bounded by
 * the number of logs that overlap. Where a source itself is out of order its order is kept.
 */
export async function* mergeByTime(sources: readonly OrderedSource[]): AsyncGenerator<Observation[]> {
  const waiting = [...sources].sort((a, b) => a.firstMicros - b.firstMicros);
  const open: Open[] = [];
  for (;;) {
    await openDue(waiting, open);
    const [first, second] = open;
    if (first === undefined) return;
    const next = waiting[0];
    if (second === undefined && next === undefined) {
      yield first.index === 0 ? first.batch : first.batch.slice(first.index);
      await refill(open, first);
      continue;
    }
    const merged = drain(open, next?.firstMicros ?? Infinity);
    if (merged.length > 0) yield merged;
    for (const item of open.filter(({ batch, index }) => index >= batch.length)) await refill(open, item);
  }
}

/** Opens the sources whose time has come: not later than the earliest observation in hand. */
async function openDue(waiting: OrderedSource[], open: Open[]): Promise<void> {
  for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
    if (open.length > 0 && next.firstMicros > earliest(open)) return;
    waiting.shift();
    const batch = await next.next();
    if (batch !== undefined) open.push({ source: next, batch, index: 0 });
  }
}

function earliest(open: readonly Open[]): Micros {
  let least = Infinity;
  for (const { batch, index } of open) least = Math.min(least, batch[index]?.atMicros ?? Infinity);
  return least;
}

async function refill(open: Open[], item: Open): Promise<void> {
  const batch = await item.source.next();
  item.index = 0;
  if (batch === undefined) open.splice(open.indexOf(item), 1);
  else item.batch = batch;
}

/** Merges until a batch is used up or the time of a source that is not open yet has come. */
function drain(open: readonly Open[], untilMicros: Micros): Observation[] {
  const merged: Observation[] = [];
  for (;;) {
    let least: Open | undefined;
    let leastAt = Infinity;
    let secondAt = untilMicros;
    for (const item of open) {
      const at = item.batch[item.index]?.atMicros;
      if (at === undefined) return merged;
      if (at < leastAt) {
        secondAt = Math.min(secondAt, leastAt);
        leastAt = at;
        least = item;
      } else {
        secondAt = Math.min(secondAt, at);
      }
    }
    if (least === undefined || leastAt > untilMicros) return merged;
    takeUntil(least, secondAt, merged);
  }
}

/** Takes the run of observations that come before every other source's next one; at least one. */
function takeUntil(item: Open, limitMicros: Micros, into: Observation[]): void {
  const { batch } = item;
  do {
    const observation = batch[item.index];
    if (observation === undefined) return;
    into.push(observation);
    item.index++;
  } while ((batch[item.index]?.atMicros ?? Infinity) <= limitMicros);
}
