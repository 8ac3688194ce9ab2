import type { ObservationSink, PortTrouble } from '../../observation.ts';
import type { PortEvent, PortState } from '../../../ptp/port-state.ts';
import { PORT_EVENTS, PORT_STATES } from '../../../ptp/port-state.ts';
import type { Line, LineFact } from './line.ts';
import { factOf } from './line.ts';
import type { Rule, RuleReader } from './rules.ts';
import { message, pattern, RuleTable } from './rules.ts';

/**
 * What ptp4l says about one port, after `port 1 (ens4f1): `. Wordings of linuxptp 2.x to 4.4 and of the
 * daemon's older builds. Level 7 (debug) chatter is known and carries no fact.
 */

const STATES = new Map<string, PortState>(PORT_STATES.map((state) => [state, state]));
const EVENTS = new Map<string, PortEvent>(PORT_EVENTS.map((event) => [event, event]));

/** Names of IEEE 1588g-2022 for the same things. */
function classicName(name: string): string {
  return name
    .replace('TIME_TRANSMITTER', 'MASTER')
    .replace('TIME_RECEIVER', 'SLAVE')
    .replace('TIMETRANSMITTER', 'MASTER')
    .replace('TIMERECEIVER', 'SLAVE');
}

/** `SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)` */
const TRANSITION = /^([A-Z_]+) to ([A-Z_]+) on ([A-Z_]+)(?: \((FT_\w+)\))?/;

function readTransition(line: Line, emit: ObservationSink): boolean {
  const match = TRANSITION.exec(line.rest());
  if (match === null) return false;
  const from = STATES.get(classicName(match[1] ?? ''));
  const to = STATES.get(classicName(match[2] ?? ''));
  const event = EVENTS.get(classicName(match[3] ?? ''));
  if (from === undefined || to === undefined || event === undefined) return false;
  emit({
    kind: 'portTransition',
    ...portFact(line),
    from,
    to,
    event,
    faultType: match[4],
  });
  return true;
}

type PortLineFact = LineFact & { portNumber: number; interfaceName: string | undefined };

function portFact(line: Line): PortLineFact {
  return { ...factOf(line), portNumber: line.portNumber, interfaceName: line.interfaceName };
}

/** A port's complaint. With a pattern, its first capture is the message type concerned. */
function trouble(what: PortTrouble['trouble']): RuleReader {
  return (line, groups) => {
    return { kind: 'portTrouble', ...portFact(line), trouble: what, messageType: groups[1]?.toLowerCase() };
  };
}

