import type { DaemonLife, ObservationSink, ProcessLife } from '../../observation.ts';
import type { Program } from '../../../ptp/states.ts';
import { PROGRAMS } from '../../../ptp/states.ts';
import type { Line } from './line.ts';
import { factOf } from './line.ts';
import type { Rule, RuleReader } from './rules.ts';
import { message, pattern, RuleTable } from './rules.ts';

/** The daemon's own messages, behind a glog header, that carry a fact or an error we know. */

const PROGRAM_BY_NAME = new Map<string, Program>(PROGRAMS.map((program) => [program, program]));

/** The first capture names the process; a second one is its exit status. */
function processLife(what: ProcessLife['what']): RuleReader {
  return (line, groups) => {
    const program = PROGRAM_BY_NAME.get(groups[1] ?? '');
    if (program === undefined) return undefined;
    const exitStatus = groups[2];
    return {
      kind: 'processLife',
      ...factOf(line),
      program,
      what,
      exitStatus: exitStatus === undefined ? undefined : Number(exitStatus),
    };
  };
}

function daemonLife(what: DaemonLife['what'], fields?: (text: string) => Partial<DaemonLife>): RuleReader {
  return (line, groups) => ({ kind: 'daemonLife', ...factOf(line), what, ...fields?.(groups[1] ?? '') });
}

const LIFE_RULES: readonly Rule[] = [
  message('Git commit:', daemonLife('ContainerStarted')),
  message('in applyNodePTPProfiles', daemonLife('ApplyingProfiles')),
  message('UpdateConfig: config unchanged', daemonLife('ConfigUnchanged')),
  message('config unchanged', daemonLife('ConfigUnchanged')),
  pattern(
    'linuxptp package version is: ',
    /^(\S+)/,
    daemonLife('LinuxptpVersion', (linuxptpVersion) => ({ linuxptpVersion })),
  ),
  pattern(
    'PTP capable NICs: [',
    /^([^\]]*)\]/,
    daemonLife('CapableInterfaces', (names) => ({
      interfaceNames: names.split(/\s+/).filter((name) => name !== ''),
    })),
  ),
  pattern('Starting ', /^([\w-]+)\.\.\.$/, processLife('Starting')),
  pattern('starting ', /^([\w-]+)\.\.\.$/),
  pattern('Starting ', /^pmc$/),
  pattern('stopping ', /^([\w-]+)\.\.\./, processLife('Stopping')),
  pattern('Stopping ', /^([\w-]+)\.\.\./, processLife('Stopping')),
  pattern('Sending TERM to (', /^([\w-]+)\)/, processLife('Stopping')),
  pattern('CmdRun() error waiting for ', /^([\w-]+): (?:exit status (\d+))?/, processLife('Exited')),
  pattern('CmdRun() error starting ', /^([\w-]+)/, processLife('Failed')),
  pattern('Recreating ', /^([\w-]+)\.\.\./, processLife('Recreating')),
  pattern('Not recreating ', /^([\w-]+)/, processLife('NotRecreated')),
  pattern('T-BC ', /^(?:all upstream ports lost - )?MOVE TO (HOLDOVER|NORMAL)/, (line, groups) => ({
    kind: 'syncStatus',
    ...factOf(line),
    program: 'T-BC',
    role: 'T-BC',
    state: groups[1] === 'NORMAL' ? 'Locked' : 'Holdover',
  })),
  pattern('registered iface ', /^(\S+) phc (\/dev\/ptp\d+) in alias store/, (line, groups) => ({
    kind: 'hardwareClock',
    ...factOf(line),
    interfaceName: groups[1] ?? '',
    device: groups[2] ?? '',
  })),
];

/** Warnings and errors that are known and whose fact, if any, comes from another line. */
const KNOWN_COMPLAINTS: readonly Rule[] = [
  // They quote other lines: words such as "link down" in them are no new event.
  message('Failed to extract metrics from '),
  message('failed to extract metrics from '),
  message('Spawning process '),
  message('pmc result match error expect'),
  message('pmc'),
  message('Failed to watch '),
  message('fsnotify '),
  message('no PTP clock index found for '),
  message('linuxPTP apply node profile failed'),
  message('failed to '),
  message('Failed to '),
  message('Error '),
  message('error '),
  message('could not '),
  message('unable to '),
  message('clock class '),
  message('CmdRun() '),
  message('No '),
  message('no '),
  message('cannot '),
  message('T-BC '),
];

const TABLE = new RuleTable([...LIFE_RULES, ...KNOWN_COMPLAINTS]);

export const readDaemonMessage = TABLE.read.bind(TABLE);

const BARE_TABLE = new RuleTable([
  message('Git commit:', daemonLife('ContainerStarted')),
  message('waiting for cloud event proxy to start'),
  message('waiting for '),
  message('cloud event proxy'),
]);

/** Lines the container prints without a header. */
export function readBareDaemonLine(line: Line, emit: ObservationSink): boolean {
  line.program = 'daemon';
  return BARE_TABLE.read(line, emit);
}
