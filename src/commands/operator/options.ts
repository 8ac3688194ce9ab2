import { z } from 'zod';
import { LOG_LEVELS } from '../../lib/log.ts';
import { DEFAULT_DAEMON_SELECTOR, DEFAULT_PTP_NAMESPACE } from '../../observe/resources/upstream.ts';

/**
 * Every setting of `ptp-health operator`, once. A field `ptpNamespace` is the flag
 * `--ptp-namespace`, the variable `PTP_HEALTH_PTP_NAMESPACE` and the key `ptpNamespace` of the
 * configuration file.
 */
const address = z.string().regex(/^(\[[0-9a-fA-F:]+\]|[^:[\]]+):\d{1,5}$/, 'must be HOST:PORT');
const port = z.int().min(0).max(65_535);
const seconds = (min: number, max: number): z.ZodInt => z.int().min(min).max(max);

export const operatorOptionsSchema = z.strictObject({
  kubeconfig: z
    .string()
    .optional()
    .describe('kubeconfig file; without it KUBECONFIG, ~/.kube/config, then the pod’s service account'),
  context: z.string().optional().describe('context of the kubeconfig'),
  ptpNamespace: z
    .string()
    .default(DEFAULT_PTP_NAMESPACE)
    .describe('namespace of the PTP Operator and its daemons'),
  daemonSelector: z.string().default(DEFAULT_DAEMON_SELECTOR).describe('label selector of the daemon pods'),
  metricsAddress: address.default('0.0.0.0:9464').describe('where /metrics is served'),
  healthAddress: address.default('0.0.0.0:8081').describe('where /livez and /readyz are served'),
  mcpAddress: address
    .default('127.0.0.1:8090')
    .describe('where MCP is served; callers are not authenticated, so keep it on loopback'),
  mcpAllowedHosts: z
    .array(z.string())
    .default([])
    .describe('host names MCP requests may use, besides localhost'),
  mcpAllowedOrigins: z.array(z.string()).default([]).describe('web origins that may call MCP'),
  leaderElect: z.boolean().default(true).describe('elect a leader by Lease; only the leader writes'),
  leaseNamespace: z.string().optional().describe('namespace of the Lease; default: the operator’s own'),
  leaseDurationSeconds: seconds(2, 3_600).default(137).describe('how long others wait for a silent leader'),
  leaseRenewDeadlineSeconds: seconds(1, 3_600)
    .default(107)
    .describe('how long a leader goes on without renewing'),
  leaseRetryPeriodSeconds: seconds(1, 600)
    .default(26)
    .describe('pause between attempts to get or renew the Lease'),
  daemonMetrics: z
    .enum(['https', 'http', 'off'])
    .default('https')
    .describe('how the daemons’ own metrics are read'),
  daemonMetricsPort: port.default(8443).describe('port of the daemons’ metrics; 9091 for http'),
  daemonMetricsPrefix: z.string().default('openshift_ptp_').describe('prefix of the daemons’ metrics'),
  daemonMetricsCa: z
    .string()
    .optional()
    .describe('PEM file of the CA behind the daemons’ metrics; default: OpenShift’s service CA'),
  daemonMetricsInsecure: z
    .boolean()
    .default(false)
    .describe('do not verify the certificate of the daemons’ metrics (laboratories only)'),
  scrapeIntervalSeconds: seconds(1, 300).default(15).describe('time between two scrapes of one node'),
  logLevel: z.enum(LOG_LEVELS).default('info').describe('least severe messages of our own log'),
});

export type OperatorOptions = z.infer<typeof operatorOptionsSchema>;

export function splitAddress(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
