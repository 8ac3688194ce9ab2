import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dump } from 'js-yaml';
import { WIDGET_CRD, widget } from './fixtures.ts';
import type { ApiServer } from './server.ts';
import { startApiServer } from './server.ts';

function hasKubectl(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const isPresent = hasKubectl();
const title = isPresent ? 'kubectl' : 'kubectl (skipped: there is no kubectl on the PATH)';
const run = promisify(execFile);
const TIMEOUT_MILLIS = 30_000;

(isPresent ? describe : describe.skip)(title, () => {
  let api: ApiServer;
  let folder: string;

  const kubectl = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('kubectl', ['--kubeconfig', join(folder, 'config'), ...args], {
      env: { ...process.env, HOME: folder, KUBECACHEDIR: join(folder, 'cache') },
    });
    return stdout;
  };
  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, dump(content));
    return path;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sim-kubectl-'));
    api = await startApiServer({
      logs: {
        openLog: (_reference, query, sink) => {
          sink.write(`${query.timestamps ? '2026-11-22T10:00:00.000000001Z ' : ''}a line\n`);
          sink.end();
          return () => undefined;
        },
      },
    });
    writeFileSync(join(folder, 'config'), api.kubeconfig);
  });
  afterAll(async () => {
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  it(
    'applies a CRD and an object, and shows its columns',
    async () => {
      expect(await kubectl('apply', '--server-side', '-f', file('crd.yaml', WIDGET_CRD))).toContain(
        'serverside-applied',
      );
      expect(
        await kubectl('apply', '--server-side', '-f', file('one.yaml', widget('one', { size: 4 }))),
      ).toContain('widget.example.com/one serverside-applied');
      const [head = '', row = ''] = (await kubectl('get', 'wd')).split('\n');
      expect(head.split(/\s+/)).toEqual(['NAME', 'READY', 'SIZE']);
      expect(row.split(/\s+/)).toEqual(['one', '4']);
      expect(await kubectl('get', 'parts', '-o', 'name')).toBe('widget.example.com/one\n');
      expect(JSON.parse(await kubectl('get', 'widget', 'one', '-o', 'json'))).toMatchObject({
        spec: { size: 4, colour: 'red' },
      });
    },
    TIMEOUT_MILLIS,
  );

  it(
    'explains, describes, lists resources and reads raw paths',
    async () => {
      expect(await kubectl('explain', 'widget.spec.size')).toContain('How big it is.');
      expect(await kubectl('describe', 'widget', 'one')).toContain('Colour:  red');
      expect(await kubectl('api-resources', '--api-group=example.com')).toContain('wd');
      expect(await kubectl('get', '--raw', '/apis/example.com/v1/widgets')).toContain('"kind":"WidgetList"');
    },
    TIMEOUT_MILLIS,
  );

  it(
    'reports conflicts of appliers and invalid values',
    async () => {
      const other = file('other.yaml', widget('one', { size: 5 }));
      await expect(kubectl('apply', '--server-side', '--field-manager=other', '-f', other)).rejects.toThrow(
        /conflict with "kubectl"/,
      );
      const invalid = file('invalid.yaml', widget('one', { size: 0 }));
      await expect(kubectl('apply', '--server-side', '-f', invalid)).rejects.toThrow(/spec\.size/);
    },
    TIMEOUT_MILLIS,
  );

  it(
    'waits for a condition, which is a watch, and for a deletion',
    async () => {
      const waited = kubectl('wait', '--for=condition=Ready', 'widget/one', '--timeout=20s');
      await new Promise((resolve) => setTimeout(resolve, 300));
      api.objects.setStatus(widget('one'), { conditions: [{ type: 'Ready', status: 'True' }] });
      expect(await waited).toContain('condition met');
      expect(await kubectl('delete', 'widget', 'one')).toContain('deleted');
      await expect(kubectl('get', 'widget', 'one')).rejects.toThrow(/not found/);
    },
    TIMEOUT_MILLIS,
  );

  it(
    'prints container logs',
    async () => {
      api.objects.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'talker', namespace: 'default' },
        spec: { nodeName: 'worker-0', containers: [{ name: 'only' }] },
        status: { phase: 'Running' },
      });
      expect(await kubectl('logs', 'talker', '--timestamps')).toBe('2026-11-22T10:00:00.000000001Z a line\n');
      await expect(kubectl('logs', 'talker', '-c', 'other')).rejects.toThrow(
        /container other is not valid for pod talker/,
      );
    },
    TIMEOUT_MILLIS,
  );
});
