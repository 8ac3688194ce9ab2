/**
 * An in-process Kubernetes API: what the operator, its tests and kubectl call, and no more.
 * Objects live in memory. It is not a second Kubernetes: no scheduler, no controllers but
 * garbage collection, no CEL; the end-to-end tests use the real one.
 */
import { ANONYMOUS, isAllowed, TokenStore } from './auth.ts';
import type { User } from './auth.ts';
import { unauthorized } from './api-error.ts';
import { CallLog } from './call-log.ts';
import { createSelfSignedCertificate } from './certificate.ts';
import { RequestChaos } from './chaos.ts';
import type { Exchange } from './exchange.ts';
import { sendError } from './exchange.ts';
import { startCrdCleanup } from './crd-cleanup.ts';
import { startGarbageCollector } from './garbage-collector.ts';
import { kubeconfigYaml } from './kubeconfig.ts';
import type { IncomingRequest } from './listener.ts';
import { Listener } from './listener.ts';
import { Lister } from './lister.ts';
import { ResourceRegistry } from './registry.ts';
import { Relay } from './relay.ts';
import { route } from './router.ts';
import type { RouterParts } from './router.ts';
import { ObjectStore } from './store.ts';
import { compactedError, WatchHub } from './watcher.ts';
import { ResourceWriter } from './writer.ts';
import { ObjectAccess } from './object-access.ts';
import { Transport } from './transport-chaos.ts';
import type { LogBackend } from '../kubelet/log-backend.ts';

export interface ApiServerOptions {
  readonly host?: string;
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  /** Plain HTTP/1.1 when false. Default true: TLS with HTTP/2 and HTTP/1.1. */
  readonly tls?: boolean;
  /** Changes kept per resource; a watch from before them gets 410. Default 1,000. */
  readonly historyLimit?: number;
  /** Default 5 s; the real server sends one a minute. */
  readonly bookmarkMillis?: number;
  readonly maxConcurrentStreams?: number;
  /** `AlwaysAllow` (default), or `RBAC` by the roles and bindings in the store. */
  readonly authorization?: 'AlwaysAllow' | 'RBAC';
  /** Without it the server has no relay before it: less work per byte, but no `silence`. */
  readonly transportChaos?: boolean;
  readonly logs?: LogBackend;
}

export interface ApiServer {
  readonly url: string;
  readonly port: number;
  /** YAML of an administrator's kubeconfig, with CA and token. */
  readonly kubeconfig: string;
  readonly caCertificate: string | undefined;
  readonly adminToken: string;
  /** Objects without HTTP, for set-up and assertions. */
  readonly objects: ObjectAccess;
  readonly calls: CallLog;
  /** Failing, late and garbled answers. */
  readonly chaos: RequestChaos;
  /** GOAWAY, resets, silence, restarts. */
  readonly transport: Transport;
  readonly openWatches: () => number;
  /** Compacts the past: later watches from before it get 410. `andWatches`: open ones get an ERROR event too. */
  expireHistory(options?: { readonly andWatches?: boolean }): void;
  /** A bearer token for a user, and a kubeconfig that uses it. */
  createUser(name: string, groups?: readonly string[]): { token: string; kubeconfig: string };
  /** Which user a token stands for, for others that authenticate against this server. */
  userOf(token: string): User | undefined;
  setLogBackend(logs: LogBackend): void;
  stop(): Promise<void>;
}

const ADMIN: User = { name: 'admin', groups: ['system:masters', 'system:authenticated'] };
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const host = options.host ?? '127.0.0.1';
  const isTls = options.tls ?? true;
  const certificate = isTls ? createSelfSignedCertificate(['localhost', '127.0.0.1', host]) : undefined;
  const caCertificate = certificate?.certificate;
  const parts = createParts(options);
  const stopCollector = startGarbageCollector(parts.store);
  const stopCleanup = startCrdCleanup(parts.store, parts.watches);
  const listener = new Listener({
    certificate,
    maxConcurrentStreams: options.maxConcurrentStreams ?? 100,
    handle: (incoming) => void accept(incoming, parts),
  });
  const { port, relay } = await listen(listener, host, options);
  const url = `${isTls ? 'https' : 'http'}://${host}:${port}`;
  const adminToken = parts.tokens.issue(ADMIN);
  const objects = new ObjectAccess(parts);
  for (const name of NAMESPACES) objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

  return {
    url,
    port,
    kubeconfig: kubeconfigYaml({ url, caCertificate, token: adminToken }),
    caCertificate,
    adminToken,
    objects,
    calls: parts.calls,
    chaos: parts.chaos,
    transport: new Transport(listener, relay, host),
    openWatches: () => parts.watches.size,
    expireHistory: ({ andWatches = false } = {}) => {
      parts.store.expireHistory();
      parts.lister.expireTokens();
      if (andWatches) parts.watches.fail(compactedError());
    },
    createUser: (name, groups = []) => {
      const token = parts.tokens.issue({ name, groups: [...groups, 'system:authenticated'] });
      return { token, kubeconfig: kubeconfigYaml({ url, caCertificate, token }) };
    },
    userOf: (token) => parts.tokens.find(token),
    setLogBackend: parts.setLogs,
    stop: async () => {
      stopCollector();
      stopCleanup();
      await relay?.close();
      await listener.close();
    },
  };
}

async function listen(
  listener: Listener,
  host: string,
  { port = 0, transportChaos = true }: ApiServerOptions,
): Promise<{ port: number; relay: Relay | undefined }> {
  if (!transportChaos) return { port: await listener.listen(host, port), relay: undefined };
  const relay = new Relay(await listener.listen('127.0.0.1', 0));
  await relay.listen(host, port);
  return { port: relay.port, relay };
}

type ServerParts = RouterParts & { readonly setLogs: (logs: LogBackend) => void };

function createParts(options: ApiServerOptions): ServerParts {
  const store = new ObjectStore(options.historyLimit ?? 1_000);
  const lister = new Lister(store);
  const chaos = new RequestChaos();
  const usesRbac = options.authorization === 'RBAC';
  let logs = options.logs;
  return {
    store,
    registry: new ResourceRegistry(store),
    lister,
    chaos,
    watches: new WatchHub(store, lister, options.bookmarkMillis ?? 5_000, (frame) => chaos.mangle(frame)),
    writer: new ResourceWriter(store),
    tokens: new TokenStore(),
    calls: new CallLog(),
    allows: (user, request) => !usesRbac || isAllowed(store, user, request),
    logs: () => logs,
    setLogs: (backend) => {
      logs = backend;
    },
  };
}

async function accept(
  { method, url, request, response }: IncomingRequest,
  parts: RouterParts,
): Promise<void> {
  const { headers } = request;
  const token = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1];
  const user = token === undefined ? ANONYMOUS : parts.tokens.find(token);
  const isOpen = /^\/(version|healthz|livez|readyz)$/.test(url.pathname);
  if (user === undefined || (user === ANONYMOUS && !isOpen)) {
    sendError(response, unauthorized());
    return;
  }
  const exchange: Exchange = {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    user,
    body: request,
    response,
  };
  await route(exchange, parts);
}
