import type { ClockSource, ObservationSink } from '../../observation.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import { readLinuxptpMessage } from './linuxptp.ts';
import type { Rule, RuleReader } from './rules.ts';
import { message, pattern, RuleTable } from './rules.ts';
import { readOffsetSample, readReducedSummary, readRmsSummary } from './servo.ts';

/** What phc2sys prints. */

/** With a pattern, its first capture is the clock. */
function clockSource(what: ClockSource['what']): RuleReader {
  return (line, groups) => ({ kind: 'clockSource', ...factOf(line), what, clock: groups[1] });
}

const RULES: readonly Rule[] = [
  message('Waiting for ptp4l', clockSource('WaitingForPtp4l')),
  message('Lost connection to ptp4l', clockSource('LostConnection')),
  pattern(
    'selecting ',
    /^(\S+) as (?:the )?(?:master|source|domain source|time ?transmitter) clock/i,
    clockSource('Selected'),
  ),
  pattern('selecting ', /^(\S+) as out-of-domain source clock/, clockSource('SelectedOutOfDomain')),
  pattern('selecting ', /^(\S+) for synchronization/, clockSource('Synchronizing')),
  pattern('no source, selecting ', /^(\S+) as the default clock/, clockSource('Selected')),
  message('nothing to synchronize', clockSource('NothingToSynchronize')),
  message('reconfiguring after port state change', clockSource('Reconfiguring')),
  message('failed to get UTC offset', (line) => ({
    kind: 'timeProperties',
    ...factOf(line),
    what: 'UtcOffsetUnavailable',
  })),
  message('clock is not adjustable', (line) => ({ kind: 'clockControlDenied', ...factOf(line) })),
  pattern('port ', /^\S+ changed state/),
  pattern('', /^(?:master|source|time ?transmitter) clock not ready/i),
  pattern('multiple ', /^(?:master|source|time ?transmitter) clocks available/i),
  message('no PHC ready, waiting'),
  message('skipping '),
  message('received data for unknown port'),
  message('no suitable ports available'),
  message('failed to get '),
  message('failed to subscribe'),
  message('failed to read clock'),
  message('failed to fetch PPS'),
  message('failed to enable PPS'),
  message('failed to run an update'),
  message('cannot update clock without servo'),
  message('path '),
  message('uds: '),
  message('PPS '),
  message('unable to '),
  message('cannot use '),
];

const TABLE = new RuleTable(RULES);

/**
 * Reads phc2sys's message at the cursor:
 * ```
 * CLOCK_REALTIME phc offset      -414 s0 freq   +2872 delay    551
 * CLOCK_REALTIME rms    4 max    4 freq -76829 +/-   0 delay  1085 +/-   0
 * phc offset summary: cnt=48, min=-10, max=13, avg=0.27, SD=5.23
 * ```
 */
export function readPhc2sysMessage(line: Line, emit: ObservationSink): boolean {
  const start = line.position;
  if (readStatistics(line, emit)) return true;
  line.position = start;
  return TABLE.read(line, emit) || readLinuxptpMessage(line, emit);
}

function readStatistics(line: Line, emit: ObservationSink): boolean {
  if (line.startsWith('phc offset ') || line.startsWith('sys offset ')) {
    line.position += 4;
    return readOffset(line, 'CLOCK_REALTIME', emit);
  }
  const clock = line.readWord();
  line.skipSpaces();
  if (line.accept('rms ')) return readRmsSummary(line, clock, emit);
  if (line.accept('offset ')) return readOffsetSample(line, clock, emit);
  // The word before "offset" names the reference: phc, sys, pps or an interface.
  if (!skipWord(line)) return false;
  line.skipSpaces();
  return readOffset(line, clock, emit);
}

function readOffset(line: Line, clock: string, emit: ObservationSink): boolean {
  if (!line.accept('offset ')) return false;
  line.skipSpaces();
  if (line.accept('summary')) return readReducedSummary(line, clock, emit);
  return readOffsetSample(line, clock, emit);
}

/** Moves behind one word; false when it is longer than any clock's name. */
function skipWord(line: Line): boolean {
  const space = line.indexOf(32);
  if (space < 0 || space > line.position + 64) return false;
  line.position = space;
  return true;
}
