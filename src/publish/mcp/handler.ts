import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createMcpServer } from './server.ts';
import type { ToolContext } from './tool.ts';

export interface McpHandlerOptions {
  /** Host names that requests may name; guards against DNS rebinding. */
  allowedHosts: readonly string[];
  /** Web pages that may call; none by default. */
  allowedOrigins: readonly string[];
  version: string;
  context: () => ToolContext;
  onError: (error: unknown) => void;
}

export interface McpHandler {
  /** False when the request came from where none may come from; it has been answered then. */
  admits(request: IncomingMessage, response: ServerResponse): boolean;
  serve(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** The MCP protocol over one request at a time: no session, so any replica can answer. */
export function createHandler(options: McpHandlerOptions): McpHandler {
  const { allowedHosts, allowedOrigins, version, context, onError } = options;
  const handler = createMcpHandler(() => createMcpServer(version, context), { onerror: onError });
  const hostAllowed = hostHeaderValidation([...allowedHosts]);
  const originAllowed = originValidation([...allowedOrigins]);
  return {
    admits: (request, response) => hostAllowed(request, response) && originAllowed(request, response),
    serve: toNodeHandler(handler, { onerror: onError }),
    close: () => handler.close(),
  };
}
