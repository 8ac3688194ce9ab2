/**
 * What the rest of the runtime needs from the network. `http/transport.ts` is the real one;
 * wrappers (e.g. the recorder of calls in `rbac.ts`) and tests implement the same interface.
 */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type QueryParameters = Readonly<Record<string, string | number | boolean | undefined>>;
/** Lower-case names; the values of a repeated header are joined by a comma and a blank. */
export type ResponseHeaders = Readonly<Record<string, string>>;

/** Thousands of log follows must not share connections with watches and writes. */
export type Lane = 'api' | 'logs';

export interface KubeRequest {
  method: HttpMethod;
  /** Absolute path without query, already percent-encoded, e.g. `/api/v1/nodes`. */
  path: string;
  query?: QueryParameters;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  signal?: AbortSignal;
  /** For the whole exchange, connection included. */
  deadlineMillis: number;
}

export interface KubeResponse {
  status: number;
  headers: ResponseHeaders;
  body: string;
}

export interface KubeStreamRequest {
  path: string;
  query?: QueryParameters;
  headers?: Readonly<Record<string, string>>;
  lane?: Lane;
  signal?: AbortSignal;
  /** Until the answer's headers are there; the body may last for ever. */
  deadlineMillis: number;
  /** The body fails with `InactivityTimeout` when no byte comes for so long. */
  inactivityMillis?: number;
}

export interface KubeStream {
  status: number;
  headers: ResponseHeaders;
  /**
   * To be read once, by `for await`. It ends when the server ended it, and throws a KubeError in every
   * other case: `ConnectionLost`, `InactivityTimeout`, or `Aborted` after `close()` or the signal.
   */
  body: AsyncIterable<Uint8Array>;
  /** Monotonic time since the last byte (since the headers when there was none). */
  idleMillis(): number;
  close(): void;
}

export interface KubeTransport {
  /** Any HTTP status is an answer; only its absence throws. */
  request(request: KubeRequest): Promise<KubeResponse>;
  /** A GET whose body is read as it comes. A status other than 2xx throws a KubeError `Status`. */
  stream(request: KubeStreamRequest): Promise<KubeStream>;
  close(): Promise<void>;
}

/** Path with query, parameters in the order given, undefined ones left out. */
export function pathWithQuery(path: string, query: QueryParameters = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.append(name, String(value));
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
