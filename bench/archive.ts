/**
 * How long `analyze` takes for a large must-gather, and how much memory. The archive is made in the
 * temporary folder (PTP_BENCH_ARCHIVE_MIB sets its size, 1024 by default) and removed afterwards.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { createReadStream } from 'node:fs';
import { pack, type Pack } from 'tar-stream';
import { daemonLog } from './archive/daemon-log.ts';
import type { BenchRow } from './run.ts';

const MEBIBYTES = Number(process.env['PTP_BENCH_ARCHIVE_MIB'] ?? 1_024);
const NAMESPACE = 'must-gather/image/namespaces/openshift-ptp';
const NODES = ['worker-0', 'worker-1'];

interface Cost {
  cpuSeconds: number;
  rssMebibytes: number;
  told: string;
}

export async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ptp-bench-'));
  try {
    const tar = join(folder, 'must-gather.tar');
    const packed = `${tar}.gz`;
    await writeArchive(tar);
    await pipeline(createReadStream(tar), createGzip({ level: 1 }), createWriteStream(packed));
    const plain = await measure('analyze', tar);
    const unpacking = await measure('unpack', packed);
    const whole = await measure('analyze', packed);
    return [
      row(
        `${MEBIBYTES} MiB must-gather .tar, 2 nodes: CPU`,
        plain.cpuSeconds,
        's',
        `goal 10 s; ${plain.told}`,
      ),
      row('  memory', plain.rssMebibytes, 'MiB', 'goal 256 MiB'),
      row(
        `the same as .tar.gz: CPU beyond unpacking it once (${unpacking.cpuSeconds.toFixed(1)} s)`,
        whole.cpuSeconds - unpacking.cpuSeconds,
        's',
        'goal 10 s',
      ),
      row('  memory', whole.rssMebibytes, 'MiB', 'goal 256 MiB'),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function row(what: string, value: number, unit: string, against: string): BenchRow {
  return { what, value: `${value.toFixed(unit === 's' ? 1 : 0)} ${unit}`, against };
}

async function measure(job: string, path: string): Promise<Cost> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings',
    import.meta.filename,
    job,
    path,
  ]);
  return JSON.parse(stdout) as Cost;
}

// Called by itself, as above, this file does the job to be measured.
if (process.argv[1] === import.meta.filename) await import('./archive/measured.ts');

async function writeArchive(path: string): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(path));
  for (const [index, node] of NODES.entries()) {
    const pod = `linuxptp-daemon-${index}`;
    const yaml = `kind: Pod\nmetadata: {name: ${pod}, namespace: openshift-ptp}\nspec: {nodeName: ${node}, containers: [{name: linuxptp-daemon-container}]}\n`;
    archive.entry({ name: `${NAMESPACE}/pods/${pod}/${pod}.yaml` }, yaml);
    await addLog(
      archive,
      `${NAMESPACE}/pods/${pod}/linuxptp-daemon-container/linuxptp-daemon-container/logs/current.log`,
    );
  }
  archive.finalize();
  await written;
}

/** A tar tells the size before the bytes: the log is made twice, once to be measured. */
async function addLog(archive: Pack, name: string): Promise<void> {
  const bytes = (MEBIBYTES * 2 ** 20) / NODES.length;
  let size = 0;
  for (const chunk of daemonLog(bytes)) size += chunk.length;
  const entry = archive.entry({ name, size });
  for (const chunk of daemonLog(bytes)) if (!entry.write(chunk)) await once(entry, 'drain');
  entry.end(undefined);
  await once(entry, 'finish');
}
