import { existsSync, readFileSync } from 'node:fs';
import type { Credentials } from '../../kube/credentials.ts';
import type { MetricsEndpoint } from '../../observe/metrics/fetch.ts';
import type { DaemonPod } from '../../observe/resources/pod.ts';
import type { OperatorOptions } from './options.ts';

/** Where OpenShift puts the CA that signs the certificates of services, into every pod. */
const SERVICE_CA = '/var/run/secrets/kubernetes.io/serviceaccount/service-ca.crt';
const TOKEN_REFRESH_MILLIS = 30_000;

/** How the metrics of a daemon pod are reached with our own identity. */
export class DaemonMetrics {
  readonly #options: OperatorOptions;
  readonly #credentials: Credentials;
  #token: string | undefined;
  #certificateAuthority: string | undefined;

  constructor(options: OperatorOptions, credentials: Credentials) {
    this.#options = options;
    this.#credentials = credentials;
  }

  /** Keeps token and CA current, as both rotate. Errors are the next scrape's: it will say 401. */
  async keepCredentialsCurrent(sleep: (millis: number) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#readCredentials();
      await sleep(TOKEN_REFRESH_MILLIS).catch(() => undefined);
    }
  }

  endpointOf(pod: DaemonPod | undefined): MetricsEndpoint | undefined {
    const { daemonMetrics, daemonMetricsPort, daemonMetricsInsecure, ptpNamespace } = this.#options;
    if (daemonMetrics === 'off' || pod?.podIp === undefined || pod.phase !== 'Running') return undefined;
    const target = { host: pod.podIp, port: daemonMetricsPort };
    if (daemonMetrics === 'http') return { ...target, scheme: 'http' };
    return {
      ...target,
      scheme: 'https',
      serverName: `ptp-monitor-service.${ptpNamespace}.svc`,
      skipTlsVerification: daemonMetricsInsecure,
      ...(this.#token === undefined ? {} : { token: this.#token }),
      ...(this.#certificateAuthority === undefined
        ? {}
        : { certificateAuthority: this.#certificateAuthority }),
    };
  }

  async #readCredentials(): Promise<void> {
    const path = this.#options.daemonMetricsCa ?? SERVICE_CA;
    if (existsSync(path)) this.#certificateAuthority = readFileSync(path, 'utf8');
    const resolved = await this.#credentials.resolve().catch(() => undefined);
    this.#token = /^Bearer (.+)$/i.exec(resolved?.headers['authorization'] ?? '')?.[1];
  }
}
