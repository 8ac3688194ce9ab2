import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCapture } from '../test/accuracy/captures.ts';
import { scoreCapture } from '../test/accuracy/score.ts';

const root = join(import.meta.dirname, '..', 'test', 'corpus');
let found = 0;
let total = 0;
let causes = 0;
let causesRight = 0;
for (const suite of readdirSync(root).filter(
  (one) => one.startsWith('linuxptp-') && one !== 'linuxptp-daemon',
)) {
  for (const scenario of readdirSync(join(root, suite))) {
    const score = scoreCapture(readCapture(join(root, suite, scenario), `${suite}/${scenario}`));
    for (const row of score.rows) {
      total += 1;
      if (row.found !== undefined) found += 1;
      if (row.causeRight !== undefined) causes += 1;
      if (row.causeRight === true) causesRight += 1;
      console.log(
        row.found === undefined ? 'MISS ' : 'found',
        row.scenario,
        row.host,
        '|',
        row.fault.slice(0, 50),
        '|',
        row.found ?? row.expected.join('/'),
        row.delaySeconds?.toFixed(2) ?? '',
        row.causeRight === false ? 'CAUSE WRONG' : '',
      );
    }
    for (const alarm of score.falseAlarms) console.log('FALSE', alarm);
  }
}
console.log({ found, total, causes, causesRight });
