/** A simulated PTP cluster: nodes, their API objects, logs and metrics, and faults on demand or by script. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../src/lib/clock.ts';
import type { Micros } from '../src/ptp/time.ts';
import type { ObjectInput } from './api/object-access.ts';
import type { ApiServer, ApiServerOptions } from './api/server.ts';
import { startApiServer } from './api/server.ts';
import { startMetricsServer } from './kubelet/metrics-server.ts';
import type { MetricsServer } from './kubelet/metrics-server.ts';
import { NodeLogs } from './kubelet/node-logs.ts';
import type { KubeletServer } from './kubelet/server.ts';
import { startKubeletServer } from './kubelet/server.ts';
import { ClusterPublisher } from './cluster-publisher.ts';
import { FaultPlayer } from './fault-player.ts';
import type { FaultId } from './nodes/faults.ts';
import { SimulatedNode } from './nodes/node.ts';
import { parseCriLog, startReplay } from './nodes/replay.ts';
import type { Script } from './script.ts';
import { readScript, uniformScript } from './script.ts';
import { Ticker } from './ticker.ts';

export interface SimulatedClusterOptions {
  /** A script, or the path of one. Without it: `nodes` nodes of mixed kinds and no faults. */
  readonly script?: Script | string | URL;
  readonly nodes?: number;
  readonly rateLinesPerSecond?: number;
  readonly seed?: number;
  /** Options of the in-process API, a running one, or false for none (a real API server is used). */
  readonly api?: ApiServerOptions | ApiServer | false;
  /** For how long the nodes have been running when the cluster is made: their logs hold that time. Default 0. */
  readonly runningSeconds?: number;
  /** More objects to create first, for example CRDs of the product. */
  readonly objects?: readonly ObjectInput[];
  /** Serve the kubelets' log endpoint over HTTPS, for a real API server. Default: only when `api` is false. */
  readonly kubelet?: boolean | { readonly port?: number; readonly host?: string };
  /** Port of all nodes' `/metrics`. Default: any free one. */
  readonly metricsPort?: number;
  /** Bytes kept per container log. Default 1 MiB, less for many nodes. */
  readonly logBytes?: number;
  readonly onFault?: (what: { node: string; fault: FaultId; active: boolean }) => void;
}

export interface SimulatedCluster {
  /** Administrator's kubeconfig of the in-process API; empty when `api` is false. */
  readonly kubeconfig: string;
  readonly api: ApiServer | undefined;
  readonly nodes: readonly SimulatedNode[];
  readonly metrics: MetricsServer;
  readonly kubelet: KubeletServer | undefined;
  /** Everything to create in a real API server to make these nodes known there, in order. */
  clusterObjects(): ObjectInput[];
  /** Makes a fault. @throws RangeError for an unknown node or fault */
  inject(node: string, fault: FaultId): void;
  clear(node: string, fault: FaultId): void;
  stop(): Promise<void>;
}

const MANY_NODES = 100;
const nowMicros = (): Micros => systemClock.wallMicros();

export async function startSimulatedCluster(
  options: SimulatedClusterOptions = {},
): Promise<SimulatedCluster> {
  const script = chooseScript(options);
  const { namespace } = script;
  const startMicros = nowMicros() - (options.runningSeconds ?? 0) * 1_000_000;
  const nodes = createNodes(script, options, startMicros);
  const api = await chooseApi(options.api);
  const logs = new NodeLogs(namespace, nodes);
  api?.setLogBackend(logs);
  const kubelet = await chooseKubelet(options, logs);
  const publisher = new ClusterPublisher(nodes, namespace, kubelet?.port ?? 10_250);
  const metrics = await startMetricsServer({
    namespace,
    ...(options.metricsPort === undefined ? {} : { port: options.metricsPort }),
    metricsOf: (address) => publisher.nodeAt(address)?.metrics.render(),
    isAllowed: (token) => api === undefined || api.userOf(token) !== undefined,
  });
  for (const object of options.objects ?? []) api?.objects.apply(object);
  if (api !== undefined) publisher.publishTo(api.objects);

  startNodes(nodes);
  for (const node of nodes) node.runUntil(nowMicros());
  const ticker = new Ticker(nodes, nowMicros);
  ticker.start();
  const player = new FaultPlayer(nodes, nowMicros, options.onFault);
  player.play(script);
  return {
    kubeconfig: api?.kubeconfig ?? '',
    api,
    nodes,
    metrics,
    kubelet,
    clusterObjects: () => publisher.allObjects(),
    inject: (node, fault) => player.inject(node, fault),
    clear: (node, fault) => player.clear(node, fault),
    stop: async () => {
      player.stop();
      ticker.stop();
      await metrics.stop();
      await kubelet?.stop();
      // A server that was given is its owner's to stop.
      if (!isRunningApi(options.api)) await api?.stop();
    },
  };
}

function chooseScript(options: SimulatedClusterOptions): Script {
  const { script, seed, rateLinesPerSecond } = options;
  const base =
    script === undefined
      ? uniformScript(options.nodes ?? 3)
      : typeof script === 'string' || script instanceof URL
        ? readScript(script)
        : script;
  return {
    ...base,
    seed: seed ?? base.seed,
    rateLinesPerSecond: rateLinesPerSecond ?? base.rateLinesPerSecond,
  };
}

function createNodes(script: Script, options: SimulatedClusterOptions, startMicros: Micros): SimulatedNode[] {
  const logBytes = options.logBytes ?? (script.nodes.length > MANY_NODES ? 64 * 1024 : 1024 * 1024);
  return script.nodes.map(
    (spec, index) =>
      new SimulatedNode(spec, {
        seed: script.seed,
        startMicros,
        rateLinesPerSecond: script.rateLinesPerSecond,
        logBytes,
        podName: `linuxptp-daemon-${index.toString(36).padStart(5, 'x')}`,
        holdoverSeconds: script.holdoverSeconds,
      }),
  );
}

function startNodes(nodes: readonly SimulatedNode[]): void {
  for (const node of nodes) {
    const { replay } = node.spec;
    if (replay === undefined) node.start();
    else startReplay(parseCriLog(readFileSync(replay.file, 'utf8')), node.agenda, node.log, replay);
  }
}

async function chooseApi(api: SimulatedClusterOptions['api']): Promise<ApiServer | undefined> {
  if (api === false) return undefined;
  return isRunningApi(api) ? api : await startApiServer(api);
}

function isRunningApi(api: SimulatedClusterOptions['api']): api is ApiServer {
  return typeof api === 'object' && 'kubeconfig' in api;
}

async function chooseKubelet(
  options: SimulatedClusterOptions,
  logs: NodeLogs,
): Promise<KubeletServer | undefined> {
  const kubelet = options.kubelet ?? options.api === false;
  if (kubelet === false) return undefined;
  return await startKubeletServer(logs, typeof kubelet === 'object' ? kubelet : {});
}
