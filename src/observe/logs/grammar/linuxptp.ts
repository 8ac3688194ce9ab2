import type { ConfigurationTrouble } from '../../observation.ts';
import { factOf } from './line.ts';
import type { Rule, RuleReader } from './rules.ts';
import { message, pattern, RuleTable } from './rules.ts';

/**
 * Messages all linuxptp programs share: configuration, clock adjustment, interfaces, sockets. Many come
 * without any prefix, because the program prints them before it has read its configuration.
 */

function configurationTrouble(trouble: ConfigurationTrouble['trouble'], optionGroup?: number): RuleReader {
  return (line, groups) => ({
    kind: 'configurationTrouble',
    ...factOf(line),
    trouble,
    option: optionGroup === undefined ? undefined : groups[optionGroup],
  });
}

const deniedOrOther: RuleReader = (line, groups) => {
  if (!/not permitted|denied/i.test(groups[0] ?? '')) return undefined;
  return { kind: 'clockControlDenied', ...factOf(line) };
};

const CONFIGURATION_RULES: readonly Rule[] = [
  pattern('unknown option ', /^(\S+)/, configurationTrouble('UnknownOption', 1)),
  pattern('', /^\S+ is an out of range value for option (\S+)/, configurationTrouble('ValueOutOfRange', 1)),
  pattern('', /^.* is a (?:bad|malformed) value for option (\S+)/, configurationTrouble('ParseFailed', 1)),
  pattern('', /^-(\w): \S+ is out of range/, configurationTrouble('ValueOutOfRange', 1)),
  pattern('', /^-(\w): \S+ is a malformed value/, configurationTrouble('ParseFailed', 1)),
  message('failed to parse configuration file', configurationTrouble('ParseFailed')),
  message('could not parse line ', configurationTrouble('ParseFailed')),
  message('could not parse port name on line ', configurationTrouble('ParseFailed')),
  pattern('line ', /^\d+(?: is not in a section|: )/, configurationTrouble('ParseFailed')),
  message('bad master table at line ', configurationTrouble('ParseFailed')),
  message('bad source table at line ', configurationTrouble('ParseFailed')),
  message('failed to open configuration file', configurationTrouble('ParseFailed')),
  message('failed to read config', configurationTrouble('ParseFailed')),
  message('invalid ', configurationTrouble('ParseFailed')),
  message('no interface specified', configurationTrouble('TooFewInterfaces')),
  message('BC needs at least two interfaces', configurationTrouble('TooFewInterfaces')),
  message('TC needs at least two interfaces', configurationTrouble('TooFewInterfaces')),
  message('P2P_TC needs P2P delay mechanism', configurationTrouble('Other')),
  message('E2E_TC needs E2E delay mechanism', configurationTrouble('Other')),
  message('Please enable at least one of ', configurationTrouble('Other')),
  message('Cannot mix 1588 ', configurationTrouble('Other')),
  message('failed to create a clock', configurationTrouble('CreateClockFailed')),
  message('failed to create clock', configurationTrouble('CreateClockFailed')),
  message('PTP device not specified', configurationTrouble('TimestampingUnsupported')),
  pattern(
    'interface ',
    /^'[^']*' does not support requested timestamping mode/,
    configurationTrouble('TimestampingUnsupported'),
  ),
  pattern('interface ', /^\S+ does not have a PHC/, configurationTrouble('PhcMismatch')),
  pattern('failed to parse PHC index', /^/, configurationTrouble('PhcMismatch')),
  message('driver rejected most general HWTSTAMP filter', configurationTrouble('TimestampingUnsupported')),
  message('The current filter does not match the required', configurationTrouble('TimestampingUnsupported')),
  pattern('ioctl SIOCSHWTSTAMP failed', /^/, configurationTrouble('TimestampingUnsupported')),
  pattern('ioctl SIOC', /No such device/, configurationTrouble('NoSuchInterface')),
  pattern('failed to open port ', /^(.*)$/, configurationTrouble('NoSuchInterface', 1)),
  message('freq_est_interval is too long', configurationTrouble('ValueOutOfRange')),
  message('summary_interval is too long', configurationTrouble('ValueOutOfRange')),
  message(
    'one step is only possible with hardware time stamping',
    configurationTrouble('TimestampingUnsupported'),
  ),
  message('autoconfiguration cannot be mixed', configurationTrouble('Other')),
  message('autoconfiguration or valid source clock must be selected', configurationTrouble('Other')),
  message('time offset must be specified', configurationTrouble('Other')),
  pattern('valid ', /^(?:source|destination) clock must be selected/, configurationTrouble('Other')),
  message('failed to add slave', configurationTrouble('Other')),
  message('failed to add sink', configurationTrouble('Other')),
  message('Unsupported fault interval type', configurationTrouble('ValueOutOfRange')),
];

