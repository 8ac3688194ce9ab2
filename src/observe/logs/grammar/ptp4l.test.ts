import { describe, expect, it } from '@jest/globals';
import type { SampleLine } from '../../../../test/support/observe-log.ts';
import { observeLog } from '../../../../test/support/observe-log.ts';

const P = 'ptp4l[1031618.627]: [ptp4l.1.config:5] ';

const statistics: readonly SampleLine[] = [
  [
    'ptp4l[1031602.617]: [ptp4l.1.config:6] master offset        -98 s0 freq      +3 path delay      1587',
    [
      {
        kind: 'servoSample',
        program: 'ptp4l',
        configName: 'ptp4l.1.config',
        level: 6,
        clock: '',
        offsetNanoseconds: -98,
        servoState: 'Unlocked',
        frequencyPpb: 3,
        delayNanoseconds: 1587,
        uptimeMicros: 1_031_602_617_000,
      },
    ],
  ],
  [
    'ptp4l[365195.391]: [ptp4l.0.config] master offset         -1 s2 freq   -3972 path delay        89',
    [
      {
        kind: 'servoSample',
        offsetNanoseconds: -1,
        servoState: 'Locked',
        frequencyPpb: -3972,
        level: undefined,
      },
    ],
  ],
  [
    'ptp4l[3.001]: master offset -100016263 s1 freq  -11923 path delay       -49',
    [{ offsetNanoseconds: -100_016_263, servoState: 'Jump', delayNanoseconds: -49 }],
  ],
  ['ptp4l[3.001]: master offset 5 s3 freq -1', [{ servoState: 'LockedStable', delayNanoseconds: undefined }]],
  [
    'ptp4l[74737.942]: [ptp4l.0.config] rms   53 max   74 freq -16642 +/-  40 delay  1089 +/-  20',
    [
      {
        kind: 'summarySample',
        clock: '',
        rmsNanoseconds: 53,
        maxAbsNanoseconds: 74,
        frequencyPpb: -16_642,
        frequencyStdDevPpb: 40,
        delayNanoseconds: 1089,
        delayStdDevNanoseconds: 20,
      },
    ],
  ],
  [
    'ptp4l[5.100]: rms 50012073 max 100025313 freq  -9857 +/- 4737',
    [{ kind: 'summarySample', maxAbsNanoseconds: 100_025_313, delayNanoseconds: undefined }],
  ],
  [
    'ptp4l[5.100]: [ptp4l.0.config:6] ens5f0 rms    3 max    8 freq -12345 +/-   5 delay   249 +/-   0',
    [{ kind: 'summarySample', clock: 'ens5f0', rmsNanoseconds: 3 }],
  ],
  [
    'ptp4l[1757326334.123]: [ptp4l.0.config:6] master offset summary: cnt=48, min=-10, max=13, avg=0.27, SD=5.23',
    [
      {
        kind: 'summarySample',
        sampleCount: 48,
        minNanoseconds: -10,
        maxNanoseconds: 13,
        maxAbsNanoseconds: 13,
        meanNanoseconds: 0.27,
        stdDevNanoseconds: 5.23,
        uptimeMicros: undefined,
        atMicros: 1_757_326_334_123_000,
      },
    ],
  ],
  [
    'ptp4l[1757326334.123]: [ptp4l.0.config:6] master offset summary: cnt=1, min=-10, max=-10, avg=NaN, SD=NaN',
    [{ maxAbsNanoseconds: 10, meanNanoseconds: undefined, stdDevNanoseconds: undefined }],
  ],
  // Numbers that stand for "none" never become samples.
  ['ptp4l[1.000]: master offset 999999 s2 freq -1 path delay 1', []],
  ['ptp4l[1.000]: master offset -9999999999999999 s0 freq -1 path delay 1', []],
  ['ptp4l[1.000]: time transmitter offset 7 s2 freq -1 path delay 1', [{ offsetNanoseconds: 7 }]],
];

