import { isPlaceholderName } from '../../../ptp/interface-name.ts';
import type { JudgedValue, OptionRow, ValueJudgement } from '../option-rule.ts';
import { equals, when } from '../judgements.ts';
import { BOUNDARIES, FOLLOWERS, FOLLOWING, SERVERS, TABLE, row } from './row.ts';

export const LAST_PRTC_CLASS = 7;
const SERVER_CLASSES = [6, 7, 140, 150, 160, 248];
const CLIENT_CLASS = 255;
export const FREE_RUN_CLASS = 248;

function judgeServerClass({ number, instance, subject }: JudgedValue): ValueJudgement {
  if (number === undefined) return {};
  const hasReference = instance.clockType === 'TGM';
  if (number <= LAST_PRTC_CLASS && !hasReference) {
    // Files and log lines rarely show the whole node: ts2phc or the receiver may be elsewhere.
    if (subject.isPartial === true)
      return { level: 'Warn', because: 'it claims a primary reference, and no GNSS receiver is seen here' };
    return {
      level: 'Critical',
      because: 'it claims a primary reference, and no GNSS receiver feeds this node',
    };
  }
  if (number === CLIENT_CLASS)
    return { level: 'Warn', because: 'that is the class of a clock that never serves' };
  return when(SERVER_CLASSES.includes(number), 'Error');
}

function judgeBoundaryClass({ number, instance }: JudgedValue): ValueJudgement {
  // clientOnly makes linuxptp use 255 whatever stands here.
  if (number === undefined || instance.ptp4l?.number('clientOnly') === 1) return 'Ok';
  if (number <= LAST_PRTC_CLASS)
    return { level: 'Critical', because: 'the node would never follow another clock' };
  return when(number === FREE_RUN_CLASS, 'Error');
}

function judgeFollowerClass({ number, instance }: JudgedValue): ValueJudgement {
  if (number === undefined || instance.ptp4l?.number('clientOnly') === 1) return 'Ok';
  if (number <= LAST_PRTC_CLASS)
    return { level: 'Critical', because: 'the node would never follow another clock' };
  return when(number === CLIENT_CLASS || number === FREE_RUN_CLASS, 'Warn');
}

