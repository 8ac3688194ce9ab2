import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type Handler,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from '../../../test/kube/scripted-server.ts';
import { ManualClock } from '../../lib/clock.ts';
import type { Credentials } from '../credentials.ts';
import { KubeError } from '../errors.ts';
import type { KubeStream } from '../transport.ts';
import { HttpTransport, type HttpTransportOptions } from './transport.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(
  handler: Handler,
  options: ScriptedServerOptions & Partial<HttpTransportOptions> = {},
): Promise<{ server: ScriptedServer; transport: HttpTransport }> {
  const server = await startScriptedServer(handler, options);
  const transport = new HttpTransport({ credentials: server.credentials, random: () => 0.5, ...options });
  cleanups.push(server.stop, () => transport.close());
  return { server, transport };
}

const get = (transport: HttpTransport, path: string, deadlineMillis = 5_000) =>
  transport.request({ method: 'GET', path, deadlineMillis });

const follow = (transport: HttpTransport, path: string, inactivityMillis?: number) =>
  transport.stream({
    path,
    deadlineMillis: 5_000,
    ...(inactivityMillis === undefined ? {} : { inactivityMillis }),
  });

async function readAll(stream: KubeStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.body) text += Buffer.from(chunk).toString();
  return text;
}

async function errorOf(promise: Promise<unknown>): Promise<KubeError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof KubeError) return error;
  throw new Error(`expected a KubeError, got ${String(error)}`);
}