const ports: readonly SampleLine[] = [
  [
    `${P}port 1 (ens4f1): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED`,
    [
      {
        kind: 'portTransition',
        portNumber: 1,
        interfaceName: 'ens4f1',
        from: 'UNCALIBRATED',
        to: 'SLAVE',
        event: 'MASTER_CLOCK_SELECTED',
        level: 5,
      },
    ],
  ],
  [
    `${P}port 1 (ens4f1): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)`,
    [{ to: 'FAULTY', event: 'FAULT_DETECTED', faultType: 'FT_UNSPECIFIED' }],
  ],
  [
    'ptp4l[4268779.809]: [ptp4l.3.config] port 3: UNCALIBRATED to MASTER on RS_MASTER',
    [{ portNumber: 3, interfaceName: undefined, to: 'MASTER' }],
  ],
  [
    `${P}port 11 (ens8f2.100-a b): LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES`,
    [{ portNumber: 11, interfaceName: 'ens8f2.100-a b' }],
  ],
  [
    `${P}port 1 (a): UNCALIBRATED to TIME_RECEIVER on TIME_TRANSMITTER_CLOCK_SELECTED`,
    [{ to: 'SLAVE', event: 'MASTER_CLOCK_SELECTED' }],
  ],
  // Port 0 is the local socket.
  [`${P}port 0 (/var/run/ptp4l.1.socket): INITIALIZING to LISTENING on INIT_COMPLETE`, []],
  [
    `${P}port 1 (ens4f1): link down`,
    [{ kind: 'linkChange', link: 'Down', portNumber: 1, interfaceName: 'ens4f1' }],
  ],
  [`${P}port 1: link up`, [{ kind: 'linkChange', link: 'Up' }]],
  [
    `${P}port 1 (ens4f1): new foreign master 507c6f.fffe.1fb16c-4`,
    [{ kind: 'foreignMaster', portIdentity: '507c6f.fffe.1fb16c-4' }],
  ],
  [
    `${P}port 1 (ens4f0): assuming the grand master role`,
    [{ kind: 'roleNote', note: 'AssumingGrandmaster' }],
  ],
  [
    `${P}port 1 (ens1f0): master state recommended in slave only mode`,
    [{ note: 'MasterRecommendedInSlaveOnly' }],
  ],
  [`${P}port 1 (ens1f0): defaultDS.priority1 probably misconfigured`, [{ note: 'Priority1Misconfigured' }]],
  [
    `${P}port 1 (ens4f1): send delay request failed`,
    [{ kind: 'portTrouble', trouble: 'SendFailed', messageType: 'delay request' }],
  ],
  [`${P}port 1 (ens4f1): send sync failed`, [{ trouble: 'SendFailed', messageType: 'sync' }]],
  [
    `${P}port 1: send peer delay request failed`,
    [{ trouble: 'SendFailed', messageType: 'peer delay request' }],
  ],
  [`${P}port 1: received SYNC without timestamp`, [{ trouble: 'RxTimestampMissing', messageType: 'sync' }]],
  [`${P}port 1: recv message failed`, [{ trouble: 'ReceiveFailed' }]],
  [`${P}port 1: bad message`, [{ trouble: 'BadMessage' }]],
  [`${P}port 1 (ens1f0): error on fda[0]: Network is down`, [{ trouble: 'NetworkDown' }]],
  [`${P}port 1: rogue peer delay response`, [{ trouble: 'PeerDelayConfusion' }]],
  [`${P}port 1: multiple peer responses`, [{ trouble: 'PeerDelayConfusion' }]],
  [`${P}port 1: pdelay_req on E2E port`, [{ trouble: 'DelayMechanismMismatch' }]],
  [`${P}port 1: delay request on P2P port`, [{ trouble: 'DelayMechanismMismatch' }]],
  [`${P}port 1: delay response timeout`, [{ trouble: 'DelayResponseTimeout' }]],
  [`${P}port 1: unicast grant of SYNC rejected`, [{ trouble: 'UnicastRefused', messageType: 'sync' }]],
  [
    `${P}port 1: server unilaterally canceled unicast DELAY_RESP grant`,
    [{ trouble: 'UnicastRefused', messageType: 'delay_resp' }],
  ],
  [`${P}port 2: PHC device mismatch`, [{ kind: 'configurationTrouble', trouble: 'PhcMismatch' }]],
  // Debug output of the same words is no fault.
  ['ptp4l[1.000]: [ptp4l.0.config:7] port 1: delay timeout', []],
  ['ptp4l[1.000]: [ptp4l.0.config:7] port 1 (a): announce timeout', []],
  ['ptp4l[1.000]: [ptp4l.0.config:7] port 1 (a): master sync timeout', []],
  [`${P}port 1: minimum delay request interval 2^-4`, []],
  [`${P}port 1: just a bunch of devices`, []],
  [`${P}port 1: clearing fault immediately`, []],
];

