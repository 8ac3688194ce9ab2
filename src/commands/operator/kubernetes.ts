import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { KubeClient } from '../../kube/client.ts';
import { loadKubeConfig, podNamespace } from '../../kube/config.ts';
import type { Credentials } from '../../kube/credentials.ts';
import { HttpTransport } from '../../kube/http/transport.ts';
import { LeaderElector } from '../../kube/lease.ts';
import { LEASE_NAME } from '../../kube/rbac.ts';
import { EventRecorder } from '../../kube/recorder.ts';
import type { KubeTransport } from '../../kube/transport.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { version } from '../version.ts';
import type { OperatorOptions } from './options.ts';

/** Field manager of server-side apply; changing it would orphan the fields written before. */
const FIELD_MANAGER = 'ptp-health-operator';
const CONTROLLER = 'ptphealth.io/operator';

/** Everything that talks to the API server. */
export interface Kubernetes {
  credentials: Credentials;
  transport: KubeTransport;
  client: KubeClient;
  recorder: EventRecorder;
  /** undefined when leader election is off: then this process is the only one, by the user's word. */
  elector: LeaderElector | undefined;
}

/** @param wrap lets tests look at every call. @throws KubeError CredentialsFailed */
export function connectKubernetes(
  options: OperatorOptions,
  clock: Clock,
  log: Logger,
  hooks: { wrap?: (transport: KubeTransport) => KubeTransport; onLeading: () => void },
): Kubernetes {
  const { kubeconfig, context } = options;
  const loaded = loadKubeConfig({ kubeconfig, context }, clock);
  const http = new HttpTransport({
    credentials: loaded.credentials,
    clock,
    userAgent: `ptp-health-operator/${version()}`,
  });
  const transport = hooks.wrap?.(http) ?? http;
  const client = new KubeClient({ transport, clock, fieldManager: FIELD_MANAGER });
  const instance = process.env['POD_NAME'] ?? hostname();
  const recorder = new EventRecorder({ client, controller: CONTROLLER, instance, log });
  const namespace = options.leaseNamespace ?? podNamespace() ?? loaded.namespace;
  const elector = options.leaderElect
    ? createElector(options, { client, instance, namespace, log, onLeading: hooks.onLeading })
    : undefined;
  return { credentials: loaded.credentials, transport, client, recorder, elector };
}

function createElector(
  options: OperatorOptions,
  parts: { client: KubeClient; instance: string; namespace: string; log: Logger; onLeading: () => void },
): LeaderElector {
  const { client, instance, namespace, log, onLeading } = parts;
  return new LeaderElector({
    client,
    namespace,
    name: LEASE_NAME,
    // A restarted container is another candidate: what it remembers of its term is gone.
    identity: `${instance}_${randomBytes(4).toString('hex')}`,
    timings: {
      leaseDurationSeconds: options.leaseDurationSeconds,
      renewDeadlineSeconds: options.leaseRenewDeadlineSeconds,
      retryPeriodSeconds: options.leaseRetryPeriodSeconds,
    },
    onStarted: onLeading,
    log,
  });
}
