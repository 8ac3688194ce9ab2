import { isResourceVersionUnusable, type KubeError } from './errors.ts';

/**
 * - `Syncing`: no complete list yet.
 * - `Synced`: the store is current, as far as anyone can know.
 * - `Absent`: the kind is not served (its CRD is not installed).
 * - `Forbidden`, `Unauthorized`: we may not read it; tried again slowly.
 * - `Failing`: anything else; the store holds the last known state.
 */
export type ReflectorState = 'Syncing' | 'Synced' | 'Absent' | 'Forbidden' | 'Unauthorized' | 'Failing';

export interface ReflectorStatus {
  state: ReflectorState;
  /** Status reason of the API server, or our restart reason; empty when all is well. */
  reason: string;
  message: string;
}

/** Why a watch was started anew. `Ended` is the normal end of its time. */
export const RESTART_REASONS = [
  'Ended',
  'Expired',
  'Throttled',
  'Unauthorized',
  'Forbidden',
  'Absent',
  'Refused',
  'ServerError',
  'Malformed',
  'Inactive',
  'Unreachable',
  'ConnectionLost',
] as const;
export type RestartReason = (typeof RESTART_REASONS)[number];

export interface ReflectorStats {
  restarts: Readonly<Record<RestartReason, number>>;
  /** Complete lists, streamed or paged. */
  relists: number;
  /** Since the last event or bookmark. */
  lastEventAgeMillis: number;
  objects: number;
  /** Not kept because the store was full. */
  refusedObjects: number;
  /** Objects whose newest state could not be projected. */
  rejectedObjects: number;
  rejections: number;
  handlerErrors: number;
}

type Failure = Exclude<RestartReason, 'Ended'>;

/** What a failure means for the outside, and whether it is worth trying again soon. */
export const FAILURES: Readonly<Record<Failure, { state: ReflectorState; slow: boolean }>> = {
  Expired: { state: 'Failing', slow: false },
  Throttled: { state: 'Failing', slow: false },
  Unauthorized: { state: 'Unauthorized', slow: true },
  Forbidden: { state: 'Forbidden', slow: true },
  Absent: { state: 'Absent', slow: true },
  Refused: { state: 'Failing', slow: false },
  ServerError: { state: 'Failing', slow: false },
  Malformed: { state: 'Failing', slow: false },
  Inactive: { state: 'Failing', slow: false },
  Unreachable: { state: 'Failing', slow: false },
  ConnectionLost: { state: 'Failing', slow: false },
};

const BY_STATUS: Readonly<Record<number, Failure>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Absent',
  429: 'Throttled',
};

export function failureOf(error: KubeError): Failure {
  if (isResourceVersionUnusable(error)) return 'Expired';
  switch (error.code) {
    case 'Status':
      return BY_STATUS[error.status] ?? (error.status >= 500 ? 'ServerError' : 'Refused');
    case 'MalformedBody':
    case 'BodyTooLarge':
      return 'Malformed';
    case 'InactivityTimeout':
      return 'Inactive';
    case 'ConnectFailed':
    case 'DeadlineExceeded':
    case 'CredentialsFailed':
      return 'Unreachable';
    case 'ConnectionLost':
    case 'Aborted':
    case 'RequestInvalid':
      return 'ConnectionLost';
  }
}
