import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EpisodeReport } from '../src/api/common.ts';
import { parseScript } from '../sim/script.ts';
import type { ControlPlane } from './controlplane/control-plane.ts';
import { startControlPlane } from './controlplane/start.ts';
import { CAPTURE_LOG, capturedOutages } from './support/capture.ts';
import { createNamespace, eventually, installOperator, PTP_NAMESPACE } from './support/install.ts';
import { startOperator, type OperatorProcess } from './support/operator-process.ts';
import { readReport } from './support/reports.ts';
import { startSimulatedNodes, type SimulatedNodes } from './support/simulated-nodes.ts';

jest.setTimeout(180_000);

const NODE = 'worker-0';
/** A grandmaster that is gone shows after three missed Announce messages, 0.4 s at the captured rate. */
const TOLERANCE_SECONDS = 3;

/**
 * A real linuxptp-daemon's log, replayed at its own pace through a kubelet, the API server and
 * the operator. What was done to that daemon's network is known: nothing else may be reported.
 */
describe('log of a real linuxptp-daemon', () => {
  let controlPlane: ControlPlane;
  let operator: OperatorProcess;
  let nodes: SimulatedNodes;
  let startSeconds: number;

  const episodes = async (): Promise<EpisodeReport[]> =>
    (await readReport(controlPlane.admin, NODE))?.status?.faults.recent ?? [];
  const secondsIntoLog = (time: string | undefined): number => Date.parse(time ?? '') / 1000 - startSeconds;

  beforeAll(async () => {
    controlPlane = await startControlPlane();
    await createNamespace(controlPlane, PTP_NAMESPACE);
    await installOperator(controlPlane, 'openshift');
    operator = await startOperator(controlPlane, { name: 'replica-a' });
    startSeconds = Date.now() / 1000;
    nodes = await startSimulatedNodes(controlPlane, {
      script: parseScript({
        nodes: [{ name: NODE, clockType: 'T-TSC', replay: { file: CAPTURE_LOG, speed: 1, loop: false } }],
      }),
    });
  });
  afterAll(async () => {
    await operator.program.stop();
    await nodes.stop();
    await controlPlane.stop();
  });

  const outages = capturedOutages();

  it('has an outage of known begin and end', () => {
    expect(outages).toHaveLength(1);
  });

  it('shows no fault before the first', async () => {
    const firstFault = startSeconds + outages[0]!.fromSeconds;
    while (Date.now() / 1000 < firstFault - 0.5) {
      expect(await episodes()).toEqual([]);
      await sleep(250);
    }
    expect((await readReport(controlPlane.admin, NODE))?.status?.summary.syncState).toBe('Locked');
  });

  it('shows the loss of the grandmaster, from begin to end, and nothing else', async () => {
    const [outage] = outages;
    await eventually('the loss of the grandmaster', async () => {
      const active = (await episodes()).filter((episode) => episode.endTime === undefined);
      return active.some((episode) => episode.kind === 'AnnounceTimeout') ? true : undefined;
    });
    await eventually(
      'its end',
      async () => ((await episodes()).some((episode) => episode.endTime !== undefined) ? true : undefined),
      60_000,
    );
    const all = await episodes();
    expect(all.map((episode) => episode.kind)).toEqual(['AnnounceTimeout']);
    const [episode] = all;
    expect(Math.abs(secondsIntoLog(episode!.startTime) - outage!.fromSeconds)).toBeLessThan(
      TOLERANCE_SECONDS,
    );
    expect(Math.abs(secondsIntoLog(episode!.endTime) - outage!.toSeconds)).toBeLessThan(TOLERANCE_SECONDS);
  });
});
