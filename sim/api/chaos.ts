import { ApiError, forbidden, tooManyRequests, unauthorized } from './api-error.ts';

interface Throttle {
  remaining: number;
  readonly retryAfterSeconds: number;
  readonly plural: string | undefined;
}

/** Disturbances above the transport: answers that fail, come late or are garbled. */
export class RequestChaos {
  #throttle: Throttle | undefined;
  #failures: { remaining: number; readonly code: number } | undefined;
  readonly #denied = new Map<string, 401 | 403>();
  #framesToGarble = 0;
  /** Every answer waits this long. */
  delayMillis = 0;

  /** The next `count` requests (for one resource, or any) get 429 with Retry-After. */
  throttle(count: number, retryAfterSeconds: number, plural?: string): void {
    this.#throttle = { remaining: count, retryAfterSeconds, plural };
  }

  /** The next `count` requests get this code (500, 503 …). */
  failNext(count: number, code: number): void {
    this.#failures = { remaining: count, code };
  }

  /** Every request for the resource gets 401 or 403 until `allow`. */
  deny(plural: string, code: 401 | 403): void {
    this.#denied.set(plural, code);
  }

  allow(plural: string): void {
    this.#denied.delete(plural);
  }

  /** The next watch frames are cut in the middle, so that they are not JSON. */
  garbleNextWatchFrame(count = 1): void {
    this.#framesToGarble = count;
  }

  /** Back to normal. */
  clear(): void {
    this.#throttle = undefined;
    this.#failures = undefined;
    this.#denied.clear();
    this.#framesToGarble = 0;
    this.delayMillis = 0;
  }

  /** @throws ApiError when this request is to fail */
  check(plural: string, verb: string): void {
    const denied = this.#denied.get(plural);
    if (denied === 401) throw unauthorized();
    if (denied === 403) throw forbidden(`${plural} is forbidden: User cannot ${verb} resource "${plural}"`);
    const throttle = this.#throttle;
    if (
      throttle !== undefined &&
      throttle.remaining > 0 &&
      (throttle.plural === undefined || throttle.plural === plural)
    ) {
      throttle.remaining -= 1;
      throw tooManyRequests(throttle.retryAfterSeconds);
    }
    if (this.#failures !== undefined && this.#failures.remaining > 0) {
      this.#failures.remaining -= 1;
      throw new ApiError(this.#failures.code, 'ServiceUnavailable', 'simulated failure');
    }
  }

  mangle(frame: string): string {
    if (this.#framesToGarble === 0) return frame;
    this.#framesToGarble -= 1;
    return `${frame.slice(0, Math.floor(frame.length / 2))}\u0000\n`;
  }
}
