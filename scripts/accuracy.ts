/**
 * Scores the engine on the labelled captures and writes docs/accuracy.md. Fails when fewer faults
 * are found or fewer causes are right than recorded, or when there is any false alarm.
 * `--record` takes today's figures as the new floor.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCorpus } from '../test/accuracy/corpus.ts';
import { renderAccuracy, summarise, type Summary } from '../test/accuracy/render.ts';
import { scoreCapture } from '../test/accuracy/score.ts';

const root = join(import.meta.dirname, '..');
const recordedFile = join(root, 'test', 'accuracy', 'recorded.json');

const corpus = readCorpus();
const together = summarise(corpus.map((capture) => scoreCapture(capture, 'Together')));
const alone = summarise(corpus.map((capture) => scoreCapture(capture, 'Alone')));

for (const row of together.rows) {
  if (row.found === undefined)
    console.log(`missed: ${row.scenario} ${row.host}: ${row.fault}, expected ${row.expected.join(' or ')}`);
}
for (const alarm of [...together.falseAlarms, ...alone.falseAlarms]) {
  console.log(
    `false alarm: ${alarm.scenario} ${alarm.host}: ${alarm.kind} at ${alarm.atSeconds.toFixed(3)} s: ${alarm.evidence}`,
  );
}
writeFileSync(join(root, 'docs', 'accuracy.md'), renderAccuracy(together, alone));

const figures = { togetherFound: together.found, aloneFound: alone.found, causesRight: together.causesRight };
console.log(line('hosts together', together));
console.log(line('each host alone', alone));
if (process.argv.includes('--record')) writeFileSync(recordedFile, `${JSON.stringify(figures)}\n`);
const recorded = JSON.parse(readFileSync(recordedFile, 'utf8')) as typeof figures;
const worse = Object.entries(figures).filter(
  ([name, value]) => value < recorded[name as keyof typeof figures],
);
for (const [name, value] of worse) console.log(`worse than recorded: ${name} ${value}`);
if (worse.length > 0 || together.falseAlarms.length + alone.falseAlarms.length > 0) process.exitCode = 1;

function line(mode: string, summary: Summary): string {
  return `${mode}: ${summary.found} of ${summary.rows.length} faults found, ${summary.causesRight} of ${summary.causes} causes right, ${summary.falseAlarms.length} false alarms on ${summary.hosts} hosts`;
}
