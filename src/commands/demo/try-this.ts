import type { DemoPlace } from './place.ts';

export function metricsUrl(place: DemoPlace): string {
  return `http://127.0.0.1:${place.metricsPort}/metrics`;
}

export function mcpUrl(place: DemoPlace): string {
  return `http://127.0.0.1:${place.mcpPort}/mcp`;
}

/** What to type in another terminal. */
export function tryThis(place: DemoPlace, node: string): string {
  return `
The operator watches a simulated PTP cluster. In another terminal:

  export KUBECONFIG=${place.kubeconfigPath}

  kubectl get phr                 # health of every node; -o wide, -w
  kubectl describe phr ${node}
  kubectl get pfr                 # the fleet in one line
  kubectl explain phr.status
  kubectl get events -A

  curl -s ${metricsUrl(place)} | grep ptp_health_node

MCP (Streamable HTTP, read-only): ${mcpUrl(place)}
  curl -s ${mcpUrl(place)} -H 'Content-Type: application/json' \\
    -H 'Accept: application/json, text/event-stream' \\
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ptp_health","arguments":{}}}'

Ctrl-C ends it.

`;
}
