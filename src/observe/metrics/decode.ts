import type { Micros } from '../../ptp/time.ts';
import type { MetricSample } from '../observation.ts';

/**
 * The platform's metrics and what is to be done with them. Rows are names without the prefix, as
 * linuxptp-daemon and cloud-event-proxy register them (pkg/daemon/metrics.go, metrics/registry.go).
 */
interface MetricRow {
  /** Labels that tell series apart; `node` is left out, as the scrape knows it better. */
  labels: readonly string[];
  /** Numbers that mean "no value" and must never enter a statistic. */
  sentinels?: readonly number[];
}

const BY_INTERFACE = ['process', 'iface', 'from'] as const;
/** Daemon after a port fault; DPLL and T-BC; cloud-event-proxy after a process went down; GNSS. */
const OFFSET_SENTINELS = [999_999, 99_999_999_999, -9_999_999_999_999_999, 99_999_999];

export const PLATFORM_METRICS: Readonly<Record<string, MetricRow>> = {
  offset_ns: { labels: BY_INTERFACE, sentinels: OFFSET_SENTINELS },
  max_offset_ns: { labels: BY_INTERFACE, sentinels: OFFSET_SENTINELS },
  /** Parts per billion, whatever the name says. */
  frequency_adjustment_ns: { labels: BY_INTERFACE, sentinels: OFFSET_SENTINELS },
  delay_ns: { labels: BY_INTERFACE, sentinels: OFFSET_SENTINELS },
  clock_state: { labels: ['process', 'iface'] },
  clock_class: { labels: ['process', 'config'] },
  interface_role: { labels: ['process', 'iface'] },
  process_status: { labels: ['process', 'config'] },
  process_restart_count: { labels: ['process', 'config'] },
  ha_profile_status: { labels: ['process', 'profile'] },
  synce_clock_quality: { labels: ['process', 'profile', 'network_option', 'iface', 'device'] },
  synce_ssm_ql: { labels: ['process', 'profile', 'network_option', 'iface', 'device', 'ql_type'] },
  threshold: { labels: ['threshold', 'profile'] },
  nmea_status: { labels: BY_INTERFACE },
  frequency_status: { labels: BY_INTERFACE },
  phase_status: { labels: BY_INTERFACE },
  pps_status: { labels: BY_INTERFACE },
  gnss_status: { labels: BY_INTERFACE },
};

/** undefined: not ours, no value, or a known false series. */
export function decodeSample(
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number,
  context: { node: string; atMicros: Micros },
): MetricSample | undefined {
  const row = Object.hasOwn(PLATFORM_METRICS, name) ? PLATFORM_METRICS[name] : undefined;
  if (row === undefined || !Number.isFinite(value) || row.sentinels?.includes(value) === true)
    return undefined;
  // Duplicates without an interface, ptp-operator#93.
  if (labels['iface'] === '') return undefined;
  const kept = row.labels.flatMap((label) =>
    labels[label] === undefined ? [] : [[label, labels[label]] as const],
  );
  return {
    kind: 'metricSample',
    source: 'Metric',
    ...context,
    metric: name,
    labels: Object.fromEntries(kept),
    value,
  };
}
