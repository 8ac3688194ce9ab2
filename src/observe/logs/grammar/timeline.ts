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
  /** Of the newest line; NaN before the first. As everywhere here, NaN stands for "none". */
  lastAtMicros: Micros = NaN;
  #axis: 'wall' | 'uptime' | undefined;
  /** Unix time minus uptime. */
  #differenceMicros: Micros = NaN;
  #lastUptimeMicros: Micros = NaN;
  #lastUnixMicros: Micros = NaN;

  /** The time of a line from the stamps it carries; NaN for those it does not. */
  place(wall: Micros, uptime: Micros, unix: Micros): Micros {
    const at = this.#place(wall, uptime, unix);
    this.lastAtMicros = at;
    return at;
  }

  #place(wall: Micros, uptime: Micros, unix: Micros): Micros {
    if (!Number.isNaN(wall)) return this.#placeWall(wall, uptime);
    if (!Number.isNaN(uptime)) return this.#placeUptime(uptime);
    if (!Number.isNaN(unix)) return this.#placeUnix(unix);
    return Number.isNaN(this.lastAtMicros) ? 0 : this.lastAtMicros;
  }

  #placeWall(wall: Micros, uptime: Micros): Micros {
    this.#axis ??= 'wall';
    this.#lastUnixMicros = wall;
    if (!Number.isNaN(uptime)) {
      this.#differenceMicros = wall - uptime;
      this.#lastUptimeMicros = uptime;
    }
    return wall;
  }

  #placeUptime(uptime: Micros): Micros {
    this.#axis ??= 'uptime';
    if (uptime < this.#lastUptimeMicros - REBOOT_MICROS) this.#differenceMicros = NaN;
    this.#lastUptimeMicros = uptime;
    const lowest = this.#lastUnixMicros - uptime;
    if (!(this.#differenceMicros >= lowest)) this.#differenceMicros = lowest;
    if (this.#axis === 'uptime' || Number.isNaN(this.#differenceMicros)) return uptime;
    return uptime + this.#differenceMicros;
  }

  #placeUnix(unix: Micros): Micros {
    this.#axis ??= 'wall';
    this.#lastUnixMicros = unix;
    const highest = unix - this.#lastUptimeMicros;
    if (!(this.#differenceMicros <= highest)) this.#differenceMicros = highest;
    if (this.#axis === 'wall' || Number.isNaN(this.#differenceMicros)) return unix;
    return unix - this.#differenceMicros;
  }
}

/** Lines of several processes come a little out of order; a drop of more than this is a reboot. */
const REBOOT_MICROS = 60_000_000;
