import { describe, expect, it } from '@jest/globals';
import type { PtpHealthReportStatus } from '../../api/report.ts';
import { frame } from './table-view.ts';

const PLACE = { kubeconfigPath: '/tmp/kubeconfig', metricsPort: 9464, mcpPort: 8090 };

function report(nodeName: string, message: string): PtpHealthReportStatus {
  return {
    nodeName,
    health: 'Critical',
    message,
    summary: { role: 'T-TSC', syncState: 'FreeRun', faultsLastHour: 3, compliance: 'Pass' },
  } as PtpHealthReportStatus;
}

/** What a person sees: the text without colours and cursor movements. */
function visible(text: string): string[] {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').split('\n');
}

describe('frame', () => {
  it('shows one row per node and the newest faults, within the width', () => {
    const lines = visible(
      frame([report('du-1', 'x'.repeat(200))], ['FAULT linkDown on du-1'], PLACE, 100, 30),
    );
    const row = lines.find((line) => line.startsWith('du-1'));
    expect(row).toContain('Critical');
    expect(row?.length).toBeLessThanOrEqual(100);
    expect(lines).toContain('  FAULT linkDown on du-1');
  });

  it('never fills more rows than the terminal has, and says how many nodes it left out', () => {
    const reports = Array.from({ length: 500 }, (_, index) => report(`node-${index}`, 'm'));
    const lines = visible(frame(reports, ['a', 'b'], PLACE, 120, 24));
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.join('\n')).toMatch(/… and 4\d\d more/);
  });
});
