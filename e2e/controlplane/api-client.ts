import { request, Agent } from 'node:https';

export interface ApiAnswer {
  status: number;
  body: unknown;
}

/** The tests' own, plain client: what it says about the server must not depend on the code under test. */
export class ApiClient {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(url: string, caData: string, token: string) {
    this.#url = url;
    this.#token = token;
    this.#agent = new Agent({ ca: caData, keepAlive: true });
  }

  get(path: string): Promise<ApiAnswer> {
    return this.send('GET', path);
  }

  post(path: string, body: object): Promise<ApiAnswer> {
    return this.send('POST', path, body);
  }

  delete(path: string): Promise<ApiAnswer> {
    return this.send('DELETE', path);
  }

  mergePatch(path: string, body: object): Promise<ApiAnswer> {
    return this.send('PATCH', path, body, 'application/merge-patch+json');
  }

  /** Server-side apply with force, as a manager named `e2e`. */
  apply(path: string, body: object): Promise<ApiAnswer> {
    return this.send('PATCH', `${path}?fieldManager=e2e&force=true`, body, 'application/apply-patch+yaml');
  }

  send(method: string, path: string, body?: object, contentType = 'application/json'): Promise<ApiAnswer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, this.#url),
        {
          method,
          agent: this.#agent,
          timeout: 15_000,
          headers: {
            authorization: `Bearer ${this.#token}`,
            accept: 'application/json',
            ...(text === undefined
              ? {}
              : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
          },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            resolve({
              status: incoming.statusCode ?? 0,
              body: parse(Buffer.concat(chunks).toString('utf8')),
            });
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer in 15 s`)));
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
