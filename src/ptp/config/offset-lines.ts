import type { EffectiveConfig } from './effective.ts';

/** Which offset lines a program leaves in the log. */
export type OffsetLineKind = 'Samples' | 'Summaries' | 'ReducedSummaries' | 'None' | 'Unknown';

export interface OffsetLineExpectation {
  kind: OffsetLineKind;
  /** Seconds between two such lines; undefined when there are none or nobody can say. */
  intervalSeconds?: number;
}

/** The daemon's own thinning of the log, from `ptpSettings`. */
export interface LogFilter {
  logReduce?: string;
  stdoutFilter?: string;
}

const INFO_LEVEL = 6;
const REDUCED_INTERVAL_SECONDS = 30;
const PTP4L_SAMPLE_LINE = 'ptp4l[1.000]: [ptp4l.0.config:6] master offset 1 s2 freq +1 path delay 1';
const PTP4L_SUMMARY_LINE = 'ptp4l[1.000]: [ptp4l.0.config:6] rms 1 max 1 freq +1 +/- 1 delay 1 +/- 1';
const PHC2SYS_SAMPLE_LINE =
  'phc2sys[1.000]: [ptp4l.0.config:6] CLOCK_REALTIME phc offset 1 s2 freq +1 delay 1';
const PHC2SYS_SUMMARY_LINE =
  'phc2sys[1.000]: [ptp4l.0.config:6] CLOCK_REALTIME rms 1 max 1 freq +1 +/- 1 delay 1 +/- 1';

/** ptp4l prints every sample, or one summary line every 2^summary_interval seconds. */
export function ptp4lOffsetLines(
  ptp4l: EffectiveConfig,
  filter: LogFilter,
  receiver?: string,
): OffsetLineExpectation {
  if ((ptp4l.number('logging_level') ?? INFO_LEVEL) < INFO_LEVEL) return { kind: 'None' };
  const syncInterval = ptp4l.number('logSyncInterval', receiver) ?? 0;
  const summaryInterval = ptp4l.number('summary_interval') ?? 0;
  const plain: OffsetLineExpectation =
    summaryInterval <= syncInterval
      ? { kind: 'Samples', intervalSeconds: 2 ** syncInterval }
      : { kind: 'Summaries', intervalSeconds: 2 ** summaryInterval };
  return filtered(plain, filter, plain.kind === 'Samples' ? PTP4L_SAMPLE_LINE : PTP4L_SUMMARY_LINE);
}

/** phc2sys prints every update, or with `-u N` one summary line every N updates. */
export function phc2sysOffsetLines(phc2sys: EffectiveConfig, filter: LogFilter): OffsetLineExpectation {
  if ((phc2sys.number('logging_level') ?? INFO_LEVEL) < INFO_LEVEL) return { kind: 'None' };
  const updatesPerSecond = phc2sys.number('-R') ?? 1;
  const updatesPerLine = phc2sys.number('-u') ?? 0;
  if (updatesPerSecond <= 0) return { kind: 'Unknown' };
  const plain: OffsetLineExpectation =
    updatesPerLine > 0
      ? { kind: 'Summaries', intervalSeconds: updatesPerLine / updatesPerSecond }
      : { kind: 'Samples', intervalSeconds: 1 / updatesPerSecond };
  return filtered(plain, filter, plain.kind === 'Samples' ? PHC2SYS_SAMPLE_LINE : PHC2SYS_SUMMARY_LINE);
}

function filtered(plain: OffsetLineExpectation, filter: LogFilter, line: string): OffsetLineExpectation {
  const words = (filter.logReduce ?? '').trim().toLowerCase().split(/\s+/);
  if (words[0] === 'enhanced')
    return { kind: 'ReducedSummaries', intervalSeconds: reducedInterval(words[1]) };
  const drops = words[0] === 'true' || words[0] === 'basic' ? 'master offset' : undefined;
  if (drops !== undefined && line.includes(drops)) return { kind: 'None' };
  switch (filterMatches(filter.stdoutFilter ?? '', line)) {
    case true:
      return { kind: 'None' };
    case undefined:
      return { kind: 'Unknown' };
    case false:
      return plain;
  }
}

/** `30s`, `1m`, `1m30s`, a Go duration; what cannot be read leaves the default. */
function reducedInterval(text: string | undefined): number {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text ?? '');
  const seconds = Number(match?.[1] ?? 0) * 3600 + Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
  return seconds > 0 ? seconds : REDUCED_INTERVAL_SECONDS;
}

/**
 * Whether the filter drops the line. The expression is not run: it is untrusted text in another
 * dialect. Alternatives that are plain words between `.*` are compared; anything else is unknown.
 */
function filterMatches(filter: string, line: string): boolean | undefined {
  let unknown = false;
  for (const alternative of filter.split('|', 64)) {
    const words = alternative.replace(/^\^?(\.\*)?/, '').replace(/(\.\*)?\$?$/, '');
    const matchesOnlyEmpty = words === '' && !alternative.includes('.');
    if (matchesOnlyEmpty) continue;
    if (words === '') return true;
    if (/[\\^$.|?*+()[\]{}]/.test(words)) unknown = true;
    else if (line.includes(words)) return true;
  }
  return unknown ? undefined : false;
}
