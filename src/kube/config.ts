import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
// Not the package's index, which loads the generated API of every kind.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { type Clock, systemClock } from '../lib/clock.ts';
import type { Credentials, ResolvedCredentials, TlsSettings } from './credentials.ts';
import { KubeError } from './errors.ts';

export interface KubeConfigSource {
  /** Path of a kubeconfig; without it KUBECONFIG, `~/.kube/config`, then the pod's service account. */
  kubeconfig?: string | undefined;
  context?: string | undefined;
}

export interface LoadedKubeConfig {
  credentials: Credentials;
  /** Name of the context in use, for logs and for telling clusters apart. */
  contextName: string;
  /** Of the context or the pod; `default` when neither names one. */
  namespace: string;
}

/**
 * Credentials are remembered so long: reading CA files and asking plugins for each of hundreds of calls
 * a second would be waste, and the kubelet replaces a token long before the old one expires.
 */
const CREDENTIALS_LIFETIME_MILLIS = 10_000;
/** A server that answers 401 for ever must not make us run an exec plugin for every call. */
const MIN_RELOAD_INTERVAL_MILLIS = 5_000;

/** Errors: KubeError `CredentialsFailed`. */
export function loadKubeConfig(source: KubeConfigSource = {}, clock: Clock = systemClock): LoadedKubeConfig {
  const config = readConfig(source);
  const context = config.getContextObject(config.getCurrentContext());
  return {
    credentials: new KubeConfigCredentials(config, () => readConfig(source), clock),
    contextName: config.getCurrentContext(),
    namespace: context?.namespace?.trim() ?? 'default',
  };
}

/** The names of all contexts that the source knows, for commands that read several clusters. */
export function listContexts(source: KubeConfigSource = {}): string[] {
  return readConfig({ kubeconfig: source.kubeconfig })
    .getContexts()
    .map((context) => context.name);
}

function readConfig(source: KubeConfigSource): KubeConfig {
  const config = new KubeConfig();
  try {
    if (source.kubeconfig !== undefined) config.loadFromFile(source.kubeconfig);
    else config.loadFromDefault();
  } catch (error) {
    throw failed(`cannot read ${source.kubeconfig ?? 'the default kubeconfig'}`, error);
  }
  if (source.context !== undefined) config.setCurrentContext(source.context);
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw failed(`context "${config.getCurrentContext()}" does not exist or names no known cluster`);
  if (cluster.proxyUrl !== undefined)
    throw failed(`cluster "${cluster.name}" uses proxy-url, which is not supported`);
  assertReadable(cluster.caFile, 'certificate authority');
  return allowPlainHttp(config);
}

/** client-node refuses http:// unless TLS is not to be verified; there is none to verify. */
function allowPlainHttp(config: KubeConfig): KubeConfig {
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
  return config;
}

function assertReadable(path: string | undefined, what: string): void {
  if (path === undefined || path === '') return;
  if (!existsSync(path)) throw failed(`${what} file ${path} does not exist`);
}

class KubeConfigCredentials implements Credentials {
  readonly server: URL;
  #config: KubeConfig;
  readonly #reload: () => KubeConfig;
  readonly #clock: Clock;
  #resolved: Promise<ResolvedCredentials> | undefined;
  #resolvedAtMillis = 0;
  #reloadedAtMillis = Number.NEGATIVE_INFINITY;
  #stale = false;

  constructor(config: KubeConfig, reload: () => KubeConfig, clock: Clock) {
    this.#config = config;
    this.#reload = reload;
    this.#clock = clock;
    this.server = serverUrl(config);
  }

  resolve(): Promise<ResolvedCredentials> {
    const now = this.#clock.monotonicMillis();
    if (
      this.#resolved !== undefined &&
      !this.#stale &&
      now - this.#resolvedAtMillis < CREDENTIALS_LIFETIME_MILLIS
    ) {
      return this.#resolved;
    }
    const pending = this.#resolveNow(now);
    this.#resolved = pending;
    this.#resolvedAtMillis = now;
    // A failure must not be remembered: the next call tries again.
    pending.catch(() => {
      if (this.#resolved === pending) this.#resolved = undefined;
    });
    return pending;
  }

  invalidate(): void {
    if (this.#clock.monotonicMillis() - this.#reloadedAtMillis >= MIN_RELOAD_INTERVAL_MILLIS)
      this.#stale = true;
  }

  async #resolveNow(now: number): Promise<ResolvedCredentials> {
    try {
      if (this.#stale) {
        // A new KubeConfig forgets what client-node's auth providers remember (tokens, plugin results).
        this.#config = this.#reload();
        this.#reloadedAtMillis = now;
        this.#stale = false;
      }
      const options: RequestOptions = {};
      await this.#config.applyToHTTPSOptions(options);
      return resolvedFrom(options);
    } catch (error) {
      throw failed('cannot get credentials', error);
    }
  }
}

function resolvedFrom(options: RequestOptions): ResolvedCredentials {
  const tls: TlsSettings = {};
  for (const key of ['ca', 'cert', 'key', 'pfx', 'passphrase', 'rejectUnauthorized', 'servername'] as const) {
    if (options[key] !== undefined) Object.assign(tls, { [key]: options[key] });
  }
  return { headers: headersOf(options), tls, tlsFingerprint: fingerprint(tls) };
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  }
  // client-node hands a user name and password over as `auth`, for node:https to encode.
  if (typeof options.auth === 'string')
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return headers;
}

function fingerprint(tls: TlsSettings): string {
  const hash = createHash('sha256');
  for (const [name, value] of Object.entries(tls)) hash.update(`${name}=${String(value)}\n`);
  return hash.digest('base64');
}

function serverUrl(config: KubeConfig): URL {
  const server = config.getCurrentCluster()?.server ?? '';
  try {
    return new URL(server);
  } catch (error) {
    throw failed(`"${server}" is not the address of a server`, error);
  }
}

function failed(message: string, cause?: unknown): KubeError {
  const detail = cause instanceof Error ? `: ${cause.message.trim()}` : '';
  return new KubeError('CredentialsFailed', `${message}${detail}`, { cause });
}

const SERVICE_ACCOUNT_NAMESPACE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** The namespace this process runs in: POD_NAMESPACE, the service account's, else undefined (outside a cluster). */
export function podNamespace(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['POD_NAMESPACE'];
  if (named !== undefined && named !== '') return named;
  return existsSync(SERVICE_ACCOUNT_NAMESPACE)
    ? readFileSync(SERVICE_ACCOUNT_NAMESPACE, 'utf8').trim()
    : undefined;
}
