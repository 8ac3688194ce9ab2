/** A plain HTTP client for tests of the simulated servers. */
import { request as httpsRequest } from 'node:https';
import type { ApiServer } from './api/server.ts';
import type { JsonObject } from './api/json.ts';
import { isObject } from './api/json.ts';

export interface Answer {
  readonly code: number;
  readonly headers: Headers;
  readonly body: JsonObject;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly token?: string;
}

/** One request to a server that was started with `tls: false`. */
export async function call(api: ApiServer, path: string, options: Call = {}): Promise<Answer> {
  const { method = 'GET', body, contentType = 'application/json', accept, token = api.adminToken } = options;
  const response = await fetch(api.url + path, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...(accept === undefined ? {} : { accept }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { code: response.status, headers: response.headers, body: parse(text), text };
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export interface WatchEvent {
  readonly type: string;
  readonly object: JsonObject;
}

/** An open watch: gives its frames one by one. */
export class TestWatch {
  readonly #abort: AbortController;
  readonly #lines: AsyncGenerator<string>;

  private constructor(lines: AsyncGenerator<string>, abort: AbortController) {
    this.#lines = lines;
    this.#abort = abort;
  }

  /** Resolves once the server has accepted the watch. */
  static async open(api: ApiServer, path: string): Promise<TestWatch> {
    const abort = new AbortController();
    const headers = { authorization: `Bearer ${api.adminToken}` };
    const response = await fetch(api.url + path, { headers, signal: abort.signal });
    return new TestWatch(readLines(response), abort);
  }

  /** The next raw line; undefined when the stream has ended. */
  async nextLine(): Promise<string | undefined> {
    const next = await this.#lines.next();
    return next.done === true ? undefined : next.value;
  }

  async next(): Promise<WatchEvent | undefined> {
    const line = await this.nextLine();
    return line === undefined ? undefined : (JSON.parse(line) as WatchEvent);
  }

  close(): void {
    this.#abort.abort();
  }
}

async function* readLines(response: Response): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** One HTTPS request over HTTP/1.1 that trusts this certificate. */
export async function httpsGet(
  url: string,
  options: { ca: string; servername?: string; token?: string },
): Promise<{ code: number; text: string }> {
  const { ca, servername, token } = options;
  return await new Promise((resolve, reject) => {
    const request = httpsRequest(
      url,
      {
        ca,
        agent: false,
        ...(servername === undefined ? {} : { servername }),
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ code: response.statusCode ?? 0, text });
        });
      },
    );
    request.on('error', reject);
    request.end();
  });
}