/** Lets real I/O happen until a condition holds; the test's own time limit is the bound. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.each(['h2', 'https-http1', 'http'] as const)('requests over %s', (kind) => {
  it('sends method, path, query, headers and body, and gives status, headers and body back', async () => {
    const { transport } = await start(
      (request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          response.writeHead(201, { 'x-answer': 'yes' });
          const { authorization, 'content-type': type } = request.headers;
          response.end(
            JSON.stringify({ method: request.method, url: request.url, authorization, type, body }),
          );
        });
      },
      { kind },
    );
    const answer = await transport.request({
      method: 'PATCH',
      path: '/api/v1/nodes/a',
      query: { fieldManager: 'us & them', force: true, dropped: undefined },
      headers: { 'content-type': 'application/merge-patch+json' },
      body: '{"ä":1}',
      deadlineMillis: 5_000,
    });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-answer']).toBe('yes');
    expect(JSON.parse(answer.body)).toEqual({
      method: 'PATCH',
      url: '/api/v1/nodes/a?fieldManager=us+%26+them&force=true',
      authorization: 'Bearer test',
      type: 'application/merge-patch+json',
      body: '{"ä":1}',
    });
  });

  it('tells a body that ended from one that was cut', async () => {
    const { server, transport } = await start(
      (request, response) => {
        response.write('one\n');
        if (request.url === '/whole') response.end('two\n');
      },
      { kind },
    );
    expect(await readAll(await follow(transport, '/whole'))).toBe('one\ntwo\n');
    const cut = await follow(transport, '/cut');
    const reading = errorOf(readAll(cut));
    setTimeout(() => {
      server.relay.reset();
    }, 20);
    expect((await reading).code).toBe('ConnectionLost');
    // The next request opens a new connection by itself.
    expect(await readAll(await follow(transport, '/whole'))).toBe('one\ntwo\n');
  });

  it('throws the Status of a stream that is refused', async () => {
    const { transport } = await start(
      (_, response) => {
        response.writeHead(410);
        response.end(JSON.stringify({ kind: 'Status', reason: 'Expired', message: 'too old', code: 410 }));
      },
      { kind },
    );
    const error = await errorOf(follow(transport, '/'));
    expect([error.code, error.status, error.reason]).toEqual(['Status', 410, 'Expired']);
  });

  it('gives up at the deadline, on abort and on close', async () => {
    const { transport } = await start(
      (request, response) => {
        if (request.url !== '/silent') response.write('start');
      },
      { kind },
    );
    expect((await errorOf(get(transport, '/silent', 50))).code).toBe('DeadlineExceeded');
    expect((await errorOf(get(transport, '/never-ends', 50))).code).toBe('DeadlineExceeded');
    const controller = new AbortController();
    const aborted = errorOf(
      transport.request({ method: 'GET', path: '/silent', deadlineMillis: 5_000, signal: controller.signal }),
    );
    setTimeout(() => {
      controller.abort();
    }, 20);
    expect((await aborted).code).toBe('Aborted');
    const stream = await follow(transport, '/open');
    const reading = errorOf(readAll(stream));
    setTimeout(() => {
      stream.close();
    }, 20);
    expect((await reading).code).toBe('Aborted');
  });

  it('refuses an answer beyond the limit', async () => {
    const { transport } = await start((_, response) => response.end('x'.repeat(2_000)), {
      kind,
      maxBodyBytes: 1_000,
    });
    expect((await errorOf(get(transport, '/'))).code).toBe('BodyTooLarge');
  });

  it('reports a stream that falls silent', async () => {
    const clock = new ManualClock();
    const { transport } = await start((_, response) => void response.write('one'), { kind, clock });
    const stream = await follow(transport, '/', 70_000);
    const body = stream.body[Symbol.asyncIterator]();
    await body.next();
    await clock.advance(69_000);
    expect(stream.idleMillis()).toBe(69_000);
    const next = errorOf(body.next());
    await clock.advance(2_000);
    expect((await next).code).toBe('InactivityTimeout');
  });
});

describe('connections', () => {
  it('says that a server cannot be reached', async () => {
    const { server, transport } = await start(() => undefined);
    await server.stop();
    cleanups.splice(cleanups.indexOf(server.stop), 1);
    expect((await errorOf(get(transport, '/'))).code).toBe('ConnectFailed');
  });

  it('refuses a server whose certificate the authority did not sign', async () => {
    const { server } = await start((_, response) => void response.end('{}'));
    const other = await startScriptedServer(() => undefined);
    const transport = new HttpTransport({
      credentials: {
        ...server.credentials,
        resolve: () => Promise.resolve({ headers: {}, tls: { ca: other.ca }, tlsFingerprint: 'other' }),
      },
    });
    cleanups.push(other.stop, () => transport.close());
    const error = await errorOf(get(transport, '/'));
    expect(error.code).toBe('ConnectFailed');
  });

  it('gives up a server that accepts and then says nothing', async () => {
    const { server, transport } = await start(() => undefined, { connectMillis: 100 });
    server.relay.setSilent(true);
    const error = await errorOf(get(transport, '/'));
    expect([error.code, error.message]).toEqual(['DeadlineExceeded', expect.stringContaining('connect to')]);
  });

  it('puts at most 80 % of the server’s stream limit on one connection, and reuses it', async () => {
    const { transport } = await start((_, response) => void response.write('open'), {
      maxConcurrentStreams: 10,
    });
    const streams = await Promise.all(Array.from({ length: 20 }, () => follow(transport, '/')));
    expect(transport.stats.api).toMatchObject({ protocol: 'h2', connections: 3, streams: 20 });
    for (const stream of streams) stream.close();
    await until(() => transport.stats.api.streams === 0);
    await follow(transport, '/');
    expect(transport.stats.api.opened).toBe(3);
  });

  it('keeps logs on connections of their own', async () => {
    const { transport } = await start((_, response) => void response.write('open'));
    await transport.stream({ path: '/', lane: 'logs', deadlineMillis: 5_000 });
    await follow(transport, '/');
    expect([transport.stats.api.connections, transport.stats.logs.connections]).toEqual([1, 1]);
  });

  it('after GOAWAY lets running streams end and opens a new connection for new ones', async () => {
    const responses: { end(text: string): unknown }[] = [];
    const { server, transport } = await start((request, response) => {
      if (request.url === '/follow') {
        response.write('one ');
        responses.push(response);
      } else response.end('{}');
    });
    const stream = await follow(transport, '/follow');
    server.sessions[0]?.goaway(0);
    await until(() => {
      void get(transport, '/').catch(() => undefined);
      return server.sessions.length > 1;
    });
    responses[0]?.end('two');
    expect(await readAll(stream)).toBe('one two');
    expect((await get(transport, '/')).status).toBe(200);
  });

  it('finds a half-open connection by a PING without answer', async () => {
    const clock = new ManualClock();
    const { server, transport } = await start((_, response) => void response.write('one'), { clock });
    const body = (await follow(transport, '/')).body[Symbol.asyncIterator]();
    await body.next();
    server.relay.setSilent(true);
    const next = errorOf(body.next());
    // One period may still see the bytes of the start; the next one is silent.
    for (let seconds = 0; seconds <= 90; seconds += 5) await clock.advance(5_000);
    const error = await next;
    expect([error.code, error.message]).toEqual(['ConnectionLost', 'no answer to a PING in 15000 ms']);
  });

  it('keeps a silent connection whose PINGs are answered', async () => {
    const clock = new ManualClock();
    const { server, transport } = await start((_, response) => void response.write('one'), { clock });
    let pings = 0;
    await follow(transport, '/');
    server.sessions[0]?.on('ping', () => (pings += 1));
    for (let period = 1; period <= 8; period++) {
      await clock.advance(30_000);
      // The first period may still see the bytes of the start.
      await until(() => pings >= period - 1);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(transport.stats.api).toMatchObject({ connections: 1, streams: 1, opened: 1 });
  });

  it('takes no new streams on a connection of an hour', async () => {
    const clock = new ManualClock();
    const http2 = { pingIdleMillis: Number.MAX_SAFE_INTEGER };
    const { transport } = await start((_, response) => void response.end('{}'), { clock, http2 });
    await get(transport, '/');
    await clock.advance(59 * 60_000);
    await get(transport, '/');
    expect(transport.stats.api.opened).toBe(1);
    await clock.advance(2 * 60_000);
    await get(transport, '/');
    expect(transport.stats.api.opened).toBe(2);
  });
});

describe('credentials', () => {
  it('asks again when the server refuses them, and sends the request once more', async () => {
    let token = 'old';
    let current = { headers: { authorization: 'Bearer old' }, tls: {}, tlsFingerprint: 'x' };
    const { server } = await start((request, response) => {
      response.writeHead(request.headers.authorization === 'Bearer new' ? 200 : 401);
      response.end('{}');
    });
    const credentials: Credentials = {
      server: server.credentials.server,
      resolve: () => Promise.resolve(current),
      invalidate: () => {
        current = {
          headers: { authorization: `Bearer ${token}` },
          tls: { ca: server.ca },
          tlsFingerprint: 'x',
        };
      },
    };
    current.tls = { ca: server.ca };
    const transport = new HttpTransport({ credentials });
    cleanups.push(() => transport.close());
    expect((await get(transport, '/')).status).toBe(401);
    token = 'new';
    expect((await get(transport, '/')).status).toBe(200);
  });

  it('opens new connections when the client certificate changed', async () => {
    const { server } = await start((_, response) => void response.end('{}'));
    let fingerprint = 'a';
    const transport = new HttpTransport({
      credentials: {
        ...server.credentials,
        resolve: () => Promise.resolve({ headers: {}, tls: { ca: server.ca }, tlsFingerprint: fingerprint }),
      },
    });
    cleanups.push(() => transport.close());
    await get(transport, '/');
    fingerprint = 'b';
    await get(transport, '/');
    expect(server.sessions).toHaveLength(2);
  });
});
