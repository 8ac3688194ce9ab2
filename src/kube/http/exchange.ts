import type { IncomingHttpHeaders } from 'node:http';
import type { HttpMethod, ResponseHeaders } from '../transport.ts';

/** A request as it goes on the wire, whatever the HTTP version. */
export interface HttpMessage {
  method: HttpMethod;
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
}

/** An answer whose headers are there and whose body has yet to be read, once. */
export interface Exchange {
  status: number;
  headers: ResponseHeaders;
  /** Ends only when the server ended it; throws KubeError `ConnectionLost` or the abort's reason otherwise. */
  body: AsyncIterable<Uint8Array>;
}

export function plainHeaders(headers: IncomingHttpHeaders): ResponseHeaders {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
