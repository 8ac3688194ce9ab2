import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { pathOf, sendText, startHttpServer, type HttpServer } from '../http-server.ts';
import { createMcpServer } from './server.ts';
import type { ToolContext } from './tool.ts';

export interface McpHttpOptions {
  host: string;
  port: number;
  /** Host names that requests may name; guards against DNS rebinding. */
  allowedHosts: readonly string[];
  /** Web pages that may call; none by default. */
  allowedOrigins: readonly string[];
  version: string;
  context: () => ToolContext;
  onError: (error: unknown) => void;
}

const PATH = '/mcp';
/** No honest call is larger: the tools take a handful of short arguments. */
const MAX_BODY_BYTES = 256 * 1024;

/** Streamable HTTP, stateless, at /mcp. Errors: the address cannot be bound. */
export async function startMcpHttpServer(options: McpHttpOptions): Promise<HttpServer> {
  const handler = createMcpHandler(() => createMcpServer(options.version, options.context), {
    onerror: options.onError,
  });
  const serve = toNodeHandler(handler, { onerror: options.onError });
  const hostAllowed = hostHeaderValidation([...options.allowedHosts]);
  const originAllowed = originValidation([...options.allowedOrigins]);
  const server = await startHttpServer({
    host: options.host,
    port: options.port,
    onError: options.onError,
    handle: async (request, response) => {
      if (pathOf(request) !== PATH) {
        sendText(response, 404, `MCP is at ${PATH}\n`);
        return;
      }
      if (!hostAllowed(request, response) || !originAllowed(request, response)) return;
      const body = await readBody(request, response);
      if (body !== 'Answered') await serve(request, response, body);
    },
  });
  return {
    ...server,
    close: async (graceMillis) => {
      await handler.close();
      await server.close(graceMillis);
    },
  };
}

/** The parsed body, undefined when there is none, or `Answered` when the request was refused. */
async function readBody(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  if (request.method !== 'POST') return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      return refuse(response, 413, -32_600, `The request is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const parsed = parseJson(Buffer.concat(chunks).toString());
  if (parsed === undefined) return refuse(response, 400, -32_700, 'The request is not JSON');
  // Newer revisions have no batches; in older ones a batch would multiply the cost of one request.
  if (Array.isArray(parsed))
    return refuse(response, 400, -32_600, 'Batches are not supported: send one message per request');
  return parsed;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number, code: number, message: string): 'Answered' {
  // The rest of an unread body must not be taken for the next request.
  response.setHeader('connection', 'close');
  sendText(
    response,
    status,
    JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }),
    'application/json',
  );
  return 'Answered';
}
