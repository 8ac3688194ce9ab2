import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../../lib/clock.ts';

/** A step by less than this may be the measurement; phc2sys steps by whole seconds when it steps. */
const JUMP_MICROS = 1_000_000;
const NANOSECONDS_PER_SECOND = 1e9;
/** Each look wakes the process, idle or not; what matters is a wait of longer than this. */
const LOOP_RESOLUTION_MILLIS = 100;

/** Watches this process: is its event loop free, and does the clock of its machine stand still? */
export class ProcessHealth {
  readonly #clock: Clock;
  readonly #delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MILLIS });
  #offsetMicros: number;
  #jumps = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMicros = this.#wallMinusMonotonic();
    this.#delay.enable();
  }

  get wallClockJumpsTotal(): number {
    return this.#jumps;
  }

  /** Longest delay since it was last asked for; the time between two looks is not part of it. */
  takeEventLoopLagSeconds(): number {
    const longest = this.#delay.max / NANOSECONDS_PER_SECOND;
    this.#delay.reset();
    return Math.max(0, longest - LOOP_RESOLUTION_MILLIS / 1_000);
  }

  /** To be called every few seconds. */
  look(): void {
    const offset = this.#wallMinusMonotonic();
    if (Math.abs(offset - this.#offsetMicros) >= JUMP_MICROS) this.#jumps += 1;
    this.#offsetMicros = offset;
  }

  stop(): void {
    this.#delay.disable();
  }

  #wallMinusMonotonic(): number {
    return this.#clock.wallMicros() - this.#clock.monotonicMillis() * 1_000;
  }
}
