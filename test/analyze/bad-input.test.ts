import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { exitCodeOf } from '../../src/commands/analyze.ts';
import type { AnalysisNode, PtpAnalysis } from '../../src/api/analysis.ts';
import { CORPUS, run, tarOf, workFolder, zipOf } from './support.ts';

let work: Awaited<ReturnType<typeof workFolder>>;
let log: string;
let clean: AnalysisNode;

beforeAll(async () => {
  work = await workFolder();
  log = await readFile(join(CORPUS, 'linuxptp-4.2', 'link_down', 'sl1.log'), 'utf8');
  clean = (await analysed('sl1.log', log)).nodes[0]!;
});
afterAll(() => work.remove());

async function analysed(name: string, content: Buffer | string): Promise<PtpAnalysis> {
  const path = join(work.path, name);
  await writeFile(path, content);
  return (await run([path])).analysis;
}

/** Everything the analysis says about its input, as one text. */
function messagesOf({ nodes, inputs }: PtpAnalysis): string {
  const ofNodes = nodes.flatMap(({ sources, notes }) => [
    ...notes,
    ...sources.flatMap(({ messages }) => messages),
  ]);
  return [...inputs.flatMap(({ problems }) => problems), ...ofNodes].join('\n');
}

function utf16be(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
}

describe('analyze: bad input that cannot be judged', () => {
  const cases: [
    what: string,
    name: string,
    content: () => Buffer | string | Promise<Buffer>,
    message: RegExp,
  ][] = [
    ['an empty file', 'empty.log', () => '', /empty/],
    [
      'random bytes',
      'random.log',
      () =>
        Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7_919 + (index >> 3) * 31) % 256)),
      /binary/,
    ],
    ['zero bytes', 'zeros.log', () => Buffer.alloc(100_000), /binary/],
    ['another program’s log', 'other.log', () => 'sshd[123]: hello\n'.repeat(50), /no line of linuxptp/],
    [
      'wording of an unknown version',
      'future.log',
      () => 'ptp4l[7.001]: [ptp4l.0.config:6] flux quantum 7\n'.repeat(50),
      /perhaps another version/,
    ],
    ['two hosts’ lines in one file', 'mixed.log', () => mixed(log), /several hosts/],
    ['one endless line', 'line.log', () => `ptp4l[7.001]: ${'x'.repeat(5_000_000)}`, /longer than 64 KiB/],
    [
      'no zip behind the name',
      'cut.zip',
      () => zipOf({ 'a.log': log }).subarray(0, 300),
      /not a readable zip/,
    ],
    [
      'a format that is not read',
      'logs.7z',
      () => Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]),
      /7-Zip is not read/,
    ],
    ['an archive without logs', 'none.tar', () => tarOf({ 'readme.md': 'hello' }), /no PTP log/],
  ];
  it.each(cases)('%s: a clear message and exit 2', async (_what, name, content, message) => {
    const analysis = await analysed(name, await content());
    expect(`${messagesOf(analysis)}\n${analysis.message}`).toMatch(message);
    expect(analysis.health).toBe('Unknown');
    expect(exitCodeOf(analysis, 'Minor')).toBe(2);
  });

  it('a path that is not there', async () => {
    const { analysis } = await run([join(work.path, 'nowhere')]);
    expect(messagesOf(analysis)).toContain('no such file or folder');
    expect(exitCodeOf(analysis, 'Minor')).toBe(2);
  });
});

