import { rowsOfReport, type ClockRow } from '../../assess/topology/rows.ts';
import { reportStatusSchema } from '../../api/report.ts';
import type { PtpAnalysis } from '../../api/analysis.ts';
import { REPORTS } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/client.ts';
import { analyze } from '../analyze/run.ts';

/** The rows of a cluster, from the reports the operator wrote. @throws KubeError */
export async function rowsOfCluster(client: KubeClient): Promise<readonly ClockRow[]> {
  const rows: ClockRow[] = [];
  for await (const { items } of client.pages(REPORTS)) {
    for (const { status } of items) {
      // A report not yet evaluated, or one of another version, says nothing here.
      const parsed = reportStatusSchema.safeParse(status);
      if (parsed.success) rows.push(...rowsOfReport(parsed.data));
    }
  }
  return rows;
}

/** The rows of logs and must-gathers, and what was wrong with them. */
export async function rowsOfFiles(
  paths: readonly string[],
  stdin: AsyncIterable<Buffer>,
): Promise<{ rows: readonly ClockRow[]; problems: readonly string[] }> {
  const { analysis } = await analyze(
    paths,
    { output: 'json', failOn: 'Minor', color: false },
    { stdin, onProgress: () => undefined },
  );
  return { rows: rowsOfAnalysis(analysis), problems: problemsOf(analysis) };
}

function rowsOfAnalysis({ nodes }: PtpAnalysis): readonly ClockRow[] {
  return nodes.flatMap(({ name, report }) => rowsOfReport({ ...report, nodeName: name }));
}

function problemsOf({ inputs }: PtpAnalysis): readonly string[] {
  return inputs.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`));
}
