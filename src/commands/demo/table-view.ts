import type { HealthVerdict } from '../../ptp/health.ts';
import type { PtpHealthReportStatus } from '../../api/report.ts';
import type { DemoPlace } from './place.ts';
import type { View } from './plain-view.ts';
import type { ReportReader } from './report-reader.ts';

const INTERVAL_MILLIS = 500;
const SHOWN_FAULTS = 6;
const CLEAR_SCREEN = '\u001b[2J\u001b[3J\u001b[H';
const CLEAR_LINE_END = '\u001b[K';
const HOME = '\u001b[H';
const CLEAR_BELOW = '\u001b[J';
const RESET = '\u001b[0m';
const DIM = '\u001b[2m';
const BOLD = '\u001b[1m';

const COLOURS: Readonly<Record<HealthVerdict, string>> = {
  Healthy: '\u001b[32m',
  Minor: '\u001b[33m',
  Moderate: '\u001b[35m',
  Critical: '\u001b[31m',
  Unknown: '\u001b[36m',
};

interface Column {
  title: string;
  width: number;
  value: (report: PtpHealthReportStatus) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'NODE', width: 20, value: (report) => report.nodeName },
  { title: 'HEALTH', width: 10, value: (report) => report.health },
  { title: 'SYNC', width: 11, value: (report) => report.summary.syncState },
  { title: 'OFFSET(ns)', width: 12, value: ({ summary }) => String(summary.worstOffsetNanoseconds ?? '-') },
  { title: 'ROLE', width: 8, value: (report) => report.summary.role },
  { title: 'FAULTS(1h)', width: 12, value: (report) => String(report.summary.faultsLastHour) },
  { title: 'COMPLIANT', width: 11, value: (report) => report.summary.compliance },
];

/** A table that is redrawn in place, with the newest faults below it. */
export function startTableView(reader: ReportReader, faults: string[], place: DemoPlace): View {
  const recent: string[] = [];
  const draw = (): void => {
    for (const fault of faults.splice(0))
      recent.unshift(`${new Date().toISOString().slice(11, 19)}  ${fault}`);
    recent.length = Math.min(recent.length, SHOWN_FAULTS);
    process.stdout.write(frame(reader.read(), recent, place, process.stdout.columns, process.stdout.rows));
  };
  process.stdout.write(CLEAR_SCREEN);
  draw();
  const timer = setInterval(draw, INTERVAL_MILLIS);
  return { stop: () => clearInterval(timer) };
}

/** One full picture, cut to the size of the terminal. */
export function frame(
  reports: readonly PtpHealthReportStatus[],
  recentFaults: readonly string[],
  place: Pick<DemoPlace, 'kubeconfigPath' | 'metricsPort' | 'mcpPort'>,
  columns = 120,
  rows = 40,
): string {
  const header = COLUMNS.map(({ title, width }) => title.padEnd(width)).join('');
  const room = Math.max(3, rows - recentFaults.length - 8);
  const lines = [
    `${BOLD}ptp-health demo${RESET}   export KUBECONFIG=${place.kubeconfigPath}   Ctrl-C ends it`,
    `${DIM}kubectl get phr -o wide   metrics 127.0.0.1:${place.metricsPort}   MCP 127.0.0.1:${place.mcpPort}/mcp${RESET}`,
    '',
    `${BOLD}${header}MESSAGE${RESET}`,
    ...reports.slice(0, room).map((report) => row(report, columns)),
    ...(reports.length > room ? [`${DIM}… and ${reports.length - room} more${RESET}`] : []),
    '',
    `${DIM}simulation:${RESET}`,
    ...recentFaults.map((fault) => `  ${fault}`),
  ];
  return HOME + lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('') + CLEAR_BELOW;
}

function row(report: PtpHealthReportStatus, columns: number): string {
  const cells = COLUMNS.map(({ width, value }) =>
    value(report)
      .slice(0, width - 1)
      .padEnd(width),
  ).join('');
  const message = report.message.slice(0, Math.max(0, columns - cells.length));
  return `${COLOURS[report.health]}${cells}${message}${RESET}`;
}
