import type { Micros } from '../../../ptp/time.ts';

/**
 * Puts every line on one time line.
 *
 * 1. A wall-clock stamp in front of the line (kubelet, CRI, journal) is the time.
 * 2. Without one, the first stamp of the stream decides: uptime seconds (linuxptp) or Unix seconds
 *    (the daemon's status lines, reduced-log summaries). Lines of the other kind are mapped.
 * 3. The map is the difference between both clocks, bounded by lines that stand next to each other: a
 *    Unix stamp after an uptime stamp gives an upper bound, an uptime stamp after a Unix stamp a lower
 *    one. The newest bound wins, so that a step of the wall clock is followed. Daemon stamps have whole
 *    seconds: the map is good to about one second.
 * 4. A line without any stamp happened when the line before it did.
 */
export class Timeline {
  lastAtMicros: Micros | undefined;
  #axis: 'wall' | 'uptime' | undefined;
  /** Unix time minus uptime. */
  #differenceMicros: Micros | undefined;
  #lastUptimeMicros: Micros | undefined;
  #lastUnixMicros: Micros | undefined;

  /** The time of a line from the stamps it carries. */
  place(wall: Micros | undefined, uptime: Micros | undefined, unix: Micros | undefined): Micros {
    const at = this.#place(wall, uptime, unix);
    this.lastAtMicros = at;
    return at;
  }

  #place(wall: Micros | undefined, uptime: Micros | undefined, unix: Micros | undefined): Micros {
    if (wall !== undefined) {
      this.#axis ??= 'wall';
      this.#lastUnixMicros = wall;
      if (uptime === undefined) return wall;
      this.#differenceMicros = wall - uptime;
      this.#lastUptimeMicros = uptime;
      return wall;
    }
    if (uptime !== undefined) return this.#placeUptime(uptime);
    if (unix !== undefined) return this.#placeUnix(unix);
    return this.lastAtMicros ?? 0;
  }

  #placeUptime(uptime: Micros): Micros {
    this.#axis ??= 'uptime';
    if (this.#lastUptimeMicros !== undefined && uptime < this.#lastUptimeMicros - REBOOT_MICROS) {
      this.#differenceMicros = undefined;
    }
    this.#lastUptimeMicros = uptime;
    if (this.#lastUnixMicros !== undefined) {
      const lowest = this.#lastUnixMicros - uptime;
      this.#differenceMicros = Math.max(this.#differenceMicros ?? lowest, lowest);
    }
    if (this.#axis === 'uptime' || this.#differenceMicros === undefined) return uptime;
    return uptime + this.#differenceMicros;
  }

  #placeUnix(unix: Micros): Micros {
    this.#axis ??= 'wall';
    this.#lastUnixMicros = unix;
    if (this.#lastUptimeMicros !== undefined) {
      const highest = unix - this.#lastUptimeMicros;
      this.#differenceMicros = Math.min(this.#differenceMicros ?? highest, highest);
    }
    if (this.#axis === 'wall' || this.#differenceMicros === undefined) return unix;
    return unix - this.#differenceMicros;
  }
}

/** Lines of several processes come a little out of order; a drop of more than this is a reboot. */
const REBOOT_MICROS = 60_000_000;
