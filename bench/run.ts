/**
 * Runs every benchmark (or those named on the command line) and prints one table. Figures are for
 * comparing within one run on one machine: nothing here asserts.
 *
 *   npm run bench -- [parse] [archive] …
 */
import { readdir } from 'node:fs/promises';

export interface BenchRow {
  what: string;
  value: string;
  /** What it is compared with in the same run, or the goal. */
  against?: string;
}

/** A benchmark file exports `run`. */
interface Benchmark {
  run(): Promise<readonly BenchRow[]>;
}

const wanted = process.argv.slice(2);
const files = (await readdir(import.meta.dirname)).filter(
  (name) => /^[a-z-]+\.ts$/.test(name) && name !== 'run.ts',
);

for (const file of files.sort()) {
  const name = file.replace(/\.ts$/, '');
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const benchmark = (await import(`./${file}`)) as Benchmark;
  console.log(`\n${name}`);
  for (const row of await benchmark.run()) {
    console.log(`  ${row.what.padEnd(64)} ${row.value.padStart(16)}  ${row.against ?? ''}`);
  }
}
