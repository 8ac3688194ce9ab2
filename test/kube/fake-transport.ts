import { abortedError } from '../../src/kube/deadline.ts';
import { KubeError } from '../../src/kube/errors.ts';
import type {
  KubeRequest,
  KubeResponse,
  KubeStream,
  KubeStreamRequest,
  KubeTransport,
} from '../../src/kube/transport.ts';

/** A stream that the test feeds. */
export class FakeStream {
  readonly request: KubeStreamRequest;
  readonly #items: (Uint8Array | Error | 'end')[] = [];
  #wake: () => void = () => undefined;

  constructor(request: KubeStreamRequest) {
    this.request = request;
    request.signal?.addEventListener('abort', () => this.fail(abortedError(request.signal)));
  }

  text(text: string): void {
    this.#push(Buffer.from(text));
  }

  event(type: string, object: unknown): void {
    this.text(`${JSON.stringify({ type, object })}\n`);
  }

  end(): void {
    this.#push('end');
  }

  fail(error: Error): void {
    this.#push(error);
  }

  #push(item: Uint8Array | Error | 'end'): void {
    this.#items.push(item);
    this.#wake();
  }

  async *body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const item = this.#items.shift();
      if (item === 'end') return;
      if (item instanceof Error) throw item;
      if (item !== undefined) yield item;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

export interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** A transport without network: requests are answered by a function, streams are fed by the test. */
export class FakeTransport implements KubeTransport {
  readonly requests: KubeRequest[] = [];
  readonly streams: FakeStream[] = [];
  /** Answers a request; throw to fail it. */
  onRequest: (request: KubeRequest) => FakeAnswer | Promise<FakeAnswer> = () => ({ status: 404, body: {} });
  /** Looks at a stream before it opens; throw to refuse it. */
  onStream: (stream: FakeStream) => void = () => undefined;

  async request(request: KubeRequest): Promise<KubeResponse> {
    this.requests.push(request);
    const { status = 200, headers = {}, body } = await this.onRequest(request);
    return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
  }

  stream(request: KubeStreamRequest): Promise<KubeStream> {
    const stream = new FakeStream(request);
    this.streams.push(stream);
    return new Promise((resolve) => {
      this.onStream(stream);
      resolve({
        status: 200,
        headers: {},
        body: stream.body(),
        idleMillis: () => 0,
        close: () => stream.fail(new KubeError('Aborted', 'closed')),
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
