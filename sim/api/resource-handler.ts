/** Requests for resources: from the parsed path to store, lists, watches and writes. */
import { badRequest, methodNotAllowed, notFound, pathNotFound } from './api-error.ts';
import { answerReview } from './auth.ts';
import type { TokenStore, AccessRequest, User } from './auth.ts';
import { inServedVersion } from './event-versions.ts';
import type { Exchange } from './exchange.ts';
import { readBody, sendJson } from './exchange.ts';
import { isObject } from './json.ts';
import type { Lister } from './lister.ts';
import { servePodLog } from './pod-logs.ts';
import type { ResourceRegistry } from './registry.ts';
import type { Representation } from './representation.ts';
import { representList, representObject, shapeFor } from './representation.ts';
import type { ResourceRequest } from './request-info.ts';
import type { ResourceType, Verb } from './resource-type.ts';
import type { ObjectStore } from './store.ts';
import type { WatchHub } from './watcher.ts';
import type { ResourceWriter, WriteTarget, Written } from './writer.ts';
import type { LogBackend } from '../kubelet/log-backend.ts';

export interface ApiParts {
  readonly store: ObjectStore;
  readonly registry: ResourceRegistry;
  readonly lister: Lister;
  readonly watches: WatchHub;
  readonly writer: ResourceWriter;
  readonly tokens: TokenStore;
  readonly allows: (user: User, request: AccessRequest) => boolean;
  readonly logs: () => LogBackend | undefined;
}

interface Handled {
  readonly exchange: Exchange;
  readonly request: ResourceRequest;
  readonly type: ResourceType;
  readonly parts: ApiParts;
}

/** @throws ApiError for everything that is not a success */
export async function handleResource(
  exchange: Exchange,
  request: ResourceRequest,
  parts: ApiParts,
): Promise<void> {
  const type = parts.registry.find(request.group, request.version, request.plural);
  if (type === undefined) throw pathNotFound();
  const handled: Handled = { exchange, request, type, parts };
  if (request.subresource !== undefined) {
    const isLog = type.plural === 'pods' && request.subresource === 'log' && request.verb === 'get';
    if (isLog) {
      servePodLog(exchange, parts.store, parts.logs(), request.namespace ?? '', request.name ?? '');
      return;
    }
    if (request.subresource !== 'status' || !type.hasStatus) throw pathNotFound();
  }
  if (!type.verbs.includes(request.verb as Verb)) throw methodNotAllowed();
  await VERBS[request.verb as Verb](handled);
}

const VERBS: Readonly<Record<Verb, (handled: Handled) => Promise<void> | void>> = {
  get: ({ exchange, request, type, parts }) => {
    const { namespace, name = '' } = request;
    const object = parts.store.get(type.storage, namespace, name);
    if (object === undefined) throw notFound(type.group, type.plural, name);
    sendJson(
      exchange.response,
      200,
      representObject(inServedVersion(object, type), representation(exchange, type)),
    );
  },

  list: ({ exchange, request, type, parts }) => {
    const query = withNameSelector(exchange.query, request.name);
    const { objects, metadata } = parts.lister.list(type, request.namespace, query);
    sendJson(exchange.response, 200, representList(objects, metadata, representation(exchange, type)));
  },

  watch: ({ exchange, request, type, parts }) => {
    const watch = {
      type,
      namespace: request.namespace,
      query: exchange.query,
      representation: representation(exchange, type),
    };
    parts.watches.serve(watch, exchange.response);
  },

  create: async (handled) => {
    const { exchange, request, type, parts } = handled;
    const body = await readBody(exchange);
    if (type.verbs.length === 1) {
      if (!isObject(body)) throw badRequest('the body of the request is not an object');
      sendJson(exchange.response, 201, answerReview(type.kind, body, exchange.user, parts));
      return;
    }
    if (type.namespaced && request.namespace === undefined) throw methodNotAllowed();
    sendWritten(handled, parts.writer.create(writeTarget(handled), body));
  },

  update: async (handled) => {
    const body = await readBody(handled.exchange);
    sendWritten(handled, handled.parts.writer.update(writeTarget(handled), body));
  },

  patch: async (handled) => {
    const body = await readBody(handled.exchange);
    sendWritten(handled, patch(handled, body));
  },

  delete: async (handled) => {
    const { exchange, type, parts } = handled;
    const options = await readBody(exchange);
    const { object, gone } = parts.writer.delete(writeTarget(handled), isObject(options) ? options : {});
    const details = {
      name: object.metadata.name,
      group: type.group,
      kind: type.plural,
      uid: object.metadata.uid,
    };
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
    sendJson(exchange.response, 200, gone && type.kind !== 'Pod' ? status : inServedVersion(object, type));
  },

  deletecollection: async (handled) => {
    const { exchange, request, type, parts } = handled;
    await readBody(exchange);
    const objects = parts.lister.select(type, request.namespace, exchange.query);
    for (const { metadata } of objects) {
      parts.writer.delete(
        { ...writeTarget(handled), namespace: metadata.namespace, name: metadata.name },
        {},
      );
    }
    sendJson(exchange.response, 200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
  },
};

function patch(handled: Handled, body: unknown): Written {
  const { exchange, parts } = handled;
  const target = writeTarget(handled);
  const contentType = (exchange.headers['content-type'] ?? '').split(';')[0];
  switch (contentType) {
    case 'application/apply-patch+yaml':
      if (exchange.query.get('fieldManager') === null)
        throw badRequest(
          'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
        );
      return parts.writer.apply(target, body, exchange.query.get('force') === 'true');
    case 'application/merge-patch+json':
    case 'application/strategic-merge-patch+json':
      return parts.writer.patch(target, 'merge', body);
    case 'application/json-patch+json':
      return parts.writer.patch(target, 'json', body);
    default:
      throw badRequest(`unknown patch type ${contentType ?? ''}`);
  }
}

function writeTarget({ exchange, request, type }: Handled): WriteTarget {
  const agent = (exchange.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  return {
    type,
    namespace: request.namespace,
    name: request.name ?? '',
    subresource: request.subresource,
    manager: exchange.query.get('fieldManager') ?? agent,
    dryRun: exchange.query.get('dryRun') === 'All',
  };
}

function sendWritten({ exchange, type }: Handled, { object, created }: Written): void {
  sendJson(
    exchange.response,
    created ? 201 : 200,
    representObject(inServedVersion(object, type), representation(exchange, type)),
  );
}

function representation(exchange: Exchange, type: ResourceType): Representation {
  const includeObject = exchange.query.get('includeObject') ?? 'Metadata';
  return { shape: shapeFor(exchange.headers.accept), type, includeObject };
}

function withNameSelector(query: URLSearchParams, name: string | undefined): URLSearchParams {
  if (name === undefined) return query;
  const narrowed = new URLSearchParams(query);
  narrowed.set('fieldSelector', `metadata.name=${name}`);
  return narrowed;
}