const CLOCK_CONTROL_RULES: readonly Rule[] = [
  pattern('failed to adjust the clock', /^.*$/, deniedOrOther),
  pattern('failed to step clock', /^.*$/, deniedOrOther),
  pattern('failed to step the clock', /^.*$/, deniedOrOther),
  pattern('failed to set the clock', /^.*$/, deniedOrOther),
  pattern('failed to set clock', /^.*$/, deniedOrOther),
  pattern('failed to set TAI offset', /^.*$/, deniedOrOther),
  pattern('failed to read out the clock', /^.*$/, deniedOrOther),
  pattern('clock is not adjustable', /^/, (line) => ({ kind: 'clockControlDenied', ...factOf(line) })),
  message('clockcheck: clock jumped forward', (line) => ({
    kind: 'clockCheck',
    ...factOf(line),
    what: 'JumpedForward',
  })),
  message('clockcheck: clock jumped backward', (line) => ({
    kind: 'clockCheck',
    ...factOf(line),
    what: 'JumpedBackward',
  })),
  message('clockcheck: clock frequency changed unexpectedly', (line) => ({
    kind: 'clockCheck',
    ...factOf(line),
    what: 'FrequencyChanged',
  })),
  pattern('clock set to ', /^(?:insert|delete) leap second/),
  message('clock update suspended due to leap second'),
];

/** Known, and no fact: chatter, debug output and failures of the surroundings. */
const CHATTER_RULES: readonly Rule[] = [
  pattern('option ', /^\S+ is deprecated/),
  message('config item '),
  message('locked item '),
  message('section item '),
  message('duplicate item '),
  message('config BIST failed'),
  message('low memory'),
  message('bug: '),
  message('PI servo: '),
  message('linreg: '),
  message('ntpshm: '),
  message('interface index '),
  message('rtnl: '),
  message('sendmsg: '),
  message('socket failed'),
  message('setsockopt '),
  message('all socket options failed'),
  message('sendto failed'),
  message('sendto'),
  message('getifaddrs failed'),
  message('ioctl '),
  message('poll failed'),
  message('send team info request failed'),
  message('recv team info failed'),
  message('team supported only'),
  message('get genl family failed'),
  message('failed to open '),
  message('failed to allocate '),
  message('failed to bind '),
  message('failed to create '),
  message('failed to set clock identity'),
  message('failed to generate a clock identity'),
  message('failed to send '),
  message('failed to open netlink socket'),
  message('Length mismatch'),
  message('Failed to '),
  message('mcast_join failed'),
  message('upgrading to one step time stamping'),
  message('one step mode implies '),
  message('short SO_'),
  message('tx_type '),
  message('rx_filter '),
  message('fail to get address using sysfs'),
  message('raw: '),
  message('uds: '),
  message('usage: '),
  message('clock_gettime failed'),
  message('timerfd_create'),
  message('unknown clock '),
  message('cannot open '),
  message('cannot handle '),
  message('cannot allocate '),
  message('cannot fit TLV'),
  message('TLV on '),
  message('msg_duplicate: '),
  message('sorry, cannot '),
  message('bad IPv'),
  message('bad Layer-2 address'),
  message('sysoff: '),
  message('PTP_'),
  message('adjtimex failed'),
  message('recvmsg '),
  message('recv message failed'),
  message('received '),
  message('ignoring message'),
  message('poll for tx timestamp'),
  message('timed out while polling for tx timestamp'),
  message('increasing tx_timestamp_timeout'),
  message('warning: '),
  message('falling back to '),
  message('msg_pre_send failed'),
  message('sad: '),
  message('cmlds'),
  message("'-i' has been deprecated"),
  message('fseek failed'),
  message('sscanf failed'),
];

const TABLE = new RuleTable([...CONFIGURATION_RULES, ...CLOCK_CONTROL_RULES, ...CHATTER_RULES]);
const CONFIGURATION_TABLE = new RuleTable([
  ...CONFIGURATION_RULES,
  pattern('option ', /^\S+ is deprecated/),
  pattern('usage: ', /^(?:ptp4l|phc2sys|ts2phc|pmc|synce4l)/),
]);

/** Reads a message any linuxptp program may print, behind its prefix. */
export const readLinuxptpMessage = TABLE.read.bind(TABLE);

/** Reads a line without prefix: only wordings that nothing else would print. */
export const readBareLinuxptpLine = CONFIGURATION_TABLE.read.bind(CONFIGURATION_TABLE);
