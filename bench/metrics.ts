/** How long a scrape of our own /metrics takes with a hundred nodes. */
import { quantile } from './support/quantile.ts';
import { Readers } from './support/readers.ts';
import type { BenchRow } from './run.ts';

const NODES = 100;
const SCRAPES_PER_SECOND = 10;
const SECONDS = 20;

export async function run(): Promise<readonly BenchRow[]> {
  const readers = await Readers.start(NODES);
  try {
    const scrape = [{ port: readers.ports.metrics, path: '/metrics' }];
    await readers.load(scrape, SCRAPES_PER_SECOND, 5);
    const load = await readers.load(scrape, SCRAPES_PER_SECOND, SECONDS);
    return [
      {
        what: `/metrics of ${NODES} nodes, p99`,
        value: `${quantile(load.delaysMillis, 0.99).toFixed(1)} ms`,
        against: 'goal 10',
      },
      { what: '  p50', value: `${quantile(load.delaysMillis, 0.5).toFixed(1)} ms` },
      {
        what: '  processor time',
        value: `${load.cpuMicrosPerRequest.toFixed(0)} µs CPU`,
        against: `${(load.bytesPerAnswer / 1_024).toFixed(0)} KiB`,
      },
    ];
  } finally {
    await readers.stop();
  }
}
