import type { SimulatedCluster } from '../../../sim/cluster.ts';
import { API_GROUP, API_VERSION } from '../../api/common.ts';
import type { PtpHealthReportStatus } from '../../api/report.ts';
import { systemClock } from '../../lib/clock.ts';
import type { OperatorProcess } from './operator-process.ts';

const POLL_MILLIS = 100;

/** The reports as they stand in the simulated API: what kubectl would show. */
export class ReportReader {
  readonly #cluster: SimulatedCluster;

  constructor(cluster: SimulatedCluster) {
    this.#cluster = cluster;
  }

  /** Written reports by node name, in the order of the names. */
  read(): PtpHealthReportStatus[] {
    const objects = this.#cluster.api?.objects.list(`${API_GROUP}/${API_VERSION}`, 'PtpHealthReport') ?? [];
    return objects
      .map((object) => object['status'] as PtpHealthReportStatus | undefined)
      .filter((status) => status !== undefined && 'health' in status)
      .sort((a, b) => (a.nodeName < b.nodeName ? -1 : 1));
  }

  count(): number {
    return this.read().length;
  }

  /** True when that many reports are written; false on time-out, abort or when the operator ends. */
  async waitForAll(
    count: number,
    timeoutMillis: number,
    signal: AbortSignal,
    operator: OperatorProcess,
  ): Promise<boolean> {
    const deadline = systemClock.monotonicMillis() + timeoutMillis;
    while (this.count() < count) {
      if (signal.aborted || !operator.isRunning() || systemClock.monotonicMillis() > deadline) return false;
      await systemClock.sleep(POLL_MILLIS);
    }
    return true;
  }
}
