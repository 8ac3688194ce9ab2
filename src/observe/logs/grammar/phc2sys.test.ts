import { describe, expect, it } from '@jest/globals';
import type { SampleLine } from '../../../../test/support/observe-log.ts';
import { observeLog } from '../../../../test/support/observe-log.ts';

const P = 'phc2sys[1031604.291]: [ptp4l.1.config:6] ';

const samples: readonly SampleLine[] = [
  [
    `${P}CLOCK_REALTIME phc offset      -414 s0 freq   +2872 delay    551`,
    [
      {
        kind: 'servoSample',
        program: 'phc2sys',
        configName: 'ptp4l.1.config',
        clock: 'CLOCK_REALTIME',
        offsetNanoseconds: -414,
        servoState: 'Unlocked',
        frequencyPpb: 2872,
        delayNanoseconds: 551,
      },
    ],
  ],
  [
    `${P}ens5f0 sys offset        12 s2 freq   +2872 delay    551`,
    [{ clock: 'ens5f0', offsetNanoseconds: 12 }],
  ],
  [
    `${P}CLOCK_REALTIME rms    4 max    4 freq -76829 +/-   0 delay  1085 +/-   0`,
    [{ kind: 'summarySample', clock: 'CLOCK_REALTIME', maxAbsNanoseconds: 4, delayNanoseconds: 1085 }],
  ],
  [
    'phc2sys[1757326334.100]: [ptp4l.0.config:6] CLOCK_REALTIME phc offset summary: cnt=30, min=-4, max=9, avg=1.50, SD=2.00',
    [{ kind: 'summarySample', clock: 'CLOCK_REALTIME', sampleCount: 30, maxAbsNanoseconds: 9 }],
  ],
  [
    'phc2sys[1757326334.100]: [ptp4l.0.config:6] phc offset summary: cnt=30, min=-4, max=9, avg=1.50, SD=2.00',
    [{ clock: 'CLOCK_REALTIME', minNanoseconds: -4 }],
  ],
  [`${P}Waiting for ptp4l...`, [{ kind: 'clockSource', what: 'WaitingForPtp4l' }]],
  [`${P}Lost connection to ptp4l #1`, [{ what: 'LostConnection' }]],
  [`${P}reconfiguring after port state change`, [{ what: 'Reconfiguring' }]],
  [`${P}nothing to synchronize`, [{ what: 'NothingToSynchronize' }]],
  [`${P}selecting ens5f0 as the master clock`, [{ what: 'Selected', clock: 'ens5f0' }]],
  [`${P}selecting ens2f0 as domain source clock`, [{ what: 'Selected', clock: 'ens2f0' }]],
  [`${P}selecting ens2f2 as out-of-domain source clock`, [{ what: 'SelectedOutOfDomain', clock: 'ens2f2' }]],
  [`${P}selecting CLOCK_REALTIME for synchronization`, [{ what: 'Synchronizing', clock: 'CLOCK_REALTIME' }]],
  [`${P}port b49691.fffe.a3f27c-1 changed state`, []],
  [`${P}source clock not ready, waiting...`, []],
  [`${P}master clock not ready, waiting...`, []],
  [
    'phc2sys[1031603.223]: [ptp4l.1.config:3] failed to get UTC offset',
    [{ kind: 'timeProperties', what: 'UtcOffsetUnavailable', level: 3 }],
  ],
  [
    `${P}clockcheck: clock jumped backward or running slower than expected!`,
    [{ kind: 'clockCheck', what: 'JumpedBackward' }],
  ],
  [
    'phc2sys[1710435400]:[phc2sys.2.config] ptp_ha_profile profile1 state 1',
    [
      {
        kind: 'haProfile',
        profile: 'profile1',
        active: true,
        configName: 'phc2sys.2.config',
        uptimeMicros: undefined,
      },
    ],
  ],
  [
    'phc2sys[1757326339]:[ptp4l.1.config] PTP_PROCESS_STATUS:0',
    [{ kind: 'processLife', program: 'phc2sys', what: 'Down', configName: 'ptp4l.1.config' }],
  ],
];

describe('phc2sys', () => {
  it.each([...samples])('%s', (text, facts) => {
    const { observations, counts } = observeLog(`${text}\n`);
    expect(counts).toMatchObject({ total: 1, recognised: 1 });
    expect(observations).toHaveLength(facts.length);
    expect(observations).toMatchObject(facts);
  });
});
