import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CORPUS, run, tarOf, told, workFolder, writeAll, type Files } from './support.ts';

const POD = 'linuxptp-daemon-abc12';
const NAMESPACE = 'must-gather/quay-io-ptp-must-gather-sha256-1/namespaces/openshift-ptp';
const LOGS = `${NAMESPACE}/pods/${POD}/linuxptp-daemon-container/linuxptp-daemon-container/logs`;

let work: Awaited<ReturnType<typeof workFolder>>;
/** Lines as `oc logs --timestamps` shows them. */
let lines: string[];
/** The same as the container runtime writes them. */
let criLines: string[];
let objects: Files;

beforeAll(async () => {
  work = await workFolder();
  const daemon = join(CORPUS, 'linuxptp-daemon');
  criLines = (await readFile(join(daemon, 'container.cri.log'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '');
  lines = criLines.map((line) => line.replace(/ std\w+ F /, ' '));
  const profile: unknown = JSON.parse(await readFile(join(daemon, 'profile.json'), 'utf8'));
  const profiles = JSON.stringify(Array.isArray(profile) ? profile : [profile]);
  objects = {
    [`${NAMESPACE}/pods/${POD}/${POD}.yaml`]: `apiVersion: v1
kind: Pod
metadata: {name: ${POD}, namespace: openshift-ptp, uid: u1}
spec: {nodeName: worker-0.example.com, containers: [{name: linuxptp-daemon-container}, {name: kube-rbac-proxy}]}
status: {phase: Running}
`,
    [`${NAMESPACE}/core/configmaps.yaml`]: JSON.stringify({
      kind: 'ConfigMapList',
      items: [{ metadata: { name: 'ptp-configmap' }, data: { 'worker-0.example.com': profiles } }],
    }),
    [`${NAMESPACE}/pods/${POD}/kube-rbac-proxy/kube-rbac-proxy/logs/current.log`]: 'not about PTP\n',
  };
});
afterAll(() => work.remove());

const text = (part: readonly string[]): string => `${part.join('\n')}\n`;

describe('analyze: must-gather and its kin', () => {
  it('takes node name and profiles from the objects and joins current and previous', async () => {
    await writeAll(join(work.path, 'mg'), {
      ...objects,
      [`${LOGS}/current.log`]: text(lines.slice(400)),
      [`${LOGS}/previous.log`]: text(lines.slice(0, 400)),
    });
    const { analysis } = await run([join(work.path, 'mg')]);
    const [node] = analysis.nodes;
    expect(analysis.nodes).toHaveLength(1);
    expect(node!.name).toBe('worker-0.example.com');
    expect(node!.timeBase).toBe('WallClock');
    expect(node!.lines.total).toBe(lines.length);
    expect(node!.episodes.map(({ kind }) => kind)).toEqual(['AnnounceTimeout']);
    expect(node!.episodes[0]!.start).toMatch(/^2026-11-22T04:30:27\.\d{6}Z$/);
    expect(node!.episodes[0]!.monotonicStart).toBeCloseTo(3551.527, 2);
    expect(node!.notes.join()).toContain('2 pieces joined in time order');
    expect(node!.report.summary.role).toBe('T-TSC');
  });

  it('reads rotated pieces, packed and in CRI form, and drops what they repeat', async () => {
    await writeAll(join(work.path, 'rotated'), {
      ...objects,
      [`${LOGS}/current.log`]: text(lines.slice(700)),
      [`${LOGS}/rotated/0.log.20261122-043020.gz`]: gzipSync(text(criLines.slice(0, 500))),
      [`${LOGS}/rotated/0.log.20261122-043040`]: text(criLines.slice(450, 700)),
    });
    await writeAll(join(work.path, 'whole'), { ...objects, [`${LOGS}/current.log`]: text(lines) });
    const rotated = (await run([join(work.path, 'rotated')])).analysis.nodes[0]!;
    const whole = (await run([join(work.path, 'whole')])).analysis.nodes[0]!;
    expect(rotated.episodes).toEqual(whole.episodes);
    expect(rotated.sources.flatMap(({ messages }) => messages).join()).toContain('repeat the piece before');
  });

  it('tells a gap between pieces', async () => {
    const gone = lines.findIndex((line) => line.startsWith('2026-11-22T04:30:12'));
    const back = lines.findIndex((line) => line.startsWith('2026-11-22T04:30:22'));
    await writeAll(join(work.path, 'gap'), {
      ...objects,
      [`${LOGS}/current.log`]: text(lines.slice(back)),
      [`${LOGS}/previous.log`]: text(lines.slice(0, gone)),
    });
    const { analysis } = await run([join(work.path, 'gap')]);
    expect(analysis.nodes[0]!.sources.flatMap(({ messages }) => messages).join()).toMatch(
      /no lines for (9|10) s before it/,
    );
  });

  it('reads the same from a packed archive in an order that needs several passes', async () => {
    // More than what is kept in memory, so that a further pass must fetch it.
    const padding = (line: string): string =>
      `${line.slice(0, line.indexOf(' '))} I1122 padding\n`.repeat(30_000);
    const files = {
      [`${LOGS}/current.log`]: text(lines.slice(400)) + padding(lines.at(-1)!),
      [`${LOGS}/previous.log`]: padding(lines[0]!) + text(lines.slice(0, 400)),
      ...objects,
    };
    await writeAll(join(work.path, 'large'), files);
    await writeAll(work.path, {
      'large.tar.gz': gzipSync(await tarOf(files)),
      'large.tar': await tarOf(files),
    });
    const folder = told((await run([join(work.path, 'large')])).analysis);
    expect(told((await run([join(work.path, 'large.tar.gz')])).analysis)).toEqual(folder);
    expect(told((await run([join(work.path, 'large.tar')])).analysis)).toEqual(folder);
  }, 60_000);

  it('reads a sosreport: container logs by node, with the host name it tells', async () => {
    await writeAll(join(work.path, 'sos'), {
      [`sosreport-x/var/log/pods/openshift-ptp_${POD}_u1/linuxptp-daemon-container/0.log`]: text(criLines),
      'sosreport-x/sos_commands/host/hostname': 'worker-9\n',
      'sosreport-x/etc/hostname': 'worker-9\n',
      'sosreport-x/etc/chrony.conf': 'pool example.org\n',
    });
    const { analysis } = await run([join(work.path, 'sos')]);
    expect(analysis.nodes.map(({ name, episodes }) => [name, episodes.length])).toEqual([['worker-9', 1]]);
  });

  it('survives objects that are not what they should be', async () => {
    await writeAll(join(work.path, 'odd'), {
      [`${LOGS}/current.log`]: text(lines),
      [`${NAMESPACE}/pods/${POD}/${POD}.yaml`]: 'linuxptp-daemon: [unclosed',
      [`${NAMESPACE}/core/configmaps.yaml`]:
        'items: [{metadata: {name: ptp-configmap}, data: {worker-0: "{"}}, null, 7]',
      [`${NAMESPACE}/ptp.openshift.io/ptpconfigs/a.yaml`]:
        'apiVersion: ptp.openshift.io/v1\nkind: PtpConfig\nmetadata: {name: a}\nspec: 3\n',
    });
    const { analysis } = await run([join(work.path, 'odd')]);
    expect(analysis.nodes.map(({ name }) => name)).toEqual([POD]);
    expect(analysis.nodes[0]!.sources.filter(({ state }) => state === 'Unusable')).toHaveLength(1);
  });
});
