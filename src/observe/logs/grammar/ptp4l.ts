import type { ObservationSink, PortTrouble, TimeProperties } from '../../observation.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { readLinuxptpMessage } from './linuxptp.ts';
import { readPortMessage } from './ptp4l-port.ts';
import type { Rule, RuleReader } from './rules.ts';
import { message, pattern, RuleTable } from './rules.ts';
import { readOffsetSample, readReducedSummary, readRmsSummary } from './servo.ts';

/** ptp4l's messages about the clock as a whole. Messages about one port: ptp4l-port.ts. */

function trouble(what: PortTrouble['trouble']): RuleReader {
  return (line, groups) => {
    return { kind: 'portTrouble', ...factOf(line), trouble: what, messageType: groups[1]?.toLowerCase() };
  };
}

function timeProperties(what: TimeProperties['what']): RuleReader {
  return (line) => ({ kind: 'timeProperties', ...factOf(line), what });
}

const CLOCK_RULES: readonly Rule[] = [
  pattern('selected best ', /^(?:master|source|time ?transmitter) clock ([\w.]+)/i, (line, groups) => ({
    kind: 'bestMaster',
    ...factOf(line),
    clockIdentity: groups[1] ?? '',
    local: false,
  })),
  pattern('selected local clock ', /^([\w.]+) as best/, (line, groups) => ({
    kind: 'bestMaster',
    ...factOf(line),
    clockIdentity: groups[1] ?? '',
    local: true,
  })),
  pattern('selected ', /^(\/dev\/\S+) as PTP clock/, (line, groups) => ({
    kind: 'hardwareClock',
    ...factOf(line),
    device: groups[1] ?? '',
  })),
  pattern('Switched to ', /^(\/dev\/\S+) as PTP clock/, (line, groups) => ({
    kind: 'hardwareClock',
    ...factOf(line),
    device: groups[1] ?? '',
  })),

  message('timed out while polling for tx timestamp', trouble('TxTimestampTimeout')),
  message('poll for tx timestamp woke up on non ERR event', trouble('TxTimestampTimeout')),
  message('poll for tx timestamp failed', trouble('TxTimestampTimeout')),
  message('recvmsg tx timestamp failed', trouble('TxTimestampTimeout')),
  message('recvmsg failed', trouble('ReceiveFailed')),
  pattern('missing timestamp on transmitted ', /^(.+)$/, trouble('TxTimestampMissing')),
  pattern('received ', /^(.+?) without timestamp/, trouble('RxTimestampMissing')),
  pattern('send ', /^(.+?) failed/, trouble('SendFailed')),
  message('unexpected socket error', trouble('ReceiveFailed')),
  message('increasing tx_timestamp_timeout'),

  pattern(
    '',
    /^(?:foreign )?(?:master|time ?transmitter|source) clock quality received is greater than configured/i,
    timeProperties('UpstreamQualityRejected'),
  ),
  pattern(
    'foreign ',
    /^(?:master|time ?transmitter|source) not using PTP timescale/i,
    timeProperties('NotPtpTimescale'),
  ),
  message('running in a temporal vortex', timeProperties('TemporalVortex')),
  pattern('updating UTC offset to ', /^(-?\d+)/, (line, groups) => ({
    kind: 'timeProperties',
    ...factOf(line),
    what: 'UtcOffsetUpdated',
    utcOffsetSeconds: Number(groups[1]),
  })),

  pattern('Switching PHC, ', /^failed|^clock is not/, (line) => ({
    kind: 'configurationTrouble',
    ...factOf(line),
    trouble: 'PhcMismatch',
  })),
  message('uds port: management forward failed'),
  message('uds: removed existing '),
  message('waiting '),
  message('clearing fault on port '),
  message('subscriber '),
  message('peer/local '),
  message('fup_info '),
  message('product '),
  message('sum-1 '),
  message('master/local '),
  message('diff '),
  message('negative delay '),
  message('delay '),
  message('bad timestamps in '),
  message('unexpected timer expiration'),
  message('clock does not support write phase mode'),
  message('cannot switch unicast messages'),
  message('arming timer '),
  message('peek i='),
  message('next i='),
  message('retire interval '),
  message('stopping unicast service timer'),
  pattern('', /^\S+ (?:service of 0x\w+ expired|wants 0x\w+|grant of 0x\w+ extended)/),
  message('tc failed to '),
  message('Failed to '),
  message('failed to forward event'),
  message('failed to fetch txts'),
  message('inhibit_delay_req can only be set'),
];

const TABLE = new RuleTable(CLOCK_RULES);

/** `ens5f0 rms …`, as builds that print statistics per interface do. */
const PER_INTERFACE = /^(\S+)\s+(?:rms|master offset|offset)\s/;

/**
 * Reads ptp4l's message at the cursor:
 * ```
 * master offset        -98 s0 freq      +3 path delay      1587
 * rms   53 max   74 freq -16642 +/-  40 delay  1089 +/-  20
 * port 1 (ens4f1): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED
 * ```
 * True when the line is known, with or without a fact.
 */
export function readPtp4lMessage(line: Line, emit: ObservationSink): boolean {
  const start = line.position;
  if (readStatistics(line, '', emit)) return true;
  line.position = start;
  if (readPortMessage(line, emit)) return true;
  if (TABLE.read(line, emit) || readLinuxptpMessage(line, emit)) return true;
  return readInterfaceStatistics(line, emit);
}

function readStatistics(line: Line, clock: string, emit: ObservationSink): boolean {
  if (line.accept('rms ')) return readRmsSummary(line, clock, emit);
  if (!acceptOffsetName(line)) return false;
  line.skipSpaces();
  if (line.accept('summary')) return readReducedSummary(line, clock, emit);
  return readOffsetSample(line, clock, emit);
}

/** "master offset" and the words other builds use for the same. */
function acceptOffsetName(line: Line): boolean {
  return (
    line.accept('master offset ') ||
    line.accept('time transmitter offset ') ||
    line.accept('timeTransmitter offset ') ||
    line.accept('source offset ') ||
    line.accept('offset ')
  );
}

function readInterfaceStatistics(line: Line, emit: ObservationSink): boolean {
  const start = line.position;
  if (!PER_INTERFACE.test(line.text.slice(start, Math.min(line.end, start + 128)))) return false;
  const clock = line.readWord();
  line.skipSpaces();
  if (readStatistics(line, clock, emit)) return true;
  line.position = start;
  return false;
}
