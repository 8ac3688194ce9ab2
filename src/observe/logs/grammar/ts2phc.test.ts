import { describe, expect, it } from '@jest/globals';
import type { SampleLine } from '../../../../test/support/observe-log.ts';
import { observeLog } from '../../../../test/support/observe-log.ts';

const P = 'ts2phc[82674.465]: [ts2phc.0.config:6] ';

const samples: readonly SampleLine[] = [
  [
    'ts2phc[82674.465]: [ts2phc.0.cfg] ens2f1 master offset          0 s2 freq      -0',
    [
      {
        kind: 'servoSample',
        program: 'ts2phc',
        configName: 'ts2phc.0.cfg',
        clock: 'ens2f1',
        offsetNanoseconds: 0,
        servoState: 'Locked',
      },
    ],
  ],
  [
    `${P}/dev/ptp10 offset         -1 s0 freq      -0`,
    [{ clock: '/dev/ptp10', offsetNanoseconds: -1, servoState: 'Unlocked', holdover: undefined }],
  ],
  [
    `${P}/dev/ptp4 offset          0 s3 freq      +1 holdover`,
    [{ servoState: 'LockedStable', frequencyPpb: 1, holdover: true }],
  ],
  [`${P}adding tstamp 1757326376.999999999 to clock /dev/ptp10`, []],
  [`${P}nmea delay: 88403525 ns`, []],
  [`${P}ens2f1 extts index 0 at 1757326342.000000009 corr 0 src 1757326342.1 diff 9`, []],
  [`${P}ens8f0 SKIP extts index 0 at 1757326342.000000009`, []],
  [`${P}config item (null).ts2phc.holdover is 0`, []],
  [
    `${P}PPS sink ens4f0 has ptp index 9`,
    [{ kind: 'hardwareClock', interfaceName: 'ens4f0', device: '/dev/ptp9' }],
  ],
  [`${P}nmea source timed out`, [{ kind: 'timeSourceTrouble', trouble: 'NmeaTimeout' }]],
  [`${P}nmea: no valid rmc fix`, [{ trouble: 'NmeaNoFix' }]],
  [`${P}nmea: rmc time stamp stale`, [{ trouble: 'NmeaStale' }]],
  [`${P}failed to open nmea source /dev/ttyS0`, [{ trouble: 'NmeaOpenFailed' }]],
  [`${P}source ts not valid`, [{ trouble: 'SourceNotValid' }]],
  [`${P}poll returns zero, no events`, [{ trouble: 'PpsMissing' }]],
  [`${P}extts on unexpected channel`, [{ trouble: 'PpsUnexpectedChannel' }]],
  [`${P}lost holdover lock (offset 120)`, [{ trouble: 'HoldoverLost' }]],
  [
    `${P}nmea: utc time is past leap second table expiry date`,
    [{ kind: 'timeProperties', what: 'LeapTableExpired' }],
  ],
  [`${P}UTC-TAI offset not set in system! Trying to revert to leapfile`, [{ what: 'UtcOffsetUnavailable' }]],
  [
    'ts2phc[1726600506]:[ts2phc.0.config] ens7f0 nmea_status 1 offset 0 s2',
    [{ kind: 'nmea', interfaceName: 'ens7f0', available: true, state: 'Locked' }],
  ],
];

describe('ts2phc', () => {
  it.each([...samples])('%s', (text, facts) => {
    const { observations, counts } = observeLog(`${text}\n`);
    expect(counts).toMatchObject({ total: 1, recognised: 1 });
    expect(observations).toHaveLength(facts.length);
    expect(observations).toMatchObject(facts);
  });
});
