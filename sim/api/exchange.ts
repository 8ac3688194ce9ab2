import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { load as loadYaml } from 'js-yaml';
import { ApiError, badRequest } from './api-error.ts';
import type { User } from './auth.ts';

/** The part of a response that HTTP/1.1 and HTTP/2 share. */
export interface ResponseWriter {
  readonly headersSent: boolean;
  readonly writableLength: number;
  writeHead(code: number, headers: Record<string, string | number>): unknown;
  flushHeaders(): void;
  write(chunk: string | Buffer): boolean;
  end(chunk?: string | Buffer): unknown;
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/** One request with its answer. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly user: User;
  readonly body: Readable;
  readonly response: ResponseWriter;
}

const BODY_LIMIT_BYTES = 3 * 1024 * 1024;

export function sendJson(
  response: ResponseWriter,
  code: number,
  value: unknown,
  contentType = 'application/json',
): void {
  const body = JSON.stringify(value);
  response.writeHead(code, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-cache, private',
  });
  response.end(body);
}

export function sendText(response: ResponseWriter, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

export function sendError(response: ResponseWriter, error: unknown): void {
  const known = error instanceof ApiError ? error : internalError(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(known.toStatus());
  response.writeHead(known.code, {
    'content-type': 'application/json',
    ...(known.retryAfterSeconds === undefined ? {} : { 'retry-after': String(known.retryAfterSeconds) }),
  });
  response.end(body);
}

function internalError(error: unknown): ApiError {
  return new ApiError(500, 'InternalError', error instanceof Error ? error.message : String(error));
}

/** The body as JSON; YAML is accepted too, as by the API server. @throws ApiError 400, 413 or 415 */
export async function readBody(exchange: Exchange): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of exchange.body) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > BODY_LIMIT_BYTES)
      throw new ApiError(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728');
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const contentType = exchange.headers['content-type'] ?? 'application/json';
  if (/protobuf|cbor/.test(contentType)) {
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format: ${contentType}`,
    );
  }
  if (text === '') return undefined;
  try {
    return contentType.includes('yaml') && !text.startsWith('{')
      ? loadYaml(text)
      : (JSON.parse(text) as unknown);
  } catch (error) {
    throw badRequest(
      `the body of the request cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
