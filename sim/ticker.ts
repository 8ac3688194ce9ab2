import type { Micros } from '../src/ptp/time.ts';

export interface Driven {
  runUntil(micros: Micros): void;
}

const TICK_MILLIS = 50;
const NODES_PER_TICK = 50;
const MOST_SLOTS = 10;

/**
 * Drives all nodes with one timer. Many nodes take turns, so that no tick does everything:
 * up to 50 nodes run every 50 ms, from 500 nodes on each runs every half second.
 */
export class Ticker {
  readonly #nodes: readonly Driven[];
  readonly #now: () => Micros;
  readonly #slots: number;
  #slot = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(nodes: readonly Driven[], now: () => Micros) {
    this.#nodes = nodes;
    this.#now = now;
    this.#slots = Math.min(MOST_SLOTS, Math.max(1, Math.ceil(nodes.length / NODES_PER_TICK)));
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK_MILLIS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const now = this.#now();
    for (let index = this.#slot; index < this.#nodes.length; index += this.#slots)
      this.#nodes[index]?.runUntil(now);
    this.#slot = (this.#slot + 1) % this.#slots;
  }
}
