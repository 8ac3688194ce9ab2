import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClockTopology } from '../../src/assess/topology/topology.ts';
import { scenario } from '../analyze/support.ts';
import { createTestBed, eventually } from '../operator/harness.ts';
import { runCommand } from '../support/run-command.ts';

jest.setTimeout(60_000);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ptp-topology-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('ptp-health topology, from logs of linuxptp', () => {
  let logs = '';
  beforeAll(async () => {
    logs = await scenario(folder, 'linuxptp-4.2', 'boundary_clock', ['gm1', 'bc', 'sl1']);
  });

  it('names the grandmaster and who follows it', async () => {
    const { code, stdout } = await runCommand(['topology', '--from', logs, '-o', 'json']);
    expect(code).toBe(0);
    const { trees, clocks } = JSON.parse(stdout) as ClockTopology;
    expect(trees).toMatchObject([
      { nodeName: 'gm1', grandmasterIdentity: '020000.fffe.000100', domainNumber: 24, followers: 2 },
    ]);
    expect(clocks.map(({ nodeName, isGrandmaster }) => [nodeName, isGrandmaster])).toEqual([
      ['bc', false],
      ['gm1', true],
      ['sl1', false],
    ]);
  });

  it.each([
    ['text', /^gm1 \(domain 24, 2 followers\)\n[├└]─ /],
    ['mermaid', /^graph TD\n {2}c0\["bc /],
    ['dot', /^digraph ptp \{\n/],
  ])('draws it as %s', async (form, start) => {
    const { stdout } = await runCommand(['topology', '--from', logs, '--output', form]);
    expect(stdout).toMatch(start);
    expect(stdout).toContain('sl1');
  });

  it('says when there is no clock', async () => {
    const { code, stderr } = await runCommand(['topology', '--from', join(folder, 'none')]);
    expect(code).toBe(2);
    expect(stderr).toContain('none');
  });
});

describe('on a cluster', () => {
  it('topology reads the reports, and config explain what the nodes run', async () => {
    const bed = await createTestBed(3);
    try {
      const kubeconfig = join(folder, 'kubeconfig');
      await writeFile(kubeconfig, bed.cluster.kubeconfig);
      await bed.startOperator();
      await eventually('both followers', () =>
        ['worker-1', 'worker-2'].every((name) => bed.report(name)?.instances[0]?.grandmasterIdentity),
      );
      const drawn = await runCommand(['topology', '--kubeconfig', kubeconfig, '-o', 'json']);
      expect(drawn.code).toBe(0);
      const { clocks } = JSON.parse(drawn.stdout) as ClockTopology;
      expect(clocks.flatMap(({ nodeName }) => nodeName ?? [])).toEqual(
        expect.arrayContaining(['worker-0', 'worker-1', 'worker-2']),
      );
      const explained = await runCommand([
        'config',
        'explain',
        '--kubeconfig',
        kubeconfig,
        '--node',
        'worker-1',
      ]);
      expect(explained.code).toBe(0);
      expect(explained.stdout).toMatch(/^Node worker-1\n\nProfile .+: T?BC, G\.8275\.1, domain \d+/);
    } finally {
      await bed.stop();
    }
  });
});
