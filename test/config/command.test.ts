import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REFERENCES } from '../lint/manifests.ts';
import { runCommand } from '../support/run-command.ts';

/** Each command is a process of its own, and the machine may be busy. */
jest.setTimeout(60_000);

describe('ptp-health config', () => {
  let folder = '';
  const path = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ptp-config-'));
    const labels = '{node-role.kubernetes.io/boundary: ""}';
    await writeFile(path('nodes.yaml'), `kind: Node\nmetadata: {name: worker-0, labels: ${labels}}\n`);
    await writeFile(path('boundary.yaml'), REFERENCES['boundary']!);
    await writeFile(path('ts2phc.0.config'), '[nmea]\nts2phc.master 1\n[global]\nleapfile /x\n[ens1f0]\n');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('assign keeps its contract', async () => {
    const { code, stdout } = await runCommand([
      ...['config', 'assign', '--nodes', path('nodes.yaml'), '--generation', '4.22', '-o', 'json'],
      path('boundary.yaml'),
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'PtpAssignment',
      nodes: [{ name: 'worker-0', profiles: ['boundary_boundary'] }],
      error: null,
    });
  });

  it('assign names a file that is not there', async () => {
    const { code, stderr } = await runCommand(['config', 'assign', '--nodes', path('none.yaml'), '-']);
    expect(code).not.toBe(0);
    expect(stderr).toBe(`ptp-health: ${path('none.yaml')}: no such file\n`);
  });

  it('explain reads manifests from standard input, and linuxptp configurations', async () => {
    const args = ['config', 'explain', '--node', 'worker-0', '--nodes', path('nodes.yaml'), '-'];
    const ofNode = await runCommand(args, REFERENCES['boundary']);
    expect(ofNode.code).toBe(0);
    expect(ofNode.stdout).toContain('Profile boundary of PtpConfig boundary: BC, G.8275.1, domain 24');
    const plain = await runCommand(['config', 'explain', '-o', 'json', path('ts2phc.0.config')]);
    expect(JSON.parse(plain.stdout)).toMatchObject({
      kind: 'PtpExplanation',
      profiles: [
        {
          values: expect.arrayContaining([
            expect.objectContaining({ program: 'ts2phc', option: 'leapfile' }),
          ]),
        },
      ],
    });
  });
});
