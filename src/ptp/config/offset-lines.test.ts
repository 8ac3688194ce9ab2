import { describe, expect, it } from '@jest/globals';
import { effectiveConfig } from './effective.ts';
import { phc2sysOffsetLines, ptp4lOffsetLines } from './offset-lines.ts';
import type { LogFilter } from './offset-lines.ts';

const SYNC_16 = '[global]\nlogSyncInterval -4\n';

describe('ptp4lOffsetLines', () => {
  it.each<[string, LogFilter, string, number | undefined]>([
    ['', {}, 'Summaries', 1],
    ['--summary_interval -4', {}, 'Samples', 0.0625],
    ['--summary_interval 3', {}, 'Summaries', 8],
    ['--summary_interval -4', { logReduce: 'true' }, 'None', undefined],
    ['--summary_interval -4', { logReduce: 'basic' }, 'None', undefined],
    ['', { logReduce: 'true' }, 'Summaries', 1],
    ['--summary_interval -4', { logReduce: 'false' }, 'Samples', 0.0625],
    ['--summary_interval -4', { logReduce: 'enhanced' }, 'ReducedSummaries', 30],
    ['--summary_interval -4', { logReduce: 'enhanced 1m30s 20' }, 'ReducedSummaries', 90],
    ['--summary_interval -4', { stdoutFilter: '^.*delay filtered.*$' }, 'Samples', 0.0625],
    [
      '--summary_interval -4',
      { stdoutFilter: '^.*delay filtered.*$|^.*master offset.*$' },
      'None',
      undefined,
    ],
    ['', { stdoutFilter: '.*' }, 'None', undefined],
    ['', { stdoutFilter: '^.*(rms|max).*$' }, 'Unknown', undefined],
    ['-l 5', {}, 'None', undefined],
  ])('ptp4l %s with %j prints %s', (commandLine, filter, kind, intervalSeconds) => {
    const config = effectiveConfig({ program: 'ptp4l', text: SYNC_16, commandLine });
    expect(ptp4lOffsetLines(config, filter)).toEqual(
      intervalSeconds === undefined ? { kind } : { kind, intervalSeconds },
    );
  });

  it('takes the interval of the port that follows', () => {
    const config = effectiveConfig({
      program: 'ptp4l',
      text: '[global]\nsummary_interval -3\n[ens1f0]\nlogSyncInterval -3\n',
    });
    expect(ptp4lOffsetLines(config, {}, 'ens1f0')).toEqual({ kind: 'Samples', intervalSeconds: 0.125 });
  });
});

describe('phc2sysOffsetLines', () => {
  it.each([
    ['-a -r', 'Samples', 1],
    ['-a -r -R 16', 'Samples', 0.0625],
    ['-a -r -R 16 -u 0', 'Samples', 0.0625],
    ['-a -r -R 16 -u 16', 'Summaries', 1],
  ])('phc2sys %s prints %s', (commandLine, kind, intervalSeconds) => {
    expect(phc2sysOffsetLines(effectiveConfig({ program: 'phc2sys', commandLine }), {})).toEqual({
      kind,
      intervalSeconds,
    });
  });

  it('is not touched by the plain reduction of the daemon', () => {
    expect(
      phc2sysOffsetLines(effectiveConfig({ program: 'phc2sys', commandLine: '-a -r' }), { logReduce: 'true' })
        .kind,
    ).toBe('Samples');
  });
});
