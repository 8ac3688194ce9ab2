import type { ObservationSink, TimeSourceTrouble } from '../../observation.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { readLinuxptpMessage } from './linuxptp.ts';
import type { Rule, RuleReader } from './rules.ts';
import { message, pattern, RuleTable } from './rules.ts';
import { readOffsetSample } from './servo.ts';

/** What ts2phc prints. Its status lines made by the daemon (`nmea_status`) are in status.ts. */

/** With a pattern, its first capture is the interface. */
function trouble(what: TimeSourceTrouble['trouble']): RuleReader {
  return (line, groups) => ({
    kind: 'timeSourceTrouble',
    ...factOf(line),
    trouble: what,
    interfaceName: groups[1],
  });
}

const RULES: readonly Rule[] = [
  message('nmea source timed out', trouble('NmeaTimeout')),
  message('nmea: no valid rmc fix', trouble('NmeaNoFix')),
  message('nmea: rmc time stamp stale', trouble('NmeaStale')),
  message('failed to open nmea source', trouble('NmeaOpenFailed')),
  message('failed to read from nmea source', trouble('NmeaTimeout')),
  message('nmea source socket error', trouble('NmeaOpenFailed')),
  message('nmea: file status failed', trouble('NmeaOpenFailed')),
  message('checksum mismatch ', trouble('NmeaNoFix')),
  message('source ts not valid', trouble('SourceNotValid')),
  message('poll returns zero, no events', trouble('PpsMissing')),
  message('extts on unexpected channel', trouble('PpsUnexpectedChannel')),
  message('lost holdover lock', trouble('HoldoverLost')),
  message('nmea: utc time is past leap second table expiry date', (line) => ({
    kind: 'timeProperties',
    ...factOf(line),
    what: 'LeapTableExpired',
  })),
  message('UTC-TAI offset not set in system', (line) => ({
    kind: 'timeProperties',
    ...factOf(line),
    what: 'UtcOffsetUnavailable',
  })),
  pattern('PPS sink ', /^(\S+) has ptp index (\d+)/, hardwareClock),
  pattern('PHC slave ', /^(\S+) has ptp index (\d+)/, hardwareClock),
  pattern('PHC sink ', /^(\S+) has ptp index (\d+)/, hardwareClock),

  message('adding tstamp '),
  message('nmea delay: '),
  message('nmea sentence: '),
  message('nmea: '),
  message('sock_open: '),
  message('UTC-TAI offset '),
  message('Trying to revert to leapfile'),
  message('missing expiration date in '),
  message('Failed to set the pin'),
  message('too many PPS '),
  message('no PPS '),
  message('no slave clocks specified'),
  message('no sink clocks specified'),
  message('failed to arm '),
  message('read failed'),
  message('read extts event failed'),
  message('running time sync loop'),
  message('reconfiguring after port state change'),
  pattern('port ', /^\S+ changed state/),
  message('selecting '),
  message('nothing to synchronize'),
  message('Waiting for ptp4l'),
  message('Lost connection to ptp4l'),
  message('entering holdover'),
  message('holdover '),
  message('ptp4l '),
];

/** Messages that begin with any name. */
const NAMED_RULES: readonly Rule[] = [
  pattern('', /^(\S+) ignoring invalid (?:master|source) time stamp/, trouble('SourceNotValid')),
  pattern('', /^(\S+) lost holdover lock/, trouble('HoldoverLost')),
  pattern('', /^PHC (?:master|source) \S+ has ptp index \d+/),
  pattern('', /^\S+ (?:SKIP )?extts index \d+ at /),
  pattern('', /^\S+: (?:getaddrinfo failed|connecting to server|socket failed|connect failed)/),
  pattern('', /^\S+ PPS (?:source|sink)/),
];

function hardwareClock(line: Line, groups: readonly string[]): ReturnType<RuleReader> {
  return {
    kind: 'hardwareClock',
    ...factOf(line),
    interfaceName: groups[1] ?? '',
    device: `/dev/ptp${groups[2] ?? ''}`,
  };
}

const TABLE = new RuleTable(RULES);
const NAMED_TABLE = new RuleTable(NAMED_RULES);

/**
 * Reads ts2phc's message at the cursor:
 * ```
 * ens2f1 master offset          0 s2 freq      -0                  3.1
 * /dev/ptp4 offset          0 s3 freq      +1 holdover             4.x
 * ```
 */
export function readTs2phcMessage(line: Line, emit: ObservationSink): boolean {
  const start = line.position;
  if (TABLE.read(line, emit) || readStatistics(line, emit)) return true;
  line.position = start;
  return NAMED_TABLE.read(line, emit) || readLinuxptpMessage(line, emit);
}

function readStatistics(line: Line, emit: ObservationSink): boolean {
  const clock = line.readWord();
  line.skipSpaces();
  line.accept('master ');
  line.accept('source ');
  return line.accept('offset ') && readOffsetSample(line, clock, emit);
}