const clock: readonly SampleLine[] = [
  [
    `${P}selected best master clock 507c6f.fffe.1fb16c`,
    [{ kind: 'bestMaster', clockIdentity: '507c6f.fffe.1fb16c', local: false }],
  ],
  [
    `${P}selected local clock 507c6f.fffe.1fb1b8 as best master`,
    [{ kind: 'bestMaster', clockIdentity: '507c6f.fffe.1fb1b8', local: true }],
  ],
  [`${P}selected /dev/ptp9 as PTP clock`, [{ kind: 'hardwareClock', device: '/dev/ptp9' }]],
  [`${P}Switched to /dev/ptp10 as PTP clock`, [{ kind: 'hardwareClock', device: '/dev/ptp10' }]],
  [`${P}timed out while polling for tx timestamp`, [{ kind: 'portTrouble', trouble: 'TxTimestampTimeout' }]],
  [`${P}increasing tx_timestamp_timeout may correct this issue, but it is likely caused by a driver bug`, []],
  [
    `${P}increasing tx_timestamp_timeout or increasing kworker priority may correct this issue, but a driver bug likely causes it`,
    [],
  ],
  [`${P}recvmsg tx timestamp failed: Resource temporarily unavailable`, [{ trouble: 'TxTimestampTimeout' }]],
  [`${P}poll for tx timestamp woke up on non ERR event`, [{ trouble: 'TxTimestampTimeout' }]],
  [`${P}missing timestamp on transmitted sync`, [{ trouble: 'TxTimestampMissing', messageType: 'sync' }]],
  [`${P}missing timestamp on transmitted peer delay request`, [{ trouble: 'TxTimestampMissing' }]],
  [
    `${P}Master clock quality received is greater than configured, ignoring master!`,
    [{ kind: 'timeProperties', what: 'UpstreamQualityRejected' }],
  ],
  [`${P}foreign master not using PTP timescale`, [{ what: 'NotPtpTimescale' }]],
  [`${P}running in a temporal vortex`, [{ what: 'TemporalVortex' }]],
  [`${P}updating UTC offset to 37`, [{ what: 'UtcOffsetUpdated', utcOffsetSeconds: 37 }]],
  [
    `${P}clockcheck: clock jumped forward or running faster than expected!`,
    [{ kind: 'clockCheck', what: 'JumpedForward' }],
  ],
  [`${P}clockcheck: clock jumped backward or running slower than expected!`, [{ what: 'JumpedBackward' }]],
  [`${P}clockcheck: clock frequency changed unexpectedly!`, [{ what: 'FrequencyChanged' }]],
  [
    `${P}interface 'ens1f0' does not support requested timestamping mode`,
    [{ kind: 'configurationTrouble', trouble: 'TimestampingUnsupported' }],
  ],
  [`${P}failed to adjust the clock: Operation not permitted`, [{ kind: 'clockControlDenied' }]],
  [`${P}failed to step clock: Invalid argument`, []],
  [`${P}uds: removed existing /var/run/ptp4lro`, []],
  [
    'unknown option client_only at line 2 in global section',
    [{ kind: 'configurationTrouble', trouble: 'UnknownOption', option: 'client_only' }],
  ],
  [
    '300 is an out of range value for option domainNumber at line 2',
    [{ trouble: 'ValueOutOfRange', option: 'domainNumber' }],
  ],
  [
    'L3 is a bad value for option network_transport at line 2',
    [{ trouble: 'ParseFailed', option: 'network_transport' }],
  ],
  ['failed to parse configuration file /run/bad-value.cfg', [{ trouble: 'ParseFailed' }]],
  ['failed to create a clock', [{ trouble: 'CreateClockFailed' }]],
  ['no interface specified', [{ trouble: 'TooFewInterfaces' }]],
  ['ptp4l[3213.816]: ioctl SIOCETHTOOL failed: No such device', [{ trouble: 'NoSuchInterface' }]],
  ['option slaveOnly is deprecated, please use clientOnly instead', []],
];

describe('ptp4l', () => {
  it.each([...statistics, ...ports, ...clock])('%s', (text, facts) => {
    const { observations, counts, unrecognised } = observeLog(`${text}\n`);
    expect(unrecognised).toEqual([]);
    expect(counts).toMatchObject({ total: 1, recognised: 1 });
    expect(observations).toHaveLength(facts.length);
    expect(observations).toMatchObject(facts);
  });

  it('counts what it does not know and keeps one sample of each wording', () => {
    const text = [1, 2, 3].map((n) => `${P}some new message ${n}`).join('\n');
    const { counts, unrecognised, observations } = observeLog(text);
    expect(counts).toMatchObject({ total: 3, recognised: 0, unrecognised: 3 });
    expect(unrecognised).toEqual([`${P}some new message 1`]);
    expect(observations).toEqual([]);
  });
});
