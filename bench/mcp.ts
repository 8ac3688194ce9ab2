/** What an MCP tool call costs over a fleet of a thousand nodes, beside a server that only echoes. */
import { quantile } from './support/quantile.ts';
import { Readers, type Call, type Load } from './support/readers.ts';
import type { BenchRow } from './run.ts';

const NODES = 1_000;
const CALLS_PER_SECOND = 200;
const SECONDS = 10;

/** One of each kind, as an agent would ask. */
const TOOL_CALLS = [
  ['ptp_health', {}],
  ['ptp_health', { node: 'worker-500' }],
  ['ptp_faults', { node: 'worker-500' }],
  ['ptp_faults', {}],
] as const;

export async function run(): Promise<readonly BenchRow[]> {
  const readers = await Readers.start(NODES);
  try {
    const { ports } = readers;
    const bodies = TOOL_CALLS.map(([name, input]) => toolCall(name, input));
    const mcp = bodies.map((body): Call => ({ port: ports.mcp, path: '/mcp', body }));
    const echo = bodies.map((body): Call => ({ port: ports.echo, path: '/', body }));
    await readers.load(mcp, CALLS_PER_SECOND, 3);
    await readers.load(echo, CALLS_PER_SECOND, 3);
    const rows = [
      ...rowsOf(
        `tools/call at ${CALLS_PER_SECOND}/s, ${NODES} nodes`,
        await readers.load(mcp, CALLS_PER_SECOND, SECONDS),
        true,
      ),
      ...rowsOf('echo of the same requests', await readers.load(echo, CALLS_PER_SECOND, SECONDS), false),
    ];
    for (const [index, call] of mcp.entries()) {
      const [name, input] = TOOL_CALLS[index] ?? ['', {}];
      const load = await readers.load([call], CALLS_PER_SECOND, 3);
      rows.push({
        what: `  ${name} ${JSON.stringify(input)}`,
        value: `${load.cpuMicrosPerRequest.toFixed(0)} µs CPU`,
        against: `${(load.bytesPerAnswer / 1_024).toFixed(1)} KiB answer`,
      });
    }
    return rows;
  } finally {
    await readers.stop();
  }
}

function toolCall(name: string, input: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } });
}

function rowsOf(what: string, load: Load, hasGoal: boolean): BenchRow[] {
  const goal = (text: string): Pick<BenchRow, 'against'> => (hasGoal ? { against: text } : {});
  return [
    { what, value: `${load.cpuMicrosPerRequest.toFixed(0)} µs CPU`, ...goal('goal 600') },
    { what: '  p99', value: `${quantile(load.delaysMillis, 0.99).toFixed(1)} ms`, ...goal('goal 50') },
  ];
}
