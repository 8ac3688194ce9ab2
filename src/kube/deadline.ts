import type { Clock } from '../lib/clock.ts';
import { KubeError } from './errors.ts';

/** Does something after a time, unless the signal is aborted before. */
export function after(clock: Clock, millis: number, signal: AbortSignal, action: () => void): void {
  clock.sleep(millis, signal).then(action, () => undefined);
}

export interface AbortScope {
  signal: AbortSignal;
  /** Aborted with `signal`, and by `dispose`: for timers that must not outlive the call. */
  timers: AbortSignal;
  abort(reason: KubeError): void;
  /** The call is over: stops its timers and lets go of the outer signal. */
  dispose(): void;
}

/** A signal of our own that also follows the caller's, and can be let go (AbortSignal.any cannot). */
export function abortScope(outer: AbortSignal | undefined): AbortScope {
  const calls = new AbortController();
  const timers = new AbortController();
  const abort = (reason: KubeError): void => {
    calls.abort(reason);
    timers.abort(reason);
  };
  const onOuter = (): void => {
    abort(abortedError(outer));
  };
  if (outer?.aborted === true) onOuter();
  else outer?.addEventListener('abort', onOuter, { once: true });
  return {
    signal: calls.signal,
    timers: timers.signal,
    abort,
    dispose: () => {
      outer?.removeEventListener('abort', onOuter);
      timers.abort();
    },
  };
}

/** The error of a call whose caller gave up; keeps a KubeError that the caller gave as reason. */
export function abortedError(signal: AbortSignal | undefined): KubeError {
  const reason: unknown = signal?.reason;
  return reason instanceof KubeError
    ? reason
    : new KubeError('Aborted', 'the call was aborted', { cause: reason });
}

export interface Deadline {
  clock: Clock;
  millis: number;
  signal?: AbortSignal | undefined;
  /** For the message: what was not done in time. */
  what: string;
}

/** Runs work that obeys its signal; a KubeError `DeadlineExceeded` when the time is over. */
export async function withDeadline<T>(
  deadline: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const scope = abortScope(deadline.signal);
  after(deadline.clock, deadline.millis, scope.timers, () => {
    scope.abort(
      new KubeError('DeadlineExceeded', `${deadline.what}: not done in ${Math.round(deadline.millis)} ms`),
    );
  });
  try {
    return await abortable(work(scope.signal), scope.signal);
  } finally {
    scope.dispose();
  }
}

/** The promise's result, or the signal's reason as soon as it is aborted. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => {
      reject(abortedError(signal));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
