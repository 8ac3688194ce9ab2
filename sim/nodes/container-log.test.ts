import { describe, expect, it } from '@jest/globals';
import type { LogQuery } from '../kubelet/log-backend.ts';
import { ContainerLog } from './container-log.ts';

const START = 1_800_000_000_000_000;
const ALL: LogQuery = {
  follow: false,
  timestamps: false,
  previous: false,
  sinceMicros: undefined,
  tailLines: undefined,
  limitBytes: undefined,
};

function collect(log: ContainerLog, query: Partial<LogQuery> = {}) {
  const result = { text: '', hasEnded: false, stop: (): void => undefined };
  const sink = {
    write: (text: string) => void (result.text += text),
    end: () => void (result.hasEnded = true),
  };
  result.stop = log.read({ ...ALL, ...query }, sink);
  return result;
}

const line = (text: string, seconds = 0) => ({ micros: START + seconds * 1e6, text });

describe('ContainerLog', () => {
  it('reads all, the tail, from a time on, and up to a number of bytes', () => {
    const log = new ContainerLog(10_000);
    log.append([line('one', 1), line('two', 2), line('three', 3)]);
    expect(collect(log).text).toBe('one\ntwo\nthree\n');
    expect(collect(log, { tailLines: 1 }).text).toBe('three\n');
    expect(collect(log, { sinceMicros: START + 2e6 }).text).toBe('two\nthree\n');
    expect(collect(log, { limitBytes: 5 }).text).toBe('one\nt');
    expect(collect(log).hasEnded).toBe(true);
  });

  it('stamps lines with nanoseconds that only grow, also for many lines at one time', () => {
    const log = new ContainerLog(100_000);
    log.append(Array.from({ length: 60 }, (_, index) => line(String(index))));
    log.append([line('earlier than the others', -5)]);
    const stamps = collect(log, { timestamps: true })
      .text.trimEnd()
      .split('\n')
      .map((text) => text.split(' ')[0] ?? '');
    expect(stamps[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(new Set(stamps).size).toBe(61);
    expect([...stamps].sort()).toEqual(stamps);
  });

  it('follows, and ends the follow when the container restarts', () => {
    const log = new ContainerLog(10_000);
    log.append([line('old')]);
    const followed = collect(log, { follow: true, tailLines: 0 });
    log.append([line('new')]);
    expect([followed.text, followed.hasEnded]).toEqual(['new\n', false]);
    log.restart();
    expect(followed.hasEnded).toBe(true);
    log.append([line('of the next container')]);
    expect(collect(log, { previous: true }).text).toBe('old\nnew\n');
    expect(collect(log).text).toBe('of the next container\n');
  });

  it('has no previous log before a restart', () => {
    expect(() => collect(new ContainerLog(100), { previous: true })).toThrow('not found');
  });

  it('stays within its bound by rotating, and goes on feeding followers', () => {
    const log = new ContainerLog(1_000);
    const followed = collect(log, { follow: true });
    for (let index = 0; index < 200; index++) log.append([line(`line ${index}`)]);
    expect(collect(log).text.length).toBeLessThan(1_000);
    expect(collect(log).text).toContain('line 199');
    expect(followed.text.trimEnd().split('\n')).toHaveLength(200);
    expect(log.written).toBe(200);
  });

  it('stops feeding a follower that left', () => {
    const log = new ContainerLog(1_000);
    const followed = collect(log, { follow: true });
    followed.stop();
    log.append([line('unseen')]);
    expect([followed.text, log.followers]).toEqual(['', 0]);
  });
});
