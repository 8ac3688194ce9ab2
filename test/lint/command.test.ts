import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundaryClock } from '../reference-profiles.ts';
import { runCommand, type Outcome } from '../support/run-command.ts';
import { manifest, REFERENCES } from './manifests.ts';

function lint(args: readonly string[], stdin?: string): Promise<Outcome> {
  return runCommand(['lint', ...args], stdin);
}

/** Each command is a process of its own, and the machine may be busy. */
jest.setTimeout(60_000);

describe('ptp-health lint', () => {
  let folder = '';
  let good = '';
  let bad = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ptp-lint-'));
    good = join(folder, 'good.yaml');
    bad = join(folder, 'bad <&> "name".yaml');
    await writeFile(good, REFERENCES['t-gm']!);
    await writeFile(bad, manifest('boundary', [boundaryClock({ domainNumber: '5' })]));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('ends with 0 when there is no error', async () => {
    const { code, stdout } = await lint([good]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 file, 1 profile: 0 errors/);
  });

  it('names file, line and column, and ends with 1', async () => {
    const { code, stdout } = await lint([good, bad]);
    expect(code).toBe(1);
    const line = REFERENCES['boundary']!.split('\n').findIndex((one) => one.includes('domainNumber')) + 1;
    expect(stdout).toContain(`${bad}:${line}:9: Error G8275.1-domain [boundary]: domainNumber is 5`);
  });

  it('keeps its contract in JSON, from standard input', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${manifest('boundary', [
      boundaryClock({ domainNumber: '5' }),
    ])
      .trimEnd()
      .replaceAll('\n', '\n  ')}\n`;
    const { code, stdout } = await lint(['-o', 'json', '-'], list);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as { files: { findings: object[] }[] };
    expect(report).toMatchObject({
      kind: 'PtpLint',
      files: [
        {
          path: '-',
          profiles: [{ name: 'boundary', clockType: 'BC', ituProfile: 'G.8275.1' }],
          findings: [
            {
              rule: 'G8275.1-domain',
              severity: 'Error',
              option: 'domainNumber',
              section: 'global',
              profile: 'boundary',
              expected: '24 to 43',
              found: '5',
            },
          ],
        },
      ],
    });
    expect(Object.keys(report.files[0]!.findings[0]!).toSorted()).toEqual(
      [
        'column',
        'expected',
        'found',
        'line',
        'message',
        'option',
        'profile',
        'reference',
        'remedy',
        'rule',
        'section',
        'severity',
      ].toSorted(),
    );
  });

  it('writes SARIF 2.1.0', async () => {
    const { code, stdout } = await lint(['-o', 'sarif', folder]);
    expect(code).toBe(1);
    const log = JSON.parse(stdout) as {
      version: string;
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: {
          ruleId: string;
          ruleIndex: number;
          level: string;
          locations: {
            physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
          }[];
        }[];
      }[];
    };
    expect(log.version).toBe('2.1.0');
    const [run] = log.runs;
    const error = run!.results.find(({ level }) => level === 'error')!;
    expect(run!.tool.driver.rules[error.ruleIndex]!.id).toBe(error.ruleId);
    expect(error.ruleId).toBe('G8275.1-domain');
    const { artifactLocation, region } = error.locations[0]!.physicalLocation;
    expect(decodeURI(artifactLocation.uri)).toBe(bad);
    expect(region.startLine).toBeGreaterThan(1);
  });

  it('writes JUnit XML with names escaped', async () => {
    const { code, stdout } = await lint(['-o', 'junit', bad]);
    expect(code).toBe(1);
    expect(stdout).toContain('<testsuites name="ptp-health lint" tests="1" failures="1">');
    expect(stdout).toContain('bad &lt;&amp;&gt; &quot;name&quot;.yaml');
    expect(stdout).not.toContain('<&>');
  });

  it('ends with 2 when something could not be read, and still tells the rest', async () => {
    const missing = await lint(['-o', 'json', join(folder, 'none.yaml'), bad]);
    expect(missing.code).toBe(2);
    const { files } = JSON.parse(missing.stdout) as { files: { findings: { rule: string }[] }[] };
    expect(files.map(({ findings }) => findings[0]!.rule)).toEqual(['manifest-unreadable', 'G8275.1-domain']);
    expect((await lint(['-'], 'a: b: c')).code).toBe(2);
  });
});
