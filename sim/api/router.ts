import { forbidden, pathNotFound } from './api-error.ts';
import type { AccessRequest } from './auth.ts';
import type { CallLog, RecordedCall } from './call-log.ts';
import type { RequestChaos } from './chaos.ts';
import {
  AGGREGATED_CONTENT_TYPE,
  aggregatedDiscovery,
  coreVersions,
  groupInfo,
  groupList,
  resourceList,
  VERSION_INFO,
  wantsAggregated,
} from './discovery.ts';
import type { Exchange } from './exchange.ts';
import { sendError, sendJson, sendText } from './exchange.ts';
import { openApiDocument, openApiIndex, OPENAPI_V2 } from './openapi.ts';
import type { ResourceRequest } from './request-info.ts';
import { parseResourceRequest } from './request-info.ts';
import type { ApiParts } from './resource-handler.ts';
import { handleResource } from './resource-handler.ts';

export interface RouterParts extends ApiParts {
  readonly calls: CallLog;
  readonly chaos: RequestChaos;
}

const HEALTH_PATHS = new Set(['/healthz', '/livez', '/readyz']);

/** Answers one authenticated request; never throws. */
export async function route(exchange: Exchange, parts: RouterParts): Promise<void> {
  const request = parseResourceRequest(exchange.method, exchange.path, exchange.query);
  const call = record(exchange, request);
  parts.calls.add(call);
  try {
    if (parts.chaos.delayMillis > 0)
      await new Promise((resolve) => setTimeout(resolve, parts.chaos.delayMillis));
    parts.chaos.check(request?.plural ?? '', call.verb);
    authorize(exchange, request, parts);
    if (request === undefined) answerPath(exchange, parts);
    else await handleResource(exchange, request, parts);
    call.code = 200;
  } catch (error) {
    sendError(exchange.response, error);
    call.code = error instanceof Error && 'code' in error ? Number(error.code) : 500;
  }
}

function record(exchange: Exchange, request: ResourceRequest | undefined): RecordedCall {
  return {
    user: exchange.user.name,
    verb: request?.verb ?? exchange.method.toLowerCase(),
    group: request?.group ?? '',
    resource: request?.plural ?? '',
    subresource: request?.subresource ?? '',
    namespace: request?.namespace ?? '',
    path: request === undefined ? exchange.path : '',
    code: 0,
  };
}

function authorize(exchange: Exchange, request: ResourceRequest | undefined, parts: RouterParts): void {
  if (request === undefined) return;
  const access: AccessRequest = {
    verb: request.verb,
    group: request.group,
    resource: request.plural,
    ...(request.subresource === undefined ? {} : { subresource: request.subresource }),
    ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
    ...(request.name === undefined ? {} : { name: request.name }),
  };
  if (parts.allows(exchange.user, access)) return;
  const resource =
    request.subresource === undefined ? request.plural : `${request.plural}/${request.subresource}`;
  const where =
    request.namespace === undefined ? 'at the cluster scope' : `in the namespace "${request.namespace}"`;
  throw forbidden(
    `${request.plural} is forbidden: User "${exchange.user.name}" cannot ${request.verb} resource "${resource}" in API group "${request.group}" ${where}`,
  );
}

/** Everything that is not a resource: health, version, discovery, OpenAPI. */
function answerPath(exchange: Exchange, { registry }: RouterParts): void {
  const { path, response, headers } = exchange;
  if (HEALTH_PATHS.has(path)) {
    sendText(response, 200, 'ok');
    return;
  }
  if (path === '/openapi/v2') {
    answerOpenApiV2(exchange);
    return;
  }
  const isCore = path === '/api';
  if ((isCore || path === '/apis') && wantsAggregated(headers.accept)) {
    sendJson(response, 200, aggregatedDiscovery(registry, isCore), AGGREGATED_CONTENT_TYPE);
    return;
  }
  const found = documentAt(path, registry);
  if (found === undefined) throw pathNotFound();
  sendJson(response, 200, found);
}

/** kubectl reads version 2 in protobuf when version 3 does not know a kind: an empty message is a valid document. */
function answerOpenApiV2({ headers, response }: Exchange): void {
  if (!(headers.accept ?? '').includes('protobuf')) {
    sendJson(response, 200, OPENAPI_V2);
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
    'content-length': 0,
  });
  response.end();
}

function documentAt(path: string, registry: RouterParts['registry']): unknown {
  if (path === '/version') return VERSION_INFO;
  if (path === '/api') return coreVersions();
  if (path === '/apis') return groupList(registry);
  if (path === '/openapi/v3') return openApiIndex(registry);
  if (path.startsWith('/openapi/v3/')) return openApiDocument(registry, path.slice('/openapi/v3/'.length));
  const parts = path.split('/').filter((part) => part !== '');
  if (parts[0] === 'api' && parts.length === 2) return resourceList(registry, '', parts[1] ?? '');
  if (parts[0] !== 'apis') return undefined;
  const [, group = '', version] = parts;
  if (version !== undefined) return parts.length === 3 ? resourceList(registry, group, version) : undefined;
  const versions = registry.groups().get(group);
  return versions === undefined ? undefined : groupInfo(group, versions);
}
