import type { Micros } from '../../src/ptp/time.ts';

type Task = (nowMicros: Micros) => void;

interface Entry {
  readonly dueMicros: Micros;
  readonly order: number;
  readonly task: Task;
  isCancelled: boolean;
}

/**
 * What a simulated node will do and when, as a binary heap. It has no timer of its own:
 * whoever owns the clock calls `runUntil`, so a thousand nodes need one timer.
 */
export class Agenda {
  readonly #heap: Entry[] = [];
  #nowMicros: Micros;
  #order = 0;

  constructor(startMicros: Micros) {
    this.#nowMicros = startMicros;
  }

  /** Time of the task that runs now, or up to which everything has run. */
  get nowMicros(): Micros {
    return this.#nowMicros;
  }

  /** Runs a task after a delay. Returns the function that cancels it. */
  after(delayMillis: number, task: Task): () => void {
    const dueMicros = this.#nowMicros + Math.max(0, Math.round(delayMillis * 1000));
    const entry: Entry = { dueMicros, order: this.#order++, task, isCancelled: false };
    this.#push(entry);
    return () => {
      entry.isCancelled = true;
    };
  }

  /** Runs a task again and again, the first time after `firstMillis`. */
  every(intervalMillis: number, task: Task, firstMillis: number = intervalMillis): () => void {
    let cancel: () => void = () => undefined;
    let isCancelled = false;
    const run: Task = (nowMicros) => {
      task(nowMicros);
      if (!isCancelled) cancel = this.after(intervalMillis, run);
    };
    cancel = this.after(firstMillis, run);
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  /** Runs everything due up to this time, in order. */
  runUntil(micros: Micros): void {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.dueMicros > micros) break;
      this.#pop();
      if (next.isCancelled) continue;
      this.#nowMicros = Math.max(this.#nowMicros, next.dueMicros);
      next.task(this.#nowMicros);
    }
    this.#nowMicros = Math.max(this.#nowMicros, micros);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(entry, heap[parent])) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child])) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Entry, b: Entry | undefined): boolean {
  if (b === undefined) return true;
  return a.dueMicros < b.dueMicros || (a.dueMicros === b.dueMicros && a.order < b.order);
}
