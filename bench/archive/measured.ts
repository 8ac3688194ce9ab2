/** Runs one job in a process of its own and prints what it cost: `analyze PATH` or `unpack PATH`. */
import { createReadStream } from 'node:fs';
import { analyze } from '../../src/commands/analyze/run.ts';
import { unpack } from '../../src/observe/archive/compression.ts';

const [job, path = ''] = process.argv.slice(2);
let told = '';

if (job === 'unpack') {
  let bytes = 0;
  for await (const chunk of unpack(createReadStream(path, { highWaterMark: 256 * 1024 })))
    bytes += chunk.length;
  told = `${bytes} bytes`;
} else {
  const { analysis } = await analyze(
    [path],
    { output: 'json', failOn: 'Minor', color: false },
    { stdin: process.stdin, onProgress: () => undefined },
  );
  told = `${analysis.message} ${analysis.nodes.map(({ lines }) => `${lines.total} lines`).join(', ')}`;
}
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    cpuSeconds: (user + system) / 1e6,
    rssMebibytes: process.resourceUsage().maxRSS / 1024,
    told,
  }),
);
