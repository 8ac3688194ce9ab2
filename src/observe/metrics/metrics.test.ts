import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../lib/clock.ts';
import { silentLogger } from '../../lib/log.ts';
import type { MetricSample, Observation, SourceCondition } from '../observation.ts';
import { decodeSample } from './decode.ts';
import { scanExposition } from './exposition.ts';
import { MetricsScraper, spread } from './scraper.ts';

const PREFIX = 'openshift_ptp_';

function scan(text: string): { name: string; labels: Readonly<Record<string, string>>; value: number }[] {
  const samples: { name: string; labels: Readonly<Record<string, string>>; value: number }[] = [];
  scanExposition(text, PREFIX, (name, labels, value) => samples.push({ name, labels, value }));
  return samples;
}

describe('scanExposition', () => {
  it.each([
    [
      'openshift_ptp_clock_state{iface="CLOCK_REALTIME",node="n",process="phc2sys"} 1',
      { iface: 'CLOCK_REALTIME', node: 'n', process: 'phc2sys' },
      1,
    ],
    ['openshift_ptp_clock_state 2', {}, 2],
    [
      'openshift_ptp_clock_state{from="master", iface="ens2fx", } 1.038099569e+09',
      { from: 'master', iface: 'ens2fx' },
      1_038_099_569,
    ],
    ['openshift_ptp_clock_state{a="x\\"y\\\\z\\n}"} -3 1700000000', { a: 'x"y\\z\n}' }, -3],
    ['openshift_ptp_clock_state{a="b"} 4 # {trace="x"} 1', { a: 'b' }, 4],
    ['openshift_ptp_clock_state{} +Inf\r', {}, Infinity],
  ])('reads %s', (line, labels, value) => {
    expect(scan(`${line}\n`)).toEqual([{ name: 'clock_state', labels, value }]);
  });

  it('ignores comments and other metrics, counts what it cannot read', () => {
    const text =
      '# HELP openshift_ptp_x y\ngo_goroutines 7\nopenshift_ptp_bad{a=b} 1\nopenshift_ptp_bad{a="b} 1\nopenshift_ptp_bad\nopenshift_ptp_good 1';
    expect(scanExposition(text, PREFIX, () => undefined)).toEqual({ samples: 1, malformed: 3 });
  });

  it('never throws and never hangs, whatever the page', () => {
    fc.assert(
      fc.property(fc.array(fc.string().map((tail) => PREFIX + tail)), (lines) => void scan(lines.join('\n'))),
    );
  });
});

describe('decodeSample', () => {
  const context = { node: 'worker-1', atMicros: 1 };

  it.each([999_999, 99_999_999_999, -9_999_999_999_999_999, 99_999_999, NaN])(
    'drops the sentinel %d',
    (value) => {
      expect(decodeSample('offset_ns', { iface: 'ens1fx' }, value, context)).toBeUndefined();
    },
  );

  it('drops series without interface and metrics it does not know', () => {
    expect(decodeSample('offset_ns', { iface: '' }, 1, context)).toBeUndefined();
    expect(decodeSample('constructor', {}, 1, context)).toBeUndefined();
  });

  it('keeps the labels that tell series apart, not the node', () => {
    const sample = decodeSample(
      'clock_state',
      { iface: 'ens1fx', node: 'other', process: 'ptp4l', job: 'x' },
      1,
      context,
    );
    expect(sample).toMatchObject({
      node: 'worker-1',
      metric: 'clock_state',
      labels: { process: 'ptp4l', iface: 'ens1fx' },
      value: 1,
    });
  });
});

describe('MetricsScraper', () => {
  async function scrapeOnce(page: () => Promise<string>): Promise<Observation[]> {
    const seen: Observation[] = [];
    const stop = new AbortController();
    const scraper = new MetricsScraper({
      clock: systemClock,
      log: silentLogger,
      prefix: PREFIX,
      intervalMillis: 1,
      endpointOf: () => ({ scheme: 'http', host: '127.0.0.1', port: 1 }),
      fetch: page,
      onObservation: (observation) => {
        seen.push(observation);
        if (observation.kind === 'sourceCondition') stop.abort();
      },
    });
    scraper.add('worker-1');
    await scraper.run(stop.signal);
    return seen;
  }

  it('hands over samples and says that the source is fresh', async () => {
    const seen = await scrapeOnce(() =>
      Promise.resolve('openshift_ptp_clock_state{iface="ens1fx",process="ptp4l"} 1\n'),
    );
    expect((seen[0] as MetricSample).value).toBe(1);
    expect(seen[1]).toMatchObject({ kind: 'sourceCondition', name: 'Metrics', condition: 'Fresh' });
  });

  it.each([
    [
      'a failing scrape makes the source stale',
      () => Promise.reject(new Error('HTTP 403')),
      'Stale',
      'HTTP 403',
    ],
    [
      'a page of something else makes it absent',
      () => Promise.resolve('go_goroutines 7\n'),
      'Absent',
      PREFIX,
    ],
  ])('%s', async (_, page, condition, message) => {
    const seen = await scrapeOnce(page);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ kind: 'sourceCondition', name: 'Metrics', condition });
    expect((seen[0] as SourceCondition).message).toContain(message);
  });
});

describe('spread', () => {
  it('places nodes evenly in the interval', () => {
    const places = Array.from({ length: 1_000 }, (_, index) => spread(`worker-${index}.example.com`, 15_000));
    const firstHalf = places.filter((place) => place < 7_500).length;
    expect(firstHalf).toBeGreaterThan(400);
    expect(firstHalf).toBeLessThan(600);
  });
});
