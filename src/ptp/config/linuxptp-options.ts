/**
 * Every option of the linuxptp configuration table: type, default, range and the version
 * it appeared in. One table serves ptp4l, phc2sys and ts2phc, as in linuxptp itself.
 * Facts read from the tables of linuxptp 3.1.1, 4.2 and 4.4. An option that appeared between
 * two of them carries the earliest version it can be in.
 */
export type OptionType = 'Integer' | 'Real' | 'Enumeration' | 'Text';

export interface OptionDefinition {
  name: string;
  type: OptionType;
  /** The built-in default, written as a configuration would write it. Empty: none. */
  defaultValue: string;
  /** Inclusive bounds of a number. */
  range?: readonly [number, number];
  /** Accepted words, matched without regard to case. */
  words?: readonly string[];
  /** May stand in a port section. */
  port: boolean;
  /** First linuxptp version that knows it. */
  since: string;
  defaultBefore?: { version: string; value: string };
  rangeBefore?: { version: string; range: readonly [number, number] };
}

type Extras = Partial<Pick<OptionDefinition, 'port' | 'since' | 'defaultBefore' | 'rangeBefore'>>;

const INT_MIN = -2_147_483_648;
const INT_MAX = 2_147_483_647;
const FIRST_VERSION = '3.1';

function define(name: string, type: OptionType, defaultValue: string, extras: Extras): OptionDefinition {
  return { name, type, defaultValue, port: false, since: FIRST_VERSION, ...extras };
}

function integer(
  name: string,
  defaultValue: string,
  range: readonly [number, number],
  extras: Extras = {},
): OptionDefinition {
  return { ...define(name, 'Integer', defaultValue, extras), range };
}

function real(
  name: string,
  defaultValue: string,
  range: readonly [number, number],
  extras: Extras = {},
): OptionDefinition {
  return { ...define(name, 'Real', defaultValue, extras), range };
}

function enumeration(
  name: string,
  defaultValue: string,
  words: readonly string[],
  extras: Extras = {},
): OptionDefinition {
  return { ...define(name, 'Enumeration', defaultValue, extras), words };
}

function text(name: string, defaultValue: string, extras: Extras = {}): OptionDefinition {
  return define(name, 'Text', defaultValue, extras);
}

