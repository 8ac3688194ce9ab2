import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:http2';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ApiServer } from './server.ts';
import { startApiServer } from './server.ts';

let api: ApiServer;
let session: ClientHttp2Session;

async function open(): Promise<void> {
  session = connect(api.url, { ca: api.caCertificate ?? '' });
  session.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    session.once('connect', () => resolve());
    session.once('error', reject);
  });
}

async function get(path: string): Promise<string> {
  const stream = session.request({ ':path': path, authorization: `Bearer ${api.adminToken}` });
  stream.setEncoding('utf8');
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

afterEach(async () => {
  session.destroy();
  await api.stop();
});

describe('transport', () => {
  it('speaks HTTP/2 over TLS that the certificate authority of the kubeconfig vouches for', async () => {
    api = await startApiServer();
    await open();
    expect(session.alpnProtocol).toBe('h2');
    expect(await get('/readyz')).toBe('ok');
    expect(api.kubeconfig).toContain('certificate-authority-data');
  });

  it('sends GOAWAY and serves a new session', async () => {
    api = await startApiServer();
    await open();
    await get('/readyz');
    const goneAway = new Promise((resolve) => session.once('goaway', resolve));
    api.transport.goAway();
    expect(await goneAway).toBe(0);
    session.destroy();
    await open();
    expect(await get('/readyz')).toBe('ok');
  });

  it('goes silent without closing, and comes back', async () => {
    api = await startApiServer();
    await open();
    api.transport.silence(true);
    const answered = await new Promise<boolean>((resolve) => {
      session.ping(() => resolve(true));
      setTimeout(() => resolve(false), 100);
    });
    expect([answered, session.closed]).toEqual([false, false]);
    api.transport.silence(false);
    expect(await get('/readyz')).toBe('ok');
  });

  it('restarts on the same port with its objects', async () => {
    api = await startApiServer();
    await open();
    const closed = new Promise((resolve) => session.once('close', resolve));
    const restarted = api.transport.restart(50);
    await closed;
    await restarted;
    await open();
    expect(await get('/api/v1/namespaces/default')).toContain('"name":"default"');
  });
});
