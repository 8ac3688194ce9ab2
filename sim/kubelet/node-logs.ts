import { DAEMON_CONTAINER, PROXY_CONTAINER } from '../nodes/objects.ts';
import type { SimulatedNode } from '../nodes/node.ts';
import type { ContainerReference, LogBackend, LogQuery, LogSink } from './log-backend.ts';
import { LogError } from './log-backend.ts';

/** The logs of simulated pods, by pod name. */
export class NodeLogs implements LogBackend {
  readonly #namespace: string;
  readonly #nodes = new Map<string, SimulatedNode>();

  constructor(namespace: string, nodes: readonly SimulatedNode[]) {
    this.#namespace = namespace;
    for (const node of nodes) this.#nodes.set(node.podName, node);
  }

  openLog({ namespace, pod, container }: ContainerReference, query: LogQuery, sink: LogSink): () => void {
    const node = namespace === this.#namespace ? this.#nodes.get(pod) : undefined;
    if (node === undefined) throw new LogError(404, `pod "${pod}" not found`);
    if (container === DAEMON_CONTAINER) return node.log.read(query, sink);
    if (container !== PROXY_CONTAINER)
      throw new LogError(400, `container ${container} is not valid for pod ${pod}`);
    // The proxy prints nothing; a follow of it stays open.
    if (!query.follow) sink.end();
    return () => undefined;
  }
}