/** Every line twice, the second time as a host that has been up for much longer would print it. */
function mixed(text: string): string {
  return text.replace(/^(ptp4l\[)(\d+)(.*)$/gm, '$1$2$3\n$19$2$3');
}

describe('analyze: bad input of which the readable part is judged', () => {
  it.each([
    ['CRLF', () => log.replaceAll('\n', '\r\n')],
    ['UTF-16 with byte order mark', () => Buffer.from(`\ufeff${log}`, 'utf16le')],
    ['big-endian UTF-16', () => utf16be(log)],
    ['a byte order mark of UTF-8', () => `\ufeff${log}`],
    ['no newline at the end', () => log.trimEnd()],
    ['gzip without the name for it', () => gzipSync(log)],
  ])('%s: the same faults', async (_what, content) => {
    const analysis = await analysed('sl1.log', content());
    expect(analysis.nodes[0]!.episodes).toEqual(clean.episodes);
  });

  it('a log that breaks off inside its packing', async () => {
    const packed = gzipSync(log.repeat(3));
    const analysis = await analysed('cut.log', packed.subarray(0, packed.length - 30));
    expect(messagesOf(analysis)).toMatch(/cut short/);
    expect(analysis.nodes[0]!.episodes.map(({ kind }) => kind)).toContain('LinkDown');
    expect(exitCodeOf(analysis, 'Minor')).toBe(1);
  });

  it('an archive that is cut short: the files before the cut', async () => {
    const whole = await tarOf({ 'a/sl1.log': log, 'b/sl1.log': log });
    for (const archive of [whole.subarray(0, 512 + log.length + 1_500), gzipSync(whole).subarray(0, -40)]) {
      const analysis = await analysed('cut.tar', archive);
      expect(messagesOf(analysis)).toMatch(/cut short/);
      expect(analysis.nodes.find(({ name }) => name === 'a')?.episodes.map(({ kind }) => kind)).toEqual([
        'LinkDown',
      ]);
    }
  });

  it('lines out of order and a clock that is set back: told, and judged as far as they go', async () => {
    const reversed = await analysed('reversed.log', log.trimEnd().split('\n').reverse().join('\n'));
    expect(messagesOf(reversed)).toMatch(/out of order/);
    const lines = log.trimEnd().split('\n');
    const stamp = (index: number): string =>
      `2026-11-22T0${index < 40 ? 5 : 4}:00:${String(index % 60).padStart(2, '0')}Z`;
    const back = await analysed('back.log', lines.map((line, index) => `${stamp(index)} ${line}`).join('\n'));
    expect(messagesOf(back)).toMatch(/Time went back 1 time/);
    expect(back.nodes[0]!.lines.recognised).toBe(lines.length);
  });

  it('paths that point out of the archive are only names', async () => {
    const files = {
      '../../../../tmp/evil/evil.log': log,
      '/root/shadow/x.log': log,
      'a\u001b[31m/y.log': log,
    };
    for (const [name, archive] of [
      ['trap.tar', await tarOf(files)],
      ['trap.zip', zipOf(files)],
    ] as const) {
      const analysis = await analysed(name, archive);
      expect(analysis.nodes.map((node) => node.name)).toEqual(['a?[31m', 'evil', 'shadow']);
      expect(analysis.nodes.every(({ episodes }) => episodes.length === 1)).toBe(true);
    }
  });

  it('an archive bomb is refused', async () => {
    const bomb = gzipSync(await tarOf({ 'a.log': Buffer.alloc(300 * 2 ** 20) }));
    const analysis = await analysed('bomb.tar.gz', bomb);
    expect(messagesOf(analysis)).toMatch(/refused: .* archive bomb/);
    expect(exitCodeOf(analysis, 'Minor')).toBe(2);
  }, 60_000);

  it('nothing throws, whatever the bytes', async () => {
    const lines = log.split('\n');
    const damaged = fc.array(
      fc.oneof(
        fc.constantFrom(...lines),
        fc.tuple(fc.constantFrom(...lines), fc.nat(100)).map(([line, at]) => line.slice(at)),
        fc.string({ maxLength: 60 }),
        fc.uint8Array({ maxLength: 40 }).map((part) => Buffer.from(part).toString('latin1')),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(damaged, async (parts) => {
        const first = await analysed('fuzz.log', Buffer.from(parts.join('\n'), 'latin1'));
        const second = await analysed('fuzz.log', Buffer.from(parts.join('\n'), 'latin1'));
        expect(second).toEqual(first);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
