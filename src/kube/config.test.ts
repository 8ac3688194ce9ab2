import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../lib/clock.ts';
import { listContexts, loadKubeConfig } from './config.ts';
import { KubeError } from './errors.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(
  user: object,
  cluster: object = { server: 'https://127.0.0.1:6443' },
  context: object = {},
): string {
  const path = join(directory, 'config');
  const entry = (name: string) => ({ name, context: { cluster: 'c', user: 'u', ...context } });
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [entry('one'), entry('two')],
      'current-context': 'one',
    }),
  );
  return path;
}

async function headersFor(user: object): Promise<Readonly<Record<string, string>>> {
  const { credentials } = loadKubeConfig({ kubeconfig: write(user) });
  return (await credentials.resolve()).headers;
}

/** An exec plugin that answers with the content of a file. */
function plugin(answer: string): { user: object; answers: (text: string) => void } {
  const path = join(directory, 'answer');
  writeFileSync(path, answer);
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'cat', args: [path] };
  return {
    user: { exec },
    answers: (text) => {
      writeFileSync(path, text);
    },
  };
}

const credential = (status: object) =>
  JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });

describe('loadKubeConfig', () => {
  it('gives server, context and namespace', () => {
    const kubeconfig = write({}, { server: 'https://[::1]:6443/prefix' }, { namespace: 'here' });
    const loaded = loadKubeConfig({ kubeconfig, context: 'two' });
    expect([loaded.credentials.server.href, loaded.contextName, loaded.namespace]).toEqual([
      'https://[::1]:6443/prefix',
      'two',
      'here',
    ]);
    expect(listContexts({ kubeconfig })).toEqual(['one', 'two']);
    expect(loadKubeConfig({ kubeconfig: write({}) }).namespace).toBe('default');
  });

  it.each([
    ['a missing file', () => ({ kubeconfig: join(directory, 'absent') })],
    ['an unknown context', () => ({ kubeconfig: write({}), context: 'absent' })],
    [
      'a missing CA file',
      () => ({ kubeconfig: write({}, { server: 'https://x', 'certificate-authority': '/absent' }) }),
    ],
    ['a server that is no address', () => ({ kubeconfig: write({}, { server: 'not an address' }) })],
    ['a proxy', () => ({ kubeconfig: write({}, { server: 'https://x', 'proxy-url': 'http://proxy' }) })],
  ])('says what is wrong with %s', (_, source) => {
    expect(() => loadKubeConfig(source())).toThrow(KubeError);
    expect(() => loadKubeConfig(source())).toThrow(expect.objectContaining({ code: 'CredentialsFailed' }));
  });
});

describe('credentials', () => {
  it.each([
    ['token', { token: 'secret' }, 'Bearer secret'],
    [
      'user name and password',
      { username: 'me', password: 'pass' },
      `Basic ${Buffer.from('me:pass').toString('base64')}`,
    ],
    ['nothing', {}, undefined],
  ])('sends %s', async (_, user, expected) => {
    expect((await headersFor(user))['authorization']).toBe(expected);
  });

  it('impersonates', async () => {
    expect((await headersFor({ token: 't', as: 'somebody' }))['impersonate-user']).toBe('somebody');
  });

  it('needs no TLS settings for plain http', async () => {
    const { credentials } = loadKubeConfig({
      kubeconfig: write({ token: 't' }, { server: 'http://127.0.0.1:8001' }),
    });
    expect((await credentials.resolve()).headers).toEqual({ authorization: 'Bearer t' });
  });

  it('uses client certificates, and says when they change', async () => {
    const data = (text: string) => Buffer.from(text).toString('base64');
    const load = (certificate: string) =>
      loadKubeConfig({
        kubeconfig: write(
          { 'client-certificate-data': data(certificate), 'client-key-data': data('key') },
          { server: 'https://x', 'certificate-authority-data': data('ca'), 'tls-server-name': 'other' },
        ),
      }).credentials.resolve();
    const first = await load('one');
    expect(first.tls).toEqual({
      ca: Buffer.from('ca'),
      cert: Buffer.from('one'),
      key: Buffer.from('key'),
      servername: 'other',
    });
    expect((await load('one')).tlsFingerprint).toBe(first.tlsFingerprint);
    expect((await load('two')).tlsFingerprint).not.toBe(first.tlsFingerprint);
  });

  it('asks an exec plugin, and again after a refusal but not for every one', async () => {
    const clock = new ManualClock();
    const { user, answers } = plugin(credential({ token: 'first' }));
    const { credentials } = loadKubeConfig({ kubeconfig: write(user) }, clock);
    const token = async () => (await credentials.resolve()).headers['authorization'];
    expect(await token()).toBe('Bearer first');
    answers(credential({ token: 'second' }));
    await clock.advance(60_000);
    expect(await token()).toBe('Bearer first');
    credentials.invalidate();
    expect(await token()).toBe('Bearer second');
    answers(credential({ token: 'third' }));
    credentials.invalidate();
    expect(await token()).toBe('Bearer second');
    await clock.advance(5_000);
    credentials.invalidate();
    expect(await token()).toBe('Bearer third');
  });

  it('asks an exec plugin again when its token has run out', async () => {
    const clock = new ManualClock();
    const { user, answers } = plugin(
      credential({ token: 'first', expirationTimestamp: '2020-01-01T00:00:00Z' }),
    );
    const { credentials } = loadKubeConfig({ kubeconfig: write(user) }, clock);
    await credentials.resolve();
    answers(credential({ token: 'second' }));
    await clock.advance(10_000);
    expect((await credentials.resolve()).headers['authorization']).toBe('Bearer second');
  });

  it('reports a plugin that fails, and tries it again at the next call', async () => {
    const { user, answers } = plugin('not JSON');
    const { credentials } = loadKubeConfig({ kubeconfig: write(user) });
    await expect(credentials.resolve()).rejects.toMatchObject({ code: 'CredentialsFailed' });
    answers(credential({ token: 'good' }));
    expect((await credentials.resolve()).headers['authorization']).toBe('Bearer good');
  });

  it('reads a token file again after a refusal: the kubelet rotates it', async () => {
    const clock = new ManualClock();
    const tokenFile = join(directory, 'token');
    writeFileSync(tokenFile, 'one\n');
    const user = { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } };
    const { credentials } = loadKubeConfig({ kubeconfig: write(user) }, clock);
    expect((await credentials.resolve()).headers['authorization']).toBe('Bearer one');
    writeFileSync(tokenFile, 'two\n');
    credentials.invalidate();
    expect((await credentials.resolve()).headers['authorization']).toBe('Bearer two');
  });
});
