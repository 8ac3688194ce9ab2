import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import type { TlsSettings } from '../credentials.ts';
import { abortedError } from '../deadline.ts';
import { asKubeError, KubeError } from '../errors.ts';
import { hostOf, portOf } from './connect.ts';
import { type Exchange, type HttpMessage, plainHeaders } from './exchange.ts';

/** Idle connections kept; every stream needs one of its own while it runs. */
const MAX_FREE_SOCKETS = 8;
const KEEP_ALIVE_MILLIS = 30_000;

/** Requests over HTTP/1.1 with kept connections: plain http://, and servers or proxies that refuse HTTP/2. */
export class Http1Client {
  readonly #server: URL;
  readonly #agent: http.Agent;

  constructor(server: URL, tls: TlsSettings) {
    this.#server = server;
    const options = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MILLIS, maxFreeSockets: MAX_FREE_SOCKETS };
    const host = hostOf(server);
    const servername = tls.servername ?? (isIP(host) === 0 ? host : '');
    this.#agent =
      server.protocol === 'https:'
        ? new https.Agent({ ...options, ...tls, servername })
        : new http.Agent(options);
  }

  async open(message: HttpMessage, signal: AbortSignal): Promise<Exchange> {
    if (signal.aborted) throw abortedError(signal);
    const request = this.#request(message);
    const onAbort = (): void => {
      request.destroy(abortedError(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    request.once('close', () => {
      signal.removeEventListener('abort', onAbort);
    });
    const response = await responseTo(request, signal);
    return {
      status: response.statusCode ?? 0,
      headers: plainHeaders(response.headers),
      body: bodyOf(response, signal),
    };
  }

  #request(message: HttpMessage): http.ClientRequest {
    const send = this.#server.protocol === 'https:' ? https.request : http.request;
    const length =
      message.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(message.body)) };
    try {
      const request = send({
        agent: this.#agent,
        host: hostOf(this.#server),
        port: portOf(this.#server),
        method: message.method,
        path: message.path,
        headers: { ...message.headers, ...length },
      });
      request.end(message.body);
      return request;
    } catch (error) {
      throw asKubeError(error, 'RequestInvalid');
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

function responseTo(request: http.ClientRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    // This listener stays: a socket error after the headers reaches both the request and the body.
    request.on('error', (error: Error) => {
      if (signal.aborted) reject(abortedError(signal));
      else if (request.socket?.connecting === true) reject(asKubeError(error, 'ConnectFailed'));
      else reject(asKubeError(error, isConnectError(error) ? 'ConnectFailed' : 'ConnectionLost'));
    });
    request.once('response', (response) => {
      response.on('error', () => undefined);
      resolve(response);
    });
  });
}

function isConnectError(error: NodeJS.ErrnoException): boolean {
  return (
    error.syscall === 'connect' ||
    error.syscall === 'getaddrinfo' ||
    error.code?.startsWith('ERR_TLS') === true
  );
}

async function* bodyOf(response: http.IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw signal.aborted ? abortedError(signal) : asKubeError(error);
  }
  if (signal.aborted) throw abortedError(signal);
  if (!response.complete)
    throw new KubeError('ConnectionLost', 'the connection closed before the answer was complete');
}
