import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { analysisSchema, renderAnalysisSchema, type PtpAnalysis } from '../../src/api/analysis.ts';
import { exitCodeOf } from '../../src/commands/analyze.ts';
import { renderHtml } from '../../src/publish/analysis/html.ts';
import { renderJson } from '../../src/publish/analysis/json.ts';
import { renderText } from '../../src/publish/analysis/text.ts';
import { CORPUS, run, scenario, workFolder } from './support.ts';

let work: Awaited<ReturnType<typeof workFolder>>;
let folder: string;
let analysis: PtpAnalysis;

beforeAll(async () => {
  work = await workFolder();
  folder = await scenario(work.path, 'linuxptp-4.2', 'link_down', ['gm1', 'sl1']);
  ({ analysis } = await run([folder]));
});
afterAll(() => work.remove());

function validator(): (value: unknown) => string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(renderAnalysisSchema()) as object);
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

describe('analyze: JSON', () => {
  it('meets its published schema for healthy, faulty, wall-clock and unreadable input', async () => {
    const problemsOf = validator();
    const nothing = join(work.path, 'nothing.log');
    await writeFile(nothing, '');
    const inputs = [
      [folder],
      [join(CORPUS, 'linuxptp-daemon', 'container.cri.log')],
      [nothing],
      ['/nowhere'],
      [join(CORPUS, 'linuxptp-4.2', 'misconfig')],
    ];
    for (const paths of inputs) {
      const document = JSON.parse(renderJson((await run(paths)).analysis)) as unknown;
      expect(problemsOf(document)).toEqual([]);
      expect(analysisSchema.safeParse(document).success).toBe(true);
    }
    expect(problemsOf({ ...analysis, nodes: [{ name: 7 }] })).not.toEqual([]);
  });

  it('carries the times of the process where the log has no others', () => {
    const [episode] = analysis.nodes.find(({ name }) => name === 'sl1')!.episodes;
    expect(episode).toMatchObject({ kind: 'LinkDown', start: null, end: null, monotonicStart: 2239.682 });
    expect(episode!.monotonicEnd).toBeGreaterThan(2249.6);
    expect(episode!.evidence[0]).toContain('Network is down');
    expect(episode!.cause).not.toBeNull();
  });
});

describe('analyze: text', () => {
  it('says the verdict first, then the fault with time, cause, evidence and next step', () => {
    const text = renderText(analysis, { width: 100, color: false });
    expect(text.split('\n')[0]).toBe(`${analysis.health.toUpperCase()}  ${analysis.message}`);
    const fault = text.slice(text.indexOf('● LinkDown ens1f0'));
    expect(fault).toMatch(/\[2239\.682\] → \[\d+\.\d{3}\]/);
    const order = ['cause:', '| ptp4l[2239.682]', 'next:'].map((part) => fault.indexOf(part));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.every((at) => at > 0)).toBe(true);
  });

  it('stays within the width and has colour only when asked', () => {
    const narrow = renderText(analysis, { width: 60, color: false });
    // A single word, such as a path, may be longer.
    expect(narrow.split('\n').filter((line) => line.length > 60 && /\S \S/.test(line.slice(30, 60)))).toEqual(
      [],
    );
    expect(narrow).not.toContain('\u001b');
    expect(renderText(analysis, { width: 60, color: true })).toContain('\u001b[');
  });

  it('shows nothing of a log that a terminal would obey', () => {
    const hostile = structuredClone(analysis);
    hostile.nodes[1]!.episodes[0]!.evidence = ['\u001b]0;owned\u0007 \u202e line'];
    expect(renderText(hostile, { width: 80, color: false })).not.toMatch(/[\u001b\u0007\u202e]/);
  });
});

describe('analyze: page', () => {
  it('needs nothing from elsewhere and runs no script', async () => {
    const result = await run([folder], { output: 'html' });
    const page = renderHtml(result.analysis, result.timelines);
    expect(page).not.toMatch(/https?:|<script|<link|<img|@import|url\(/i);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).toContain('<svg');
    expect(page).toContain('FAULTY from [2239.682]');
  });

  it('escapes what logs and names say', () => {
    const hostile = structuredClone(analysis);
    const attack = `<img src=x onerror="alert(1)">&'`;
    hostile.nodes[1]!.name = attack;
    hostile.nodes[1]!.report.message = attack;
    hostile.nodes[1]!.episodes[0]!.evidence = [attack];
    hostile.nodes[1]!.episodes[0]!.subject = attack;
    hostile.inputs[0]!.name = attack;
    const states = [
      { name: attack, spans: [{ fromMicros: 0, untilMicros: 1e6, state: attack }], truncated: 0 },
    ];
    const page = renderHtml(
      hostile,
      new Map([[attack, { startMicros: 0, endMicros: 1e6, offsets: [], states }]]),
    );
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;');
  });
});

describe('analyze: exit code', () => {
  const one = (health: PtpAnalysis['health'], ...episodes: PtpAnalysis['health'][]): PtpAnalysis => {
    const node = structuredClone(analysis.nodes[1]!);
    const [episode] = node.episodes;
    return {
      ...analysis,
      nodes: [
        {
          ...node,
          report: { ...node.report, health },
          episodes: episodes.map((severity) => ({ ...episode!, severity })),
        },
      ],
    };
  };

  it.each([
    ['healthy', one.bind(undefined, 'Healthy'), 'Minor', 0],
    ['a fault in the past', one.bind(undefined, 'Healthy', 'Critical'), 'Minor', 1],
    ['a fault below --fail-on', one.bind(undefined, 'Minor', 'Minor'), 'Moderate', 0],
    ['a verdict at --fail-on', one.bind(undefined, 'Moderate'), 'Moderate', 1],
    ['nothing judged', one.bind(undefined, 'Unknown'), 'Critical', 2],
  ] as const)('%s', (_what, document, failOn, code) => {
    expect(exitCodeOf(document(), failOn)).toBe(code);
  });

  it('a node that cannot be judged beside a healthy one is a finding', () => {
    const both = { ...analysis, nodes: [...one('Healthy').nodes, ...one('Unknown').nodes] };
    expect(exitCodeOf(both, 'Critical')).toBe(1);
  });
});
