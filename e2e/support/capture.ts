import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRfc3339 } from '../../src/ptp/time.ts';

/** The log of a real linuxptp-daemon and what was done to its network meanwhile. */
export const CAPTURE_FOLDER = join(import.meta.dirname, '..', '..', 'test', 'corpus', 'linuxptp-daemon');
export const CAPTURE_LOG = join(CAPTURE_FOLDER, 'container.cri.log');

export interface Outage {
  what: string;
  /** Seconds after the first line of the log. */
  fromSeconds: number;
  toSeconds: number;
}

/** Outages of events.tsv: from a FAULT to the CLEAR that ends it. Several FAULT lines in a row are one outage. */
export function capturedOutages(): Outage[] {
  const startUptime = uptimeOfFirstLine();
  const outages: Outage[] = [];
  let open: { what: string; at: number } | undefined;
  for (const line of readFileSync(join(CAPTURE_FOLDER, 'events.tsv'), 'utf8').split('\n').slice(1)) {
    const [uptime = '', event = ''] = line.split('\t');
    const at = Number(uptime) - startUptime;
    if (event.startsWith('FAULT ')) open ??= { what: event.slice('FAULT '.length), at };
    if (event !== 'CLEAR' || open === undefined) continue;
    outages.push({ what: open.what, fromSeconds: open.at, toSeconds: at });
    open = undefined;
  }
  return outages;
}

/** events.tsv counts the host's uptime; a linuxptp line carries both its uptime and the kubelet's stamp. */
function uptimeOfFirstLine(): number {
  const text = readFileSync(CAPTURE_LOG, 'utf8');
  const pair = /^(\S+) stdout F ptp4l\[(\d+\.\d+)\]/m.exec(text);
  const [, stamp = '', uptime = ''] = pair ?? [];
  const firstStamp = text.slice(0, text.indexOf(' '));
  const elapsedMicros = (parseRfc3339(stamp) ?? Number.NaN) - (parseRfc3339(firstStamp) ?? Number.NaN);
  return Number(uptime) - elapsedMicros / 1e6;
}
