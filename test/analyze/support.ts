import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { PtpAnalysis } from '../../src/api/analysis.ts';
import type { AnalyzeOptions } from '../../src/commands/analyze/options.ts';
import { analyze, type AnalyzeResult } from '../../src/commands/analyze/run.ts';

export const CORPUS = join(import.meta.dirname, '..', 'corpus');
export const FIXTURES = join(import.meta.dirname, 'fixtures');

export const OPTIONS: AnalyzeOptions = { output: 'json', failOn: 'Minor', color: false };

export async function* bytes(...chunks: (Buffer | string)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

export function run(
  paths: readonly string[],
  options: Partial<AnalyzeOptions> = {},
  stdin: AsyncIterable<Buffer> = bytes(),
): Promise<AnalyzeResult> {
  return analyze(paths, { ...OPTIONS, ...options }, { stdin, onProgress: () => undefined });
}

/** What is told about nodes, without the names of files: equal whatever form the input had. */
export function told(analysis: PtpAnalysis): unknown {
  return analysis.nodes.map(({ name, report, episodes, findings, lines }) => ({
    name,
    report,
    episodes,
    findings,
    lines,
  }));
}

/** A folder that goes away after the test file. */
export async function workFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'ptp-analyze-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Puts the hosts of a corpus scenario into a sub-folder each. */
export async function scenario(
  path: string,
  version: string,
  name: string,
  hosts: readonly string[],
): Promise<string> {
  const from = join(CORPUS, version, name);
  const files = await readdir(from);
  for (const host of hosts) {
    await mkdir(join(path, name, host), { recursive: true });
    for (const file of files.filter((item) => item.startsWith(`${host}.`) || item.startsWith(`${host}-`)))
      await cp(join(from, file), join(path, name, host, file));
  }
  return join(path, name);
}

export type Files = Readonly<Record<string, Buffer | string>>;

/** All files below a folder, by path from its parent, in no sorted order: archives come in any. */
export async function filesBelow(folder: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(dirname(folder).length + 1)] = await readFile(path);
  }
  return Object.fromEntries(Object.entries(files).reverse());
}

export async function tarOf(files: Files): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A zip with local headers, deflated data and its directory at the end. */
export function zipOf(files: Files): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(33, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, tail, Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end]);
}

export async function writeAll(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}