/** Who follows, who serves and with which quality. */
export const ROLE_ROWS: readonly OptionRow[] = [
  row({
    name: 'client-only',
    option: 'clientOnly',
    level: 'Error',
    clause: '§6.3',
    clockTypes: FOLLOWERS,
    expected: '1',
    judge: ({ number, instance }) =>
      // With a holdover card the daemon itself keeps the class at 255.
      when(
        number === 1,
        instance.clockType === 'TSC' ? 'Warn' : 'Error',
        'without it the node may serve free-running time to the fronthaul',
      ),
    remedy: 'Set slaveOnly 1 (clientOnly 1), or give ptp4l the option -s.',
  }),
  row({
    name: 'client-only-server',
    title: 'clientOnly is 0 on a clock that serves',
    option: 'clientOnly',
    level: 'Error',
    clause: '§6.3',
    clockTypes: [...SERVERS, ...BOUNDARIES],
    expected: '0',
    judge: ({ number, instance }) =>
      when(number === 0 || instance.ports.every(({ role }) => role === 'TimeReceiver')),
    remedy: 'Set slaveOnly 0 (clientOnly 0): a client-only clock never serves, whatever its ports say.',
  }),
  row({
    name: 'server-only',
    title: 'every port of a grandmaster is serverOnly',
    option: 'serverOnly',
    perPort: true,
    level: 'Error',
    clause: '§6.3',
    clockTypes: SERVERS,
    expected: '1',
    judge: ({ number, instance }) =>
      when(
        number === 1,
        instance.clockType === 'TGM' ? 'Error' : 'Warn',
        'the port may turn to follow another clock',
      ),
    remedy: 'Set masterOnly 1 (serverOnly 1) in the section of every port.',
  }),
  row({
    name: 'server-only-follower',
    title: 'no port of a following clock is serverOnly',
    option: 'serverOnly',
    perPort: true,
    level: 'Error',
    clause: '§6.3',
    clockTypes: FOLLOWERS,
    expected: '0',
    judge: equals(0),
    remedy: 'Set masterOnly 0 (serverOnly 0): a serverOnly port never follows.',
  }),
  row({
    name: 'clock-class-grandmaster',
    option: 'clockClass',
    level: 'Error',
    clause: '§6.4 Table 3',
    confidence: 'Verified',
    clockTypes: SERVERS,
    expected: '6 with a GNSS chain, else 248',
    judge: judgeServerClass,
    remedy: 'Configure ts2phc with a GNSS receiver, or set clockClass 248 and let the daemon raise it.',
  }),
  row({
    name: 'clock-class-boundary',
    option: 'clockClass',
    level: 'Error',
    clause: '§6.4 Table 3',
    confidence: 'Verified',
    clockTypes: BOUNDARIES,
    expected: '248',
    judge: judgeBoundaryClass,
    remedy: 'Set clockClass 248; the class announced comes from the grandmaster.',
  }),
  row({
    name: 'clock-class-follower',
    option: 'clockClass',
    level: 'Warn',
    clause: '§6.4 Table 3',
    confidence: 'Verified',
    clockTypes: FOLLOWERS,
    expected: '255',
    judge: judgeFollowerClass,
    remedy: 'Set clockClass 255 and slaveOnly 1.',
  }),
  row({
    name: 'clock-accuracy',
    option: 'clockAccuracy',
    level: 'Info',
    clause: '§6.4 Table 3',
    clockTypes: ['TGM'],
    expected: '0x21 when locked',
    judge: equals(0x20, 0x21, 0xfe),
    remedy: 'Nothing to do when the daemon sets the accuracy at run time.',
  }),
  row({
    name: 'priority1',
    option: 'priority1',
    level: 'Warn',
    clause: TABLE,
    expected: '128',
    judge: equals(128),
    remedy: 'Leave priority1 at 128: the profile never compares it.',
  }),
  row({
    name: 'local-priority',
    option: 'G.8275.defaultDS.localPriority',
    level: 'Warn',
    clause: '§6.3',
    confidence: 'Verified',
    expected: '128',
    judge: equals(128),
    remedy: 'Leave localPriority at 128 unless the network plan has another value: it can make timing loops.',
  }),
  row({
    name: 'port-local-priority',
    option: 'G.8275.portDS.localPriority',
    perPort: true,
    level: 'Warn',
    clause: '§6.3',
    confidence: 'Verified',
    expected: '128',
    judge: equals(128),
    remedy: 'Leave localPriority at 128 unless the network plan has another value: it can make timing loops.',
  }),
  row({
    name: 'clock-class-threshold',
    option: 'clock_class_threshold',
    level: 'Warn',
    clause: '§6.4',
    confidence: 'Verified',
    clockTypes: FOLLOWING,
    expected: '135 or more',
    judge: ({ number }) =>
      when(
        number !== undefined && number >= 135,
        'Warn',
        'a T-BC in holdover announces 135 and would be ignored',
      ),
    remedy:
      'Set clock_class_threshold 135, or keep the lower value if the plan is to drop clocks in holdover.',
  }),
  row({
    name: 'clock-type',
    option: 'clock_type',
    level: 'Critical',
    clause: '§6.2',
    confidence: 'Verified',
    expected: 'OC, or BC with two ports',
    judge: ({ text, instance }) => {
      if (text.endsWith('_tc'))
        return { level: 'Error', because: 'ptp4l as a transparent clock does not terminate time' };
      return when(
        text !== 'bc' || instance.ports.length >= 2,
        'Critical',
        'ptp4l exits: a BC needs at least two interfaces',
      );
    },
    skipWhen: ({ instance }) =>
      instance.ports.some((port) => isPlaceholderName(port.interfaceName))
        ? 'interface names are not filled in yet'
        : undefined,
    remedy: 'Leave clock_type OC; linuxptp makes it a BC when there are several ports.',
  }),
];