export const LINUXPTP_OPTIONS: readonly OptionDefinition[] = [
  integer('active_key_id', '0', [0, 4_294_967_295], { port: true, since: '4.3' }),
  integer('allow_unauth', '0', [0, 2], { port: true, since: '4.3' }),
  integer('allowedLostResponses', '3', [1, 255], { port: true, since: '4.0' }),
  integer('announceReceiptTimeout', '3', [2, 255], { port: true }),
  enumeration('asCapable', 'auto', ['true', 'auto'], { port: true }),
  integer('assume_two_step', '0', [0, 1]),
  enumeration('BMCA', 'ptp', ['ptp', 'noop'], { port: true }),
  integer('boundary_clock_jbod', '0', [0, 1], { port: true }),
  integer('check_fup_sync', '0', [0, 1]),
  integer('clientOnly', '0', [0, 1]),
  integer('clock_class_threshold', '248', [6, 248], { since: '4.0' }),
  enumeration('clock_servo', 'pi', ['pi', 'linreg', 'ntpshm', 'nullf', 'refclock_sock']),
  enumeration('clock_type', 'OC', ['OC', 'BC', 'P2P_TC', 'E2E_TC']),
  integer('clockAccuracy', '0xFE', [0, 255]),
  integer('clockClass', '248', [0, 255]),
  text('clockIdentity', '000000.0000.000000'),
  text('cmlds.client_address', '/var/run/cmlds_client', { port: true, since: '4.3' }),
  integer('cmlds.domainNumber', '0', [0, 255], { port: true, since: '4.3' }),
  integer('cmlds.majorSdoId', '2', [0, 15], { port: true, since: '4.3' }),
  integer('cmlds.port', '0', [0, 65535], { port: true, since: '4.3' }),
  text('cmlds.server_address', '/var/run/cmlds_server', { port: true, since: '4.3' }),
  enumeration('dataset_comparison', 'ieee1588', ['ieee1588', 'G.8275.x']),
  enumeration('delay_filter', 'moving_median', ['moving_average', 'moving_median'], { port: true }),
  integer('delay_filter_length', '10', [1, INT_MAX], { port: true }),
  enumeration('delay_mechanism', 'E2E', ['Auto', 'COMMON_P2P', 'E2E', 'P2P', 'NONE'], { port: true }),
  integer('delay_response_timeout', '0', [0, 255], { port: true, since: '4.0' }),
  integer('delayAsymmetry', '0', [INT_MIN, INT_MAX], { port: true }),
  integer('domainNumber', '0', [0, 255], { rangeBefore: { version: '4.0', range: [0, 127] } }),
  integer('dscp_event', '0', [0, 63]),
  integer('dscp_general', '0', [0, 63]),
  integer('egressLatency', '0', [INT_MIN, INT_MAX], { port: true }),
  integer('fault_badpeernet_interval', '16', [INT_MIN, INT_MAX], { port: true }),
  integer('fault_reset_interval', '4', [-128, 127], { port: true }),
  real('first_step_threshold', '0.00002', [0, Infinity]),
  integer('follow_up_info', '0', [0, 1], { port: true }),
  integer('free_running', '0', [0, 1]),
  integer('freq_est_interval', '1', [INT_MIN, INT_MAX], { port: true }),
  integer('G.8275.defaultDS.localPriority', '128', [1, 255]),
  integer('G.8275.portDS.localPriority', '128', [1, 255], { port: true }),
  integer('gmCapable', '1', [0, 1]),
  enumeration('hwts_filter', 'normal', ['normal', 'check', 'full']),
  integer('hybrid_e2e', '0', [0, 1], { port: true }),
  integer('ignore_source_id', '0', [0, 1], { port: true }),
  integer('ignore_transport_specific', '0', [0, 1], { port: true }),
  integer('ingressLatency', '0', [INT_MIN, INT_MAX], { port: true }),
  integer('inhibit_announce', '0', [0, 1], { port: true }),
  integer('inhibit_delay_req', '0', [0, 1], { port: true }),
  integer('inhibit_multicast_service', '0', [0, 1], { port: true }),
  integer('initial_delay', '0', [0, INT_MAX]),
  integer('interface_rate_tlv', '0', [0, 1], { port: true, since: '4.0' }),
  integer('kernel_leap', '1', [0, 1]),
  text('leapfile', ''),
  integer('logAnnounceInterval', '1', [-128, 127], { port: true }),
  integer('logging_level', '6', [0, 7]),
  integer('logMinDelayReqInterval', '0', [-128, 127], { port: true }),
  integer('logMinPdelayReqInterval', '0', [-128, 127], { port: true }),
  integer('logSyncInterval', '0', [-128, 127], { port: true }),
  text('manufacturerIdentity', '00:00:00'),
  integer('max_frequency', '900000000', [0, INT_MAX]),
  integer('maxStepsRemoved', '255', [2, 255]),
  text('message_tag', ''),
  integer('min_neighbor_prop_delay', '-20000000', [INT_MIN, -1], { port: true }),
  integer('msg_interval_request', '0', [0, 1], { port: true }),
  integer('neighborPropDelayThresh', '20000000', [0, INT_MAX], { port: true }),
  integer('net_sync_monitor', '0', [0, 1], { port: true }),
  enumeration('network_transport', 'UDPv4', ['L2', 'UDPv4', 'UDPv6'], { port: true }),
  integer('ntpshm_segment', '0', [INT_MIN, INT_MAX]),
  integer('offsetScaledLogVariance', '0xFFFF', [0, 65535]),
  integer('operLogPdelayReqInterval', '0', [-128, 127], { port: true }),
  integer('operLogSyncInterval', '0', [-128, 127], { port: true }),
  text('p2p_dst_ipv4', '224.0.0.107', { port: true, since: '4.3' }),
  text('p2p_dst_ipv6', 'FF02:0:0:0:0:0:0:6B', { port: true, since: '4.3' }),
  text('p2p_dst_mac', '01:80:C2:00:00:0E', { port: true }),
  integer('path_trace_enabled', '0', [0, 1], { port: true }),
  integer('phc_index', '-1', [-1, INT_MAX], { port: true, since: '4.0' }),
  real('pi_integral_const', '0.0', [0, Infinity]),
  real('pi_integral_exponent', '0.4', [-Infinity, Infinity]),
  real('pi_integral_norm_max', '0.3', [Number.MIN_VALUE, 2]),
  real('pi_integral_scale', '0.0', [0, Infinity]),
  real('pi_proportional_const', '0.0', [0, Infinity]),
  real('pi_proportional_exponent', '-0.3', [-Infinity, Infinity]),
  real('pi_proportional_norm_max', '0.7', [Number.MIN_VALUE, 1]),
  real('pi_proportional_scale', '0.0', [0, Infinity]),
  integer('power_profile.2011.grandmasterTimeInaccuracy', '-1', [-1, INT_MAX], { port: true, since: '4.0' }),
  integer('power_profile.2011.networkTimeInaccuracy', '-1', [-1, INT_MAX], { port: true, since: '4.0' }),
  integer('power_profile.2017.totalTimeInaccuracy', '-1', [-1, INT_MAX], { port: true, since: '4.0' }),
  integer('power_profile.grandmasterID', '0', [0, 65535], { port: true, since: '4.0' }),
  enumeration('power_profile.version', 'none', ['none', '2011', '2017'], { port: true, since: '4.0' }),
  integer('priority1', '128', [0, 255]),
  integer('priority2', '128', [0, 255]),
  text('productDescription', ';;'),
  text('ptp_dst_ipv4', '224.0.1.129', { port: true, since: '4.3' }),
  text('ptp_dst_ipv6', 'FF0E:0:0:0:0:0:0:181', { port: true, since: '4.3' }),
  text('ptp_dst_mac', '01:1B:19:00:00:00', { port: true }),
  integer('ptp_minor_version', '1', [0, 1], { since: '4.0' }),
  text('refclock_sock_address', '/var/run/refclock.ptp.sock', { since: '4.0' }),
  text('revisionData', ';;'),
  text('sa_file', '', { since: '4.3' }),
  integer('sanity_freq_limit', '200000000', [0, INT_MAX]),
  integer('serverOnly', '0', [0, 1], { port: true }),
  integer('servo_num_offset_values', '10', [0, INT_MAX]),
  integer('servo_offset_threshold', '0', [0, INT_MAX]),
  text('slave_event_monitor', ''),
  integer('socket_priority', '0', [0, 15]),
  integer('spp', '-1', [-1, 255], { port: true, since: '4.3' }),
  real('step_threshold', '0.0', [0, Infinity]),
  integer('step_window', '0', [0, INT_MAX], { since: '4.0' }),
  integer('summary_interval', '0', [INT_MIN, INT_MAX]),
  integer('syncReceiptTimeout', '0', [0, 255], { port: true }),
  integer('tc_spanning_tree', '0', [0, 1]),
  enumeration('time_stamping', 'hardware', ['hardware', 'software', 'legacy', 'onestep', 'p2p1step']),
  integer('timeSource', '0xA0', [16, 254]),
  integer('transportSpecific', '0', [0, 15], { port: true }),
  integer('ts2phc.channel', '0', [0, INT_MAX], { port: true }),
  integer('ts2phc.extts_correction', '0', [INT_MIN, INT_MAX], { port: true }),
  enumeration('ts2phc.extts_polarity', 'rising', ['rising', 'falling', 'both'], { port: true }),
  integer('ts2phc.holdover', '0', [0, INT_MAX], { port: true, since: '4.0' }),
  integer('ts2phc.master', '0', [0, 1], { port: true }),
  integer('ts2phc.nmea_baudrate', '9600', [300, INT_MAX], { port: true, since: '4.0' }),
  integer('ts2phc.nmea_delay', '0', [INT_MIN, INT_MAX], { port: true, since: '4.0' }),
  text('ts2phc.nmea_remote_host', ''),
  text('ts2phc.nmea_remote_port', ''),
  text('ts2phc.nmea_serialport', '/dev/ttyS0'),
  integer('ts2phc.perout_phase', '-1', [0, 999999999], { port: true, since: '4.0' }),
  integer('ts2phc.pin_index', '0', [0, INT_MAX], { port: true }),
  integer('ts2phc.pulsewidth', '500000000', [1000000, 999000000]),
  text('ts2phc.tod_source', 'generic', { since: '4.0' }),
  enumeration('tsproc_mode', 'filter', ['filter', 'raw', 'filter_weight', 'raw_weight'], { port: true }),
  integer('twoStepFlag', '1', [0, 1]),
  integer('tx_timestamp_timeout', '10', [1, INT_MAX], { defaultBefore: { version: '4.0', value: '1' } }),
  integer('udp6_scope', '0x0E', [0, 15], { port: true }),
  integer('udp_ttl', '1', [1, 255], { port: true }),
  text('uds_address', '/var/run/ptp4l'),
  integer('uds_file_mode', '0660', [0, 511], { port: true, since: '4.0' }),
  text('uds_ro_address', '/var/run/ptp4lro', { since: '4.0' }),
  integer('uds_ro_file_mode', '0666', [0, 511], { port: true, since: '4.0' }),
  integer('unicast_listen', '0', [0, 1], { port: true }),
  integer('unicast_master_table', '0', [0, INT_MAX], { port: true }),
  integer('unicast_req_duration', '3600', [10, INT_MAX], { port: true }),
  integer('use_syslog', '1', [0, 1]),
  text('userDescription', ''),
  integer('utc_offset', '37', [0, INT_MAX]),
  integer('verbose', '0', [0, 1]),
  integer('write_phase_mode', '0', [0, 1]),
];