const PORT_RULES: readonly Rule[] = [
  pattern('link ', /^(up|down)\b/, (line, groups) => ({
    kind: 'linkChange',
    ...portFact(line),
    link: groups[1] === 'up' ? 'Up' : 'Down',
  })),
  pattern('new foreign ', /^(?:master|source|time ?transmitter) (\S+)/i, (line, groups) => ({
    kind: 'foreignMaster',
    ...portFact(line),
    portIdentity: groups[1] ?? '',
  })),
  message('assuming the grand ', (line) => ({
    kind: 'roleNote',
    ...portFact(line),
    note: 'AssumingGrandmaster',
  })),
  pattern(
    '',
    /^(?:master|time ?transmitter) state recommended in (?:slave|client|time ?receiver) only mode/i,
    (line) => ({
      kind: 'roleNote',
      ...portFact(line),
      note: 'MasterRecommendedInSlaveOnly',
    }),
  ),
  message('defaultDS.priority1 probably misconfigured', (line) => ({
    kind: 'roleNote',
    ...portFact(line),
    note: 'Priority1Misconfigured',
  })),

  pattern('send ', /^(.+?) failed/, trouble('SendFailed')),
  pattern('append ', /^(.+?) failed/, trouble('SendFailed')),
  message('signaling message failed', trouble('SendFailed')),
  message('P2P signaling message failed', trouble('SendFailed')),
  pattern('received ', /^(.+?) without timestamp/, trouble('RxTimestampMissing')),
  pattern('missing timestamp on transmitted ', /^(.+)$/, trouble('TxTimestampMissing')),
  message('recv message failed', trouble('ReceiveFailed')),
  message('unexpected socket error', trouble('ReceiveFailed')),
  pattern('error on fda[', /^\d+\]: Network is down/, trouble('NetworkDown')),
  message('error on fda[', trouble('ReceiveFailed')),
  message('bad message', trouble('BadMessage')),
  message('delay response timeout', trouble('DelayResponseTimeout')),
  message('multiple peer responses', trouble('PeerDelayConfusion')),
  message('multiple sequential peer delay resp', trouble('PeerDelayConfusion')),
  message('rogue peer delay response', trouble('PeerDelayConfusion')),
  message('received rogue peer delay response', trouble('PeerDelayConfusion')),
  message('received pdelay_req msg with unexpected peer port id', trouble('PeerDelayConfusion')),
  message('received pdelay_resp msg with unexpected peer port id', trouble('PeerDelayConfusion')),
  message('invalid peer port id', trouble('PeerDelayConfusion')),
  message('pdelay_req on E2E port', trouble('DelayMechanismMismatch')),
  message('delay request on P2P port', trouble('DelayMechanismMismatch')),
  pattern('unicast grant of ', /^(.+?) rejected/, trouble('UnicastRefused')),
  pattern('server unilaterally canceled unicast ', /^(.+?) grant/, trouble('UnicastRefused')),
  message('unicast master transport mismatch', trouble('UnicastRefused')),
  message('unicast source transport mismatch', trouble('UnicastRefused')),
  message('received rogue unicast grant or cancel', trouble('Other')),
  message('management forward failed', trouble('SendFailed')),
  message('management error failed', trouble('SendFailed')),
  message('failed to send management set response', trouble('SendFailed')),
  pattern('ignoring ', /^(announce)\b/i, trouble('AnnounceIgnored')),
  message('inconsistent master', trouble('AnnounceIgnored')),

  pattern('PHC device mismatch', /^/, (line) => ({
    kind: 'configurationTrouble',
    ...factOf(line),
    trouble: 'PhcMismatch',
  })),
  pattern('', /^(?:\/dev\/ptp\d+|PHC\S*) requested, /, (line) => ({
    kind: 'configurationTrouble',
    ...factOf(line),
    trouble: 'PhcMismatch',
  })),

  message('just a bunch of devices'),
  message('minimum delay request interval'),
  message('ignore bogus delay request interval'),
  message('setting asCapable'),
  message('clearing fault immediately'),
  message('received link status notification'),
  message('ts label changed to '),
  message('link status '),
  message('delay timeout'),
  message('announce timeout'),
  message('qualification timeout'),
  message('master tx announce timeout'),
  message('master sync timeout'),
  message('unicast service timeout'),
  message('unicast request timeout'),
  message('renewal timeout at '),
  message('time to renew '),
  pattern('unicast ', /^.+ granted for /),
  message('peer detected, switch to P2P'),
  message('peer port id set to '),
  message('get_ts_info not supported'),
  message('taking '),
  message('ignoring message'),
  message('no table with id '),
  message('bad peer address: '),
  pattern('have ', /^.+, dropping/),
  message('hybrid_e2e only works with E2E'),
  message('net_sync_monitor needs hybrid_e2e'),
  message('P2P TC needs P2P ports'),
  message('E2E TC needs E2E ports'),
  message('the delay mechanism '),
  pattern('', /^.+, resetting asCapable$/),
  pattern('', /^(?:sync|announce|delay|master|peer delay|pdelay|tx|rx)\b.*\btimeout$/i),
];

const PORT_TABLE = new RuleTable(PORT_RULES);

/**
 * Reads `port 1 (ens4f1): message`, `port 1: message` or `port 1 (ens4f1) message` at the cursor. Names
 * may hold anything but a closing parenthesis. Port 0 is ptp4l's local socket and carries no fact.
 */
export function readPortMessage(line: Line, emit: ObservationSink): boolean {
  const start = line.position;
  if (!readPortName(line)) {
    line.position = start;
    return false;
  }
  if (line.portNumber === 0) return true;
  if (readTransition(line, emit) || PORT_TABLE.read(line, emit)) return true;
  line.position = start;
  return false;
}

function readPortName(line: Line): boolean {
  if (!line.accept('port ')) return false;
  const portNumber = line.readNumber();
  if (!Number.isInteger(portNumber)) return false;
  line.portNumber = portNumber;
  line.interfaceName = undefined;
  if (line.startsWith(' (')) {
    const nameStart = line.position + 2;
    const nameEnd = line.text.indexOf(')', nameStart);
    if (nameEnd < 0 || nameEnd >= line.end) return false;
    line.interfaceName = line.names.get(line, nameStart, nameEnd);
    line.position = nameEnd + 1;
  }
  line.accept(':');
  line.skipSpaces();
  return true;
}
