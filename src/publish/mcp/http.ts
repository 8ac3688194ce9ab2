import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathOf, sendText, startHttpServer, type HttpServer } from '../http-server.ts';
import type { McpHandler, McpHandlerOptions } from './handler.ts';

export interface McpHttpOptions extends McpHandlerOptions {
  host: string;
  port: number;
}

const PATH = '/mcp';
/** No honest call is larger: the tools take a handful of short arguments. */
const MAX_BODY_BYTES = 256 * 1024;

/** Streamable HTTP, stateless, at /mcp. Errors: the address cannot be bound. */
export async function startMcpHttpServer(options: McpHttpOptions): Promise<HttpServer> {
  let loading: Promise<McpHandler> | undefined;
  /** Loaded by the first request: the protocol's code is a quarter of the operator's memory at rest. */
  const load = (): Promise<McpHandler> =>
    (loading ??= import('./handler.ts').then(({ createHandler }) => createHandler(options)));
  const server = await startHttpServer({
    host: options.host,
    port: options.port,
    onError: options.onError,
    handle: async (request, response) => {
      if (pathOf(request) !== PATH) {
        sendText(response, 404, `MCP is at ${PATH}\n`);
        return;
      }
      const handler = await load();
      if (!handler.admits(request, response)) return;
      const body = await readBody(request, response);
      if (body !== 'Answered') await handler.serve(request, response, body);
    },
  });
  return {
    ...server,
    close: async (graceMillis) => {
      await (await loading)?.close();
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
