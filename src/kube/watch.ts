import type { KubeClient } from './client.ts';
import { KubeError, statusObjectError } from './errors.ts';
import { splitLines } from './lines.ts';
import { isKubeObject, type KubeObject, type ResourceDefinition, resourcePath } from './objects.ts';

export interface WatchRequest {
  resource: ResourceDefinition;
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Opaque; undefined = whatever the server has. */
  resourceVersion?: string | undefined;
  /** Asks for the present objects first, as ADDED events, and a bookmark after the last of them. */
  sendInitialEvents?: boolean | undefined;
  /** When the server is to end the watch. */
  timeoutSeconds: number;
  /** Without any byte for so long the connection is taken for dead; the server sends bookmarks every 60 s. */
  inactivityMillis: number;
  signal: AbortSignal;
}

export type WatchEvent =
  | { type: 'Added' | 'Modified' | 'Deleted'; object: KubeObject }
  | { type: 'Bookmark'; resourceVersion: string; initialEventsEnd: boolean };

/** Until the answer's headers, which the server sends before the first event. */
const OPEN_DEADLINE_MILLIS = 30_000;
/** etcd holds no object above about 1.5 MiB; its JSON may be a few times larger. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';
const EVENT_TYPES = { ADDED: 'Added', MODIFIED: 'Modified', DELETED: 'Deleted' } as const;

/**
 * One watch, from its opening to its end. Ends when the server ends it (its time is over); throws a KubeError
 * for ERROR events (their status), lines that are no events (`MalformedBody`), silence and lost connections.
 */
export async function openWatch(
  client: KubeClient,
  request: WatchRequest,
): Promise<AsyncGenerator<WatchEvent, void>> {
  const stream = await client.transport.stream({
    path: resourcePath(request.resource, { namespace: request.namespace }),
    query: {
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds: request.timeoutSeconds,
      resourceVersion: request.resourceVersion,
      labelSelector: request.labelSelector,
      fieldSelector: request.fieldSelector,
      ...(request.sendInitialEvents === true
        ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }
        : {}),
    },
    signal: request.signal,
    deadlineMillis: OPEN_DEADLINE_MILLIS,
    inactivityMillis: request.inactivityMillis,
  });
  return events(splitLines(stream.body, MAX_EVENT_BYTES));
}

async function* events(lines: AsyncIterable<string>): AsyncGenerator<WatchEvent, void> {
  for await (const line of lines) if (line.trim() !== '') yield parseEvent(line);
}

function parseEvent(line: string): WatchEvent {
  const { type, object } = parseLine(line);
  if (type === 'ERROR') throw statusObjectError(object);
  if (type === 'BOOKMARK') return bookmark(object);
  const known = Object.hasOwn(EVENT_TYPES, type) ? EVENT_TYPES[type as keyof typeof EVENT_TYPES] : undefined;
  if (known === undefined || !isKubeObject(object)) {
    throw new KubeError(
      'MalformedBody',
      `watch: a line is not an event (type ${JSON.stringify(type.slice(0, 40))})`,
    );
  }
  return { type: known, object };
}

function parseLine(line: string): { type: string; object: unknown } {
  try {
    const event = JSON.parse(line) as { type?: unknown; object?: unknown } | null;
    return { type: String(event?.type), object: event?.object };
  } catch (error) {
    throw new KubeError('MalformedBody', `watch: a line of ${line.length} characters is not JSON`, {
      cause: error,
    });
  }
}

/** A bookmark's object has metadata only, and no name. */
function bookmark(object: unknown): WatchEvent {
  const metadata = (
    object as { metadata?: { resourceVersion?: unknown; annotations?: Record<string, unknown> } } | null
  )?.metadata;
  if (typeof metadata?.resourceVersion !== 'string') {
    throw new KubeError('MalformedBody', 'watch: a bookmark has no resourceVersion');
  }
  return {
    type: 'Bookmark',
    resourceVersion: metadata.resourceVersion,
    initialEventsEnd: metadata.annotations?.[INITIAL_EVENTS_END] === 'true',
  };
}
