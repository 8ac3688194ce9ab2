import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogParser } from '../../src/observe/logs/parser.ts';
import type { Observation } from '../../src/observe/observation.ts';
import type { Program } from '../../src/ptp/states.ts';

/** One scenario: the hosts' facts in the order of time, and what was done to them. */
export interface Capture {
  readonly name: string;
  readonly hosts: ReadonlyMap<string, readonly Observation[]>;
  readonly events: readonly CaptureEvent[];
}

export interface CaptureEvent {
  readonly atSeconds: number;
  readonly text: string;
}

const PROGRAM_OF: Readonly<Record<string, Program>> = { phc2sys: 'phc2sys', ts2phc: 'ts2phc' };

/** Reads a scenario folder as test/corpus holds them. */
export function readCapture(folder: string, name: string): Capture {
  const files = readdirSync(folder);
  const hosts = new Map<string, Observation[]>();
  const listOf = (host: string): Observation[] => {
    const list = hosts.get(host) ?? [];
    hosts.set(host, list);
    return list;
  };
  for (const file of files.filter((one) => one.endsWith('.log')).sort()) {
    const stem = file.slice(0, -'.log'.length);
    const program = Object.keys(PROGRAM_OF).find((one) => stem.endsWith(`-${one}`));
    const host = program === undefined ? stem : stem.slice(0, -program.length - 1);
    listOf(host).push(
      ...parse(
        readFileSync(join(folder, file)),
        host,
        program === undefined ? 'ptp4l' : PROGRAM_OF[program]!,
      ),
    );
  }
  for (const file of files.filter((one) => one.endsWith('.pmc')).sort()) {
    const host = file.slice(0, -'.pmc'.length);
    if (hosts.has(host)) listOf(host).push(...parseReplies(readFileSync(join(folder, file), 'utf8'), host));
  }
  for (const file of files.filter((one) => /\.(config|cfg)$/.test(one)).sort()) {
    const match = /^(.+?)\.((ptp4l|phc2sys|ts2phc)\.\d+\.config)$/.exec(file);
    const host = match?.[1] ?? file.replace(/\.cfg$/, '');
    listOf(host).push({
      kind: 'configFile',
      node: host,
      source: 'Archive',
      atMicros: 0,
      program: (match?.[3] ?? 'ptp4l') as Program,
      configName: match?.[2] ?? file,
      text: readFileSync(join(folder, file), 'utf8'),
    });
  }
  return {
    name,
    hosts: new Map([...hosts].map(([host, list]) => [host, inOrder(list)])),
    events: readEvents(folder),
  };
}

export function parse(bytes: Uint8Array, node: string, program: Program): Observation[] {
  const list: Observation[] = [];
  const parser = createLogParser({ node, source: 'Log', program, onObservation: (one) => list.push(one) });
  parser.push(bytes);
  parser.end();
  return list;
}

/** Replies of pmc; the capture tool wrote `# UPTIME HOST: QUERY` before each. */
function parseReplies(text: string, host: string): Observation[] {
  return text.split(/^# /m).flatMap((block) => {
    const atMicros = Math.round(Number(/^\d+\.\d+/.exec(block)?.[0] ?? 0) * 1e6);
    const body = block.slice(block.indexOf('\n') + 1);
    return parse(new TextEncoder().encode(body), host, 'pmc').map((one) => ({ ...one, atMicros }));
  });
}

/** Configuration first, then by time; facts of one time keep their order. */
export function inOrder(list: readonly Observation[]): Observation[] {
  return list
    .map((observation, index) => ({ observation, index }))
    .sort(
      (a, b) =>
        Number(b.observation.kind === 'configFile') - Number(a.observation.kind === 'configFile') ||
        a.observation.atMicros - b.observation.atMicros ||
        a.index - b.index,
    )
    .map((one) => one.observation);
}

function readEvents(folder: string): CaptureEvent[] {
  return readFileSync(join(folder, 'events.tsv'), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => {
      const [time = '0', text = ''] = line.split('\t');
      return { atSeconds: Number(time), text };
    });
}
