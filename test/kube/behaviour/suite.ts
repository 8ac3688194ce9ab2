import { it } from '@jest/globals';
import type { LogBackend } from '../../../sim/kubelet/log-backend.ts';
import { KubeClient } from '../../../src/kube/client.ts';
import { loadKubeConfig } from '../../../src/kube/config.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { HttpTransport } from '../../../src/kube/http/transport.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { KubeStream } from '../../../src/kube/transport.ts';
import { openWatch, type WatchEvent, type WatchRequest } from '../../../src/kube/watch.ts';
import { CONTAINER, NAMESPACE, PodLogs, prepareCluster, WIDGETS } from './fixtures.ts';

/** An API to try, new and empty but for what every cluster has. */
export interface KubeUnderTest {
  /** Of a cluster administrator. */
  kubeconfigPath: string;
  /** Makes the logs of all containers come from here; says where the API server finds the kubelet. */
  serveLogs(backend: LogBackend): Promise<{ address: string; port: number }>;
  /** A resourceVersion that was valid once and is compacted away. */
  expiredResourceVersion(): Promise<string>;
  /** Breaks all connections; the API is back when the promise resolves, or soon after. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const TEST_MILLIS = 60_000;

export class Suite {
  readonly logs = new PodLogs();
  readonly #cleanups: (() => Promise<void>)[] = [];
  #kube: KubeUnderTest | undefined;
  #transport: HttpTransport | undefined;
  #client: KubeClient | undefined;

  async start(start: () => Promise<KubeUnderTest>): Promise<void> {
    this.#kube = await start();
    const { credentials } = loadKubeConfig({ kubeconfig: this.#kube.kubeconfigPath });
    this.#transport = new HttpTransport({ credentials });
    this.#client = new KubeClient({ transport: this.#transport, fieldManager: 'behaviour' });
    await prepareCluster(this.#client, await this.#kube.serveLogs(this.logs));
  }

  /** What is still running when a test fails must not outlive the suite. */
  onStop(cleanup: () => Promise<void>): void {
    this.#cleanups.push(cleanup);
  }

  async stop(): Promise<void> {
    for (const cleanup of this.#cleanups) await cleanup();
    await this.#transport?.close();
    await this.#kube?.stop();
  }

  get kube(): KubeUnderTest {
    return this.#kube!;
  }

  get client(): KubeClient {
    return this.#client!;
  }

  as(fieldManager: string): KubeClient {
    return new KubeClient({ transport: this.#transport!, fieldManager });
  }

  widget(name: string, extra: object = {}): Promise<KubeObject> {
    return this.client.create(WIDGETS, { metadata: { name }, ...extra });
  }

  watch(request: Partial<WatchRequest>): Promise<AsyncGenerator<WatchEvent, void>> {
    const signal = new AbortController().signal;
    return openWatch(this.client, {
      resource: WIDGETS,
      timeoutSeconds: 30,
      inactivityMillis: 30_000,
      signal,
      ...request,
    });
  }

  followLog(pod: string, query: Record<string, string | boolean | number>): Promise<KubeStream> {
    return this.client.transport.stream({
      path: `/api/v1/namespaces/${NAMESPACE}/pods/${pod}/log`,
      query: { container: CONTAINER, ...query },
      lane: 'logs',
      deadlineMillis: 10_000,
    });
  }
}

export const test = (name: string, run: () => Promise<void>) => it(name, run, TEST_MILLIS);

export async function errorOf(promise: Promise<unknown>): Promise<KubeError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof KubeError) return error;
  throw new Error(`expected a KubeError, got ${String(error)}`);
}

export const failure = async (promise: Promise<unknown>): Promise<[number, string]> => {
  const { status, reason } = await errorOf(promise);
  return [status, reason];
};
