import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpServer } from './http-server.ts';
import { startProbeServer } from './probes.ts';

let server: HttpServer;
let sinceProgressMillis = 0;
let notReady: string[] = [];

beforeEach(async () => {
  sinceProgressMillis = 0;
  notReady = [];
  server = await startProbeServer({
    host: '127.0.0.1',
    port: 0,
    sinceProgressMillis: () => sinceProgressMillis,
    notReady: () => notReady,
    onError: () => undefined,
  });
});
afterEach(() => server.close(0));

async function get(path: string): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return [response.status, await response.text()];
}

describe('probes', () => {
  it('are well while the main loop turns and inputs are read', async () => {
    expect(await get('/livez')).toEqual([200, 'ok\n']);
    expect(await get('/readyz?verbose')).toEqual([200, 'ok\n']);
  });

  it('say that the main loop stands still', async () => {
    sinceProgressMillis = 45_000;
    expect(await get('/livez')).toEqual([503, 'main loop stands still for 45 s\n']);
  });

  it('say what is missing for readiness, and stay alive meanwhile', async () => {
    notReady = ['stopping'];
    expect(await get('/readyz')).toEqual([503, 'stopping\n']);
    expect((await get('/livez'))[0]).toBe(200);
  });

  it('have no other path', async () => {
    expect((await get('/'))[0]).toBe(404);
  });
});
