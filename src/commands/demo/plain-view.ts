import type { PtpHealthReportStatus } from '../../api/report.ts';
import type { ReportReader } from './report-reader.ts';

export interface View {
  stop(): void;
}

const INTERVAL_MILLIS = 250;

/** One line for each fault made and each verdict that changed: for pipes and log files. */
export function startPlainView(reader: ReportReader, faults: string[]): View {
  const shown = new Map<string, string>();
  const started = performance.now();
  const tick = (): void => {
    const stamp = `${((performance.now() - started) / 1000).toFixed(1).padStart(7)} s`;
    for (const fault of faults.splice(0)) process.stdout.write(`${stamp}  simulation  ${fault}\n`);
    for (const report of reader.read()) {
      const line = verdictLine(report);
      // How many lesser reasons stand behind the first changes often, and is no news by itself.
      const news = line.replace(/ \(and \d+ more\)$/, '');
      if (shown.get(report.nodeName) === news) continue;
      shown.set(report.nodeName, news);
      process.stdout.write(`${stamp}  operator    ${line}\n`);
    }
  };
  tick();
  const timer = setInterval(tick, INTERVAL_MILLIS);
  return { stop: () => clearInterval(timer) };
}

function verdictLine({ nodeName, health, message }: PtpHealthReportStatus): string {
  return `${nodeName.padEnd(18)} ${health.padEnd(8)} ${message}`;
}
