import type { ApiError } from './api-error.ts';
import { expired, tooLargeRevision } from './api-error.ts';
import type { Change, ChangeType } from './event-history.ts';
import { inServedVersion } from './event-versions.ts';
import type { ResponseWriter } from './exchange.ts';
import type { Lister } from './lister.ts';
import type { KubeObject } from './object.ts';
import type { Representation } from './representation.ts';
import { representObject } from './representation.ts';
import type { ResourceType } from './resource-type.ts';
import { groupVersion } from './resource-type.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import type { ObjectStore } from './store.ts';

export interface WatchRequest {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly query: URLSearchParams;
  readonly representation: Representation;
}

/** A client that does not read is cut off rather than buffered for ever. */
const UNSENT_LIMIT_BYTES = 64 * 1024 * 1024;

/** The open watches, so that tests can end or disturb them. */
export class WatchHub {
  readonly #store: ObjectStore;
  readonly #lister: Lister;
  readonly #bookmarkMillis: number;
  readonly #mangle: (frame: string) => string;
  readonly #open = new Set<Watch>();

  constructor(store: ObjectStore, lister: Lister, bookmarkMillis: number, mangle: (frame: string) => string) {
    this.#store = store;
    this.#lister = lister;
    this.#bookmarkMillis = bookmarkMillis;
    this.#mangle = mangle;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Sends an ERROR event on every open watch (of one resource) and ends it. */
  fail(error: ApiError, plural?: string): void {
    for (const watch of [...this.#open])
      if (plural === undefined || watch.plural === plural) watch.fail(error);
  }

  /** Ends the open watches of the objects kept there. */
  end(storage: string): void {
    for (const watch of [...this.#open]) if (watch.storage === storage) watch.end();
  }

  /** @throws ApiError 410 or 504 before anything has been sent */
  serve(request: WatchRequest, response: ResponseWriter): void {
    const { type, namespace, query } = request;
    const revision = Number(query.get('resourceVersion') ?? '0');
    if (revision > this.#store.revision) throw tooLargeRevision(revision, this.#store.revision);
    const sendInitial = query.get('sendInitialEvents') === 'true';
    const fromNow = revision === 0 || sendInitial;
    const backlog = fromNow ? [] : this.#store.changesSince(type.storage, revision);
    const initial =
      fromNow && query.get('sendInitialEvents') !== 'false'
        ? this.#lister.select(type, namespace, query)
        : [];

    const watch = new Watch(request, response, this.#mangle);
    this.#open.add(watch);
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    // A watch without events yet is open all the same: the client waits for the headers.
    response.flushHeaders();
    for (const object of initial) watch.send('ADDED', object);
    const bookmarks = query.get('allowWatchBookmarks') === 'true';
    if (sendInitial && bookmarks) watch.bookmark(this.#store.revision, true);
    for (const change of backlog) watch.offer(change);

    const unsubscribe = this.#store.subscribe(type.storage, (change) => watch.offer(change));
    const timers = [
      ...(bookmarks
        ? [setInterval(() => watch.bookmark(this.#store.revision, false), this.#bookmarkMillis)]
        : []),
      ...timeoutTimer(query, () => watch.end()),
    ];
    response.once('close', () => {
      unsubscribe();
      timers.forEach((timer) => clearInterval(timer));
      this.#open.delete(watch);
    });
  }
}

function timeoutTimer(query: URLSearchParams, onTimeout: () => void): NodeJS.Timeout[] {
  const seconds = Number(query.get('timeoutSeconds') ?? '0');
  return seconds > 0 ? [setTimeout(onTimeout, seconds * 1000)] : [];
}

class Watch {
  readonly #request: WatchRequest;
  readonly #response: ResponseWriter;
  readonly #mangle: (frame: string) => string;
  readonly #isSelected: (object: KubeObject) => boolean;

  constructor(request: WatchRequest, response: ResponseWriter, mangle: (frame: string) => string) {
    this.#request = request;
    this.#response = response;
    this.#mangle = mangle;
    const hasLabels = parseLabelSelector(request.query.get('labelSelector'));
    const hasFields = parseFieldSelector(request.query.get('fieldSelector'));
    const { namespace } = request;
    this.#isSelected = (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      hasLabels(object) &&
      hasFields(object);
  }

  get plural(): string {
    return this.#request.type.plural;
  }

  get storage(): string {
    return this.#request.type.storage;
  }

  /** Sends a change if the selectors see it: entering them is ADDED, leaving them is DELETED. */
  offer(change: Change): void {
    const { type } = this.#request;
    const object = inServedVersion(change.object, type);
    const isNow = change.type !== 'DELETED' && this.#isSelected(object);
    const was = change.previous !== undefined && this.#isSelected(inServedVersion(change.previous, type));
    if (isNow) this.send(was ? 'MODIFIED' : 'ADDED', object);
    else if (was) this.send('DELETED', object);
  }

  send(type: ChangeType, object: KubeObject): void {
    this.#write(`{"type":"${type}","object":${this.#serialize(object)}}\n`);
  }

  bookmark(revision: number, endsInitialEvents: boolean): void {
    const { type } = this.#request;
    const annotations = endsInitialEvents ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...annotations };
    this.#write(
      `${JSON.stringify({ type: 'BOOKMARK', object: { kind: type.kind, apiVersion: groupVersion(type), metadata } })}\n`,
    );
  }

  fail(error: ApiError): void {
    this.#write(`${JSON.stringify({ type: 'ERROR', object: error.toStatus() })}\n`);
    this.end();
  }

  end(): void {
    this.#response.end();
  }

  #serialize(object: KubeObject): string {
    const { representation } = this.#request;
    return representation.shape === 'Object'
      ? jsonOf(object)
      : JSON.stringify(representObject(object, representation));
  }

  #write(frame: string): void {
    this.#response.write(this.#mangle(frame));
    if (this.#response.writableLength > UNSENT_LIMIT_BYTES) this.#response.destroy();
  }
}

/** Many watchers get the same object: its text is made once and lives as long as the object. */
const TEXTS = new WeakMap<KubeObject, string>();

function jsonOf(object: KubeObject): string {
  let text = TEXTS.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    TEXTS.set(object, text);
  }
  return text;
}

/** What an open watch is told when its history is compacted away. */
export function compactedError(): ApiError {
  return expired('The resourceVersion for the provided watch is too old.');
}
