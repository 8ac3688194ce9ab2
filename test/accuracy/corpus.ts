import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogParser } from '../../src/observe/logs/parser.ts';
import type { Observation } from '../../src/observe/observation.ts';
import { readCapture, type Capture } from './captures.ts';

const CORPUS = join(import.meta.dirname, '..', 'corpus');
/** The daemon's log has wall-clock stamps; its faults are in uptime seconds of the capture. */
const DAEMON = 'linuxptp-daemon';

/** Every labelled capture of the repository, in a fixed order. */
export function readCorpus(): Capture[] {
  const captures: Capture[] = [];
  for (const suite of readdirSync(CORPUS).sort()) {
    if (!suite.startsWith('linuxptp-') || suite === DAEMON) continue;
    for (const scenario of readdirSync(join(CORPUS, suite)).sort()) {
      const folder = join(CORPUS, suite, scenario);
      if (existsSync(join(folder, 'events.tsv'))) captures.push(readCapture(folder, `${suite}/${scenario}`));
    }
  }
  const daemon = readDaemon();
  return daemon === undefined ? captures : [...captures, daemon];
}

/** The real daemon's container log, put on the time line of its events. */
function readDaemon(): Capture | undefined {
  const folder = join(CORPUS, DAEMON);
  if (!existsSync(folder)) return undefined;
  const list: Observation[] = [];
  const parser = createLogParser({ node: 'node', source: 'Log', onObservation: (one) => list.push(one) });
  parser.push(readFileSync(join(folder, 'container.cri.log')));
  parser.end();
  const stamped = list.find((one) => 'uptimeMicros' in one && one.uptimeMicros !== undefined);
  const uptime = stamped !== undefined && 'uptimeMicros' in stamped ? (stamped.uptimeMicros ?? 0) : 0;
  const shift = uptime - (stamped?.atMicros ?? 0);
  const { events } = readCapture(folder, DAEMON);
  return {
    name: DAEMON,
    hosts: new Map([['node', list.map((one) => ({ ...one, atMicros: one.atMicros + shift }))]]),
    events: events.map((event) => ({ ...event, text: event.text.replace(/ on gm1 /, ' on another host ') })),
  };
}
