import type { FalseAlarm, Row, Score } from './score.ts';

export interface Summary {
  readonly rows: readonly Row[];
  readonly falseAlarms: readonly FalseAlarm[];
  readonly hosts: number;
  readonly found: number;
  /** Rows whose true cause the capture tells, and how many of them were named rightly. */
  readonly causes: number;
  readonly causesRight: number;
}

export function summarise(scores: readonly Score[]): Summary {
  const rows = scores.flatMap((score) => score.rows);
  return {
    rows,
    falseAlarms: scores.flatMap((score) => score.falseAlarms),
    hosts: scores.reduce((sum, score) => sum + score.hosts, 0),
    found: rows.filter((row) => row.found !== undefined).length,
    causes: rows.filter((row) => row.causeRight !== undefined).length,
    causesRight: rows.filter((row) => row.causeRight === true).length,
  };
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;

/** docs/accuracy.md: the figures, then every fault. */
export function renderAccuracy(together: Summary, alone: Summary): string {
  const head = [
    '# Accuracy',
    '',
    'Written by `make accuracy` from the labelled captures in `test/corpus`: unmodified linuxptp on simulated hardware clocks, and the real linuxptp-daemon, with the faults that were made and when (`events.tsv`).',
    '',
    'A fault is found when an episode of the right kind overlaps it, from 0.5 s before to as long after it as the protocol’s timers allow. An episode that begins outside every fault and after 8 s of start-up is a false alarm. "Together": all hosts of a scenario in one engine, as in a cluster. "Alone": each host’s files by themselves, as somebody sends them by mail.',
    '',
    '| | found | recall | cause right | false alarms | hosts |',
    '| --- | --- | --- | --- | --- | --- |',
    summaryLine('Together', together),
    summaryLine('Alone', alone),
    '',
    '| scenario | host | fault | expected | found together | delay | cause | found alone |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const body = together.rows.map((row, index) => rowLine(row, alone.rows[index]));
  return `${[...head, ...body].join('\n')}\n`;
}

function summaryLine(mode: string, summary: Summary): string {
  return `| ${mode} | ${summary.found} of ${summary.rows.length} | ${percent(summary.found, summary.rows.length)} | ${summary.causesRight} of ${summary.causes} | ${summary.falseAlarms.length} | ${summary.hosts} |`;
}

function rowLine(row: Row, alone: Row | undefined): string {
  const cause = row.causeRight === undefined ? '' : row.causeRight ? 'right' : 'wrong';
  const delay = row.delaySeconds === undefined ? '' : `${row.delaySeconds.toFixed(1)} s`;
  return `| ${row.scenario} | ${row.host} | ${row.fault} | ${row.expected.join(' or ')} | ${row.found ?? '**missed**'} | ${delay} | ${cause} | ${alone?.found ?? '**missed**'} |`;
}
