import type { KubeTransport } from '../../kube/transport.ts';
import type { OpenLogStream } from './follow.ts';

/** Until the kubelet's answer begins; it reads the log file first. */
const OPEN_DEADLINE_MILLIS = 30_000;

/** Opens pod logs through the API server, on the connections that only logs use. */
export function openPodLogs(transport: KubeTransport): OpenLogStream {
  return ({ namespace, pod, container, signal, ...query }) =>
    transport.stream({
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
      query: { container, ...query },
      lane: 'logs',
      signal,
      deadlineMillis: OPEN_DEADLINE_MILLIS,
    });
}
