import { describe, expect, it } from '@jest/globals';
import { fleetSnapshot, nodeReport } from '../../test/support/snapshot.ts';
import { operatorStatistics } from '../../test/support/statistics.ts';
import type { FleetSnapshot } from '../report/snapshot.ts';
import { METRICS, renderMetrics } from './prometheus.ts';

function scrape(snapshot: FleetSnapshot, errors: unknown[] = []): string {
  return renderMetrics({ snapshot, operator: operatorStatistics() }, (error) => errors.push(error));
}

function value(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('the table of metrics', () => {
  it.each(METRICS)('$name follows the naming rules', ({ name, type, labels, help }) => {
    expect(name).toMatch(/^ptp_health_[a-z][a-z0-9_]*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/nanoseconds|_ns\b|milli|micro|ppb/);
    for (const label of labels) expect(label).toMatch(/^[a-z_]+$/);
    expect(labels).not.toContain('pod');
    expect(help).toMatch(/[.]$/);
  });

  it('has no name twice', () => {
    expect(new Set(METRICS.map((metric) => metric.name)).size).toBe(METRICS.length);
  });
});

describe('a scrape', () => {
  it('shows the verdict, the offset in seconds and the faults of each node', () => {
    const text = scrape(fleetSnapshot([nodeReport('worker-1'), nodeReport('worker-2')]));
    expect(value(text, 'ptp_health_node_verdict{node="worker-1",verdict="Moderate"}')).toBe(1);
    expect(value(text, 'ptp_health_node_verdict{node="worker-1",verdict="Healthy"}')).toBe(0);
    expect(value(text, 'ptp_health_clock_offset_seconds{node="worker-2",clock="ens1f0"}')).toBe(4e-9);
    expect(value(text, 'ptp_health_faults_total{node="worker-1",kind="LinkDown"}')).toBe(12);
    expect(value(text, 'ptp_health_active_faults{node="worker-1",kind="LinkDown"}')).toBe(1);
    expect(value(text, 'ptp_health_fleet_nodes{verdict="Healthy"}')).toBe(1);
    expect(value(text, 'ptp_health_leader')).toBe(1);
  });

  it('has each series once and no value that is not a number', () => {
    const doubled = nodeReport('worker-1');
    const clocks = [...doubled.status.clocks, ...doubled.status.clocks];
    const text = scrape(fleetSnapshot([{ ...doubled, status: { ...doubled.status, clocks } }]));
    const series = text.split('\n').filter((line) => line.startsWith('ptp_health_'));
    const names = series.map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(names).size).toBe(names.length);
    for (const line of series)
      expect(Number.isFinite(Number(line.slice(line.lastIndexOf(' ') + 1)))).toBe(true);
  });

  it('loses one metric, not the scrape, when a value cannot be computed', () => {
    const errors: unknown[] = [];
    const broken = { ...nodeReport('worker-1'), counters: undefined as never };
    const text = scrape(fleetSnapshot([broken]), errors);
    expect(errors.length).toBeGreaterThan(0);
    expect(value(text, 'ptp_health_node_verdict{node="worker-1",verdict="Moderate"}')).toBe(1);
  });

  it('is lines of the text format and nothing else', () => {
    const series = /^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? (NaN|[+-]Inf|-?[0-9.]+(e[+-]?\d+)?)$/;
    const text = scrape(fleetSnapshot([nodeReport('worker-1')]));
    expect(text.endsWith('\n')).toBe(true);
    const odd = text
      .trimEnd()
      .split('\n')
      .filter((line) => !/^# (HELP|TYPE) [a-z_]+ ./.test(line) && !series.test(line));
    expect(odd).toEqual([]);
  });

  it('escapes label values that came from outside', () => {
    const report = nodeReport('worker-1');
    const summary = { ...report.status.summary, profile: 'a"b\\c\nd' };
    const text = scrape(fleetSnapshot([{ ...report, status: { ...report.status, summary } }]));
    expect(text).toContain('profile="a\\"b\\\\c\\nd"');
  });
});
