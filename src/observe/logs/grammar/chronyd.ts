import type { ChronyStatus } from '../../observation.ts';
import { factOf } from './line.ts';
import type { Rule, RuleReader } from './rules.ts';
import { message, pattern, RuleTable } from './rules.ts';

/** What chronyd prints, with the daemon's prefix or in its own log (`2026-11-22T04:13:48Z text`). */

/** With a pattern, its first capture is the server. */
function chrony(what: ChronyStatus['what']): RuleReader {
  return (line, groups) => ({
    kind: 'chrony',
    ...factOf(line),
    program: 'chronyd',
    what,
    serverAddress: groups[1],
  });
}

const RULES: readonly Rule[] = [
  pattern('Selected source ', /^(\S+)/, chrony('Selected')),
  message("Can't synchronise: no selectable sources", chrony('NoSelectableSources')),
  message("Can't synchronise: no majority", chrony('NoSelectableSources')),
  message("Can't synchronise: no reachable sources", chrony('NoSelectableSources')),
  message('no selectable sources', chrony('NoSelectableSources')),
  pattern('Source ', /^(\S+) (?:offline|online|replaced|added|removed)/, chrony('Other')),
  pattern('Removed source ', /^(\S+)/, chrony('Other')),
  pattern('Added source ', /^(\S+)/, chrony('Other')),
  message('System clock wrong by ', chrony('Other')),
  message('System clock was stepped by ', chrony('Other')),
  message('System clock TAI offset set to '),
  message('Forward time jump detected', chrony('Other')),
  message('Backward time jump detected', chrony('Other')),
  message('Clock ', chrony('Other')),
  pattern('', /^(?:adjtimex|clock_adjtime)\(.*\) failed : Operation not permitted/, (line) => ({
    kind: 'clockControlDenied',
    ...factOf(line),
    program: 'chronyd',
  })),
  message('CAP_SYS_TIME not present', (line) => ({
    kind: 'clockControlDenied',
    ...factOf(line),
    program: 'chronyd',
  })),
  pattern('chronyd ', /^version /, (line) => ({
    kind: 'processLife',
    ...factOf(line),
    program: 'chronyd',
    what: 'Up',
  })),
  message('chronyd exiting', (line) => ({
    kind: 'processLife',
    ...factOf(line),
    program: 'chronyd',
    what: 'Down',
  })),
  message('Disabled control of system clock'),
  message('Running with root privileges'),
  message('Frequency '),
  message('Initial frequency '),
  message('Initialised '),
  message('Using '),
  message('Loaded '),
  message('Loading '),
  message('Generated key '),
  message('Could not '),
  message('Unable to '),
  message('Fatal error'),
  message('System trim from RTC'),
  message('RTC '),
  message('Wrote PID '),
  message('Enabled '),
  message('Set system '),
  message('Received KoD RATE'),
  message('Detected falseticker '),
  message('TLS handshake '),
  message('NTS-KE '),
  message('Total timeout '),
  message('Too '),
  message('Serial '),
  message('Timezone '),
  message('commonconfig'),
];

const TABLE = new RuleTable(RULES);

export const readChronydMessage = TABLE.read.bind(TABLE);
