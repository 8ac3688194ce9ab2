import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { renderHtml } from '../../src/publish/analysis/html.ts';
import { renderJson } from '../../src/publish/analysis/json.ts';
import {
  FIXTURES,
  bytes,
  filesBelow,
  run,
  scenario,
  tarOf,
  told,
  workFolder,
  writeAll,
  zipOf,
} from './support.ts';

let work: Awaited<ReturnType<typeof workFolder>>;
let folder: string;
let expected: unknown;

beforeAll(async () => {
  work = await workFolder();
  folder = await scenario(work.path, 'linuxptp-4.2', 'link_down', ['gm1', 'sl1']);
  expected = told((await run([folder])).analysis);
});
afterAll(() => work.remove());

describe('analyze: forms of input', () => {
  it('finds both nodes of a folder with sub-folders, and the one fault', async () => {
    const { analysis } = await run([folder]);
    expect(analysis.nodes.map(({ name }) => name)).toEqual(['gm1', 'sl1']);
    const faults = analysis.nodes.flatMap(({ name, episodes }) =>
      episodes.map(({ kind, subject }) => `${name} ${kind} ${subject}`),
    );
    expect(faults).toEqual(['sl1 LinkDown ens1f0']);
    const [fault] = analysis.nodes[1]!.episodes;
    expect(fault).toMatchObject({ start: null, end: null, active: false, monotonicStart: 2239.682 });
  });

  it.each([
    ['.tar', (files: Awaited<ReturnType<typeof filesBelow>>) => tarOf(files)],
    ['.tar.gz', async (files: Awaited<ReturnType<typeof filesBelow>>) => gzipSync(await tarOf(files))],
    ['.zip', (files: Awaited<ReturnType<typeof filesBelow>>) => Promise.resolve(zipOf(files))],
  ])('says the same of a %s', async (extension, packed) => {
    const path = join(work.path, `packed${extension}`);
    await writeFile(path, await packed(await filesBelow(folder)));
    expect(told((await run([path])).analysis)).toEqual(expected);
  });

  it('says the same of a .tar.xz, and of an archive with a misleading name', async () => {
    const xz = join(FIXTURES, 'link-down.tar.xz');
    expect(told((await run([xz])).analysis)).toEqual(expected);
    const renamed = join(work.path, 'really-a-tar-xz.log');
    await writeFile(renamed, await readFile(xz));
    expect(told((await run([renamed])).analysis)).toEqual(expected);
  });

  it('reads an archive inside an archive, and no deeper', async () => {
    const inner = gzipSync(await tarOf(await filesBelow(folder)));
    await writeAll(work.path, {
      'outer.tar': await tarOf({ 'mail/inner.tar.gz': inner }),
      'outer.zip': zipOf({ 'mail/inner.tar.gz': inner }),
      'deep.tar': await tarOf({ 'outer.tar': await tarOf({ 'inner.tar.gz': inner }) }),
    });
    expect(told((await run([join(work.path, 'outer.tar')])).analysis)).toEqual(expected);
    expect(told((await run([join(work.path, 'outer.zip')])).analysis)).toEqual(expected);
    const deep = (await run([join(work.path, 'deep.tar')])).analysis;
    expect(deep.nodes).toEqual([]);
    expect(deep.inputs[0]!.problems.join()).toContain('more than one archive deep');
  });

  it('takes files named one by one as one node, and --node as its name', async () => {
    const files = ['sl1.log', 'sl1-phc2sys.log', 'sl1.ptp4l.0.config'].map((name) =>
      join(folder, 'sl1', name),
    );
    const { analysis } = await run(files, { node: 'worker-3' });
    expect(analysis.nodes.map(({ name, episodes }) => [name, episodes.length])).toEqual([['worker-3', 1]]);
    expect(analysis.nodes[0]!.sources.map(({ kind }) => kind).sort()).toEqual([
      'Configuration',
      'Log',
      'Log',
    ]);
  });

  it('chooses one of several nodes by --node, and names them when there is no such', async () => {
    expect((await run([folder], { node: 'gm1' })).analysis.nodes.map(({ name }) => name)).toEqual(['gm1']);
    const none = (await run([folder], { node: 'sl7' })).analysis;
    expect(none.inputs[0]!.problems).toEqual(['no node sl7; there are: gm1, sl1']);
  });

  it('reads standard input, in one piece or in many, packed or not', async () => {
    const log = await readFile(join(folder, 'sl1', 'sl1.log'));
    const whole = told((await run(['-'], {}, bytes(log))).analysis);
    const pieces = Array.from({ length: Math.ceil(log.length / 7) }, (_, index) =>
      log.subarray(index * 7, index * 7 + 7),
    );
    expect(told((await run(['-'], {}, bytes(...pieces))).analysis)).toEqual(whole);
    expect(told((await run(['-'], {}, bytes(gzipSync(log)))).analysis)).toEqual(whole);
  });

  it('gives the same bytes each time', async () => {
    const [first, second] = [
      await run([folder], { output: 'html' }),
      await run([folder], { output: 'html' }),
    ];
    expect(renderJson(second.analysis)).toBe(renderJson(first.analysis));
    expect(renderHtml(second.analysis, second.timelines)).toBe(renderHtml(first.analysis, first.timelines));
  });

  it('leaves out what ended before --since and what was logged after --until', async () => {
    const episodes = async (since: number | undefined, until: number | undefined): Promise<unknown[]> => {
      const moment = (seconds: number) => ({ axis: 'Uptime' as const, micros: seconds * 1e6 });
      const options = {
        ...(since !== undefined && { since: moment(since) }),
        ...(until !== undefined && { until: moment(until) }),
      };
      return (await run([join(folder, 'sl1')], options)).analysis.nodes[0]!.episodes.map(
        ({ kind, active }) => [kind, active],
      );
    };
    expect(await episodes(2245, undefined)).toEqual([['LinkDown', false]]);
    expect(await episodes(2255, undefined)).toEqual([]);
    expect(await episodes(undefined, 2245)).toEqual([['LinkDown', true]]);
    expect(await episodes(undefined, 2235)).toEqual([]);
  });
});
