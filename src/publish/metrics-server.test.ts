import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fleetSnapshot, nodeReport } from '../../test/support/snapshot.ts';
import { operatorStatistics } from '../../test/support/statistics.ts';
import type { HttpServer } from './http-server.ts';
import { startMetricsServer } from './metrics-server.ts';

let server: HttpServer;
let problem: string;

beforeEach(async () => {
  problem = '';
  server = await startMetricsServer({
    host: '127.0.0.1',
    port: 0,
    input: () => ({ snapshot: fleetSnapshot([nodeReport('worker-1')]), operator: operatorStatistics() }),
    notReady: () => problem,
    onError: (error) => {
      throw error;
    },
    onMetricError: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  await server.close();
});

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`);

describe('the metrics server', () => {
  it('shows the metrics', async () => {
    const answer = await get('/metrics');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('ptp_health_faults_total{node="worker-1",kind="LinkDown"} 12\n');
  });

  it('shows the process beside the nodes, each metric once', async () => {
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
    expect(text).toContain(`nodejs_version_info{version="${process.version}"`);
    const types = text.match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(types).size).toBe(types.length);
  });

  it('says why not, rather than show counters that would jump', async () => {
    problem = 'the reports have not been read yet';
    const answer = await get('/metrics');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toBe('the reports have not been read yet\n');
    problem = '';
    expect((await get('/metrics')).status).toBe(200);
  });

  it('knows no other path', async () => {
    expect((await get('/')).status).toBe(404);
  });
});
