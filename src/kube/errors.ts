/**
 * The one list of what can go wrong on the way to the API server and back.
 * The codes are stable: logs, metrics and tests name them.
 */
export const KUBE_ERROR_CODES = {
  Status: 'the API server answered with a failure; see status and reason',
  ConnectFailed: 'no connection to the API server could be opened',
  ConnectionLost: 'the connection broke before the answer was complete',
  DeadlineExceeded: 'the call took longer than its deadline',
  InactivityTimeout: 'a stream brought no byte for longer than its limit',
  Aborted: 'the caller gave the call up',
  BodyTooLarge: 'the answer is larger than the limit for its kind',
  MalformedBody: 'the answer is not the JSON it should be',
  CredentialsFailed: 'the kubeconfig or its credentials could not be used',
  RequestInvalid: 'the call could not be put into a request',
} as const;

export type KubeErrorCode = keyof typeof KUBE_ERROR_CODES;

export interface KubeErrorDetails {
  /** HTTP status, or 0 when there was no answer. */
  status?: number;
  /** `reason` of the Kubernetes Status object, e.g. `NotFound`, `Conflict`, `Expired`. */
  reason?: string;
  retryAfterSeconds?: number;
  cause?: unknown;
}

export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeErrorCode;
  readonly status: number;
  readonly reason: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: KubeErrorCode, message: string, details: KubeErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? 0;
    this.reason = details.reason ?? '';
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Longest part of a foreign message that is kept: it may be a whole proxy error page. */
const MAX_MESSAGE_LENGTH = 512;

interface StatusBody {
  kind?: unknown;
  code?: unknown;
  reason?: unknown;
  message?: unknown;
  details?: { retryAfterSeconds?: unknown } | null;
}

/** The error of a non-2xx answer: a Kubernetes Status where the body is one, else the start of the text. */
export function statusError(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): KubeError {
  const parsed = parseStatusBody(body);
  const reason = typeof parsed?.reason === 'string' ? parsed.reason : '';
  const text = typeof parsed?.message === 'string' ? parsed.message : body;
  const message = `HTTP ${status}${reason === '' ? '' : ` ${reason}`}: ${text.trim().slice(0, MAX_MESSAGE_LENGTH)}`;
  const retryAfterSeconds =
    retryAfter(headers['retry-after']) ?? retryAfter(parsed?.details?.retryAfterSeconds);
  return new KubeError('Status', message, {
    status,
    reason,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** The error of an ERROR event inside a watch: its object is a Status. */
export function statusObjectError(object: unknown): KubeError {
  const status: StatusBody = isRecord(object) ? object : {};
  const code = typeof status.code === 'number' ? status.code : 500;
  return statusError(code, {}, JSON.stringify({ ...status, kind: 'Status' }));
}

function parseStatusBody(body: string): StatusBody | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) && parsed['kind'] === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Retry-After in seconds. The form with a date is not used by API servers and is ignored. */
function retryAfter(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whatever was thrown, as a KubeError. */
export function asKubeError(error: unknown, code: KubeErrorCode = 'ConnectionLost'): KubeError {
  if (error instanceof KubeError) return error;
  return new KubeError(code, error instanceof Error ? error.message : String(error), { cause: error });
}

export const isNotFound = (error: unknown): boolean => hasStatus(error, 404);
export const isConflict = (error: unknown): boolean => hasStatus(error, 409);
export const isAlreadyExists = (error: unknown): boolean =>
  hasStatus(error, 409) && error.reason === 'AlreadyExists';

/** The resourceVersion is too old (410), or from the future of this server's cache. Both need a fresh list. */
export function isResourceVersionUnusable(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  return (
    error.status === 410 ||
    error.reason === 'Expired' ||
    error.reason === 'Gone' ||
    (error.status === 504 && error.message.includes('Too large resource version'))
  );
}

/**
 * The object does not fit the schema that the API server has for it. Server-side apply says so with a plain
 * 500 when a field is not declared or of another type, whatever `fieldValidation` is; else it is a 422.
 */
export function isSchemaMismatch(error: unknown): error is KubeError {
  if (!(error instanceof KubeError)) return false;
  return (
    (error.status === 422 && error.reason === 'Invalid') ||
    (error.status === 500 && error.message.includes('failed to create typed patch object'))
  );
}

/** May the same call be sent again, unchanged, with a chance of success? */
export function isRetriable(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  switch (error.code) {
    case 'Status':
      return error.status === 429 || (error.status >= 500 && !isSchemaMismatch(error));
    case 'ConnectFailed':
    case 'ConnectionLost':
    case 'DeadlineExceeded':
    case 'InactivityTimeout':
      return true;
    case 'Aborted':
    case 'BodyTooLarge':
    case 'MalformedBody':
    case 'CredentialsFailed':
    case 'RequestInvalid':
      return false;
  }
}

function hasStatus(error: unknown, status: number): error is KubeError {
  return error instanceof KubeError && error.status === status;
}
