import { expect } from '@jest/globals';
import { splitLines } from '../../../src/kube/lines.ts';
import type { KubeStream } from '../../../src/kube/transport.ts';
import { createPod, until } from './fixtures.ts';
import { errorOf, type Suite, test } from './suite.ts';

async function linesOf(stream: KubeStream): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(stream.body, 100_000)) lines.push(line);
  return lines;
}

export function describeLogs(suite: Suite): void {
  const second = 1_000_000;
  const start = 1_800_000_000 * second;
  const stampOf = (line: string) => line.slice(0, line.indexOf(' '));
  const textOf = (line: string) => line.slice(line.indexOf(' ') + 1);

  test('stamps each line, and starts at a whole second', async () => {
    await createPod(suite.client, 'stamps');
    const log = suite.logs.of('stamps');
    log.append(
      [100_000, 900_000, 1_200_000].map((micros, index) => ({
        micros: start + micros,
        text: `line ${index}`,
      })),
    );
    const all = await linesOf(await suite.followLog('stamps', { timestamps: true }));
    expect(all.map(textOf)).toEqual(['line 0', 'line 1', 'line 2']);
    for (const line of all) expect(stampOf(line)).toMatch(/^2027-01-15T08:00:0\d\.\d{9}Z$/);
    // The fraction is cut: both lines of that second come again.
    const since = await suite.followLog('stamps', { timestamps: true, sinceTime: stampOf(all[1]!) });
    expect((await linesOf(since)).map(textOf)).toEqual(['line 0', 'line 1', 'line 2']);
    const later = await suite.followLog('stamps', { sinceTime: '2027-01-15T08:00:01Z' });
    expect(await linesOf(later)).toEqual(['line 2']);
    expect(await linesOf(await suite.followLog('stamps', { tailLines: 1 }))).toEqual(['line 2']);
  });

  test('follows, ends when the container ends, and then has the old log as previous', async () => {
    await createPod(suite.client, 'follow');
    const log = suite.logs.of('follow');
    log.append([{ micros: start, text: 'before' }]);
    const stream = await suite.followLog('follow', { follow: true });
    const lines = splitLines(stream.body, 1_000);
    expect((await lines.next()).value).toBe('before');
    log.append([{ micros: start + second, text: 'during' }]);
    expect((await lines.next()).value).toBe('during');
    log.restart();
    expect((await lines.next()).done).toBe(true);
    log.append([{ micros: start + 2 * second, text: 'after' }]);
    expect(await linesOf(await suite.followLog('follow', { previous: true }))).toEqual(['before', 'during']);
    expect(await linesOf(await suite.followLog('follow', {}))).toEqual(['after']);
  });

  test('answers a follow of a silent container, and stops when the client goes', async () => {
    await createPod(suite.client, 'silent');
    const stream = await suite.followLog('silent', { follow: true });
    await until(() => suite.logs.of('silent').followers === 1);
    stream.close();
    await until(() => suite.logs.of('silent').followers === 0);
  });

  test('refuses unknown pods and containers', async () => {
    expect((await errorOf(suite.followLog('absent', {}))).status).toBe(404);
    await createPod(suite.client, 'known');
    expect((await errorOf(suite.followLog('known', { container: 'absent' }))).status).toBe(400);
  });
}
