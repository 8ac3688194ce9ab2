import { describe, expect, it } from '@jest/globals';
import type { SampleLine } from '../../../../test/support/observe-log.ts';
import { observeLog } from '../../../../test/support/observe-log.ts';

const samples: readonly SampleLine[] = [
  [
    'dpll[1700598434]:[ts2phc.0.config] ens2f0 frequency_status 3 offset 0 phase_status 3 pps_status 1 s2',
    [
      {
        kind: 'dpll',
        program: 'dpll',
        configName: 'ts2phc.0.config',
        interfaceName: 'ens2f0',
        frequencyStatus: 'LockedHoldoverAcquired',
        phaseStatus: 'LockedHoldoverAcquired',
        ppsAvailable: true,
        offsetNanoseconds: 0,
        state: 'Locked',
        atMicros: 1_700_598_434_000_000,
        uptimeMicros: undefined,
      },
    ],
  ],
  [
    'dpll[1757326334]:[ts2phc.1.config] ens4f0 frequency_status 1 offset 99999999999 phase_status 4 pps_status 0 s0',
    [
      {
        frequencyStatus: 'FreeRun',
        phaseStatus: 'Holdover',
        ppsAvailable: false,
        offsetNanoseconds: undefined,
        state: 'FreeRun',
      },
    ],
  ],
  [
    'dpll[1757326334]:[ts2phc.1.config] ens4f0 frequency_status -1 s1',
    [{ frequencyStatus: 'Unknown', phaseStatus: undefined, ppsAvailable: undefined, state: 'Holdover' }],
  ],
  [
    'gnss[1689014431]:[ts2phc.0.config] ens2f1 gnss_status 5 offset 7 s0',
    [{ kind: 'gnss', interfaceName: 'ens2f1', fix: 5, timeAccuracyNanoseconds: 7, state: 'FreeRun' }],
  ],
  [
    'gnss[1689014431]:[ts2phc.0.config] ens2f1 gnss_status 0 offset 99999999 s0',
    [{ fix: 0, timeAccuracyNanoseconds: undefined }],
  ],
  [
    'GM[1689282762]:[ts2phc.0.config] ens2f1 T-GM-STATUS s0',
    [{ kind: 'syncStatus', program: 'GM', role: 'T-GM', interfaceName: 'ens2f1', state: 'FreeRun' }],
  ],
  [
    'GM[1689282762]:[ts2phc.0.config] unknown T-GM-STATUS s1',
    [{ interfaceName: undefined, state: 'Holdover' }],
  ],
  [
    'T-BC[1757326334]:[ts2phc.1.config] ens4f0 offset 99999999999 T-BC-STATUS s0',
    [{ kind: 'syncStatus', role: 'T-BC', offsetNanoseconds: undefined, state: 'FreeRun' }],
  ],
  [
    'T-BC[1757601724]:[ts2phc.1.config] ens4f0 offset -3 T-BC-STATUS s1',
    [{ offsetNanoseconds: -3, state: 'Holdover' }],
  ],
  [
    'synce4l[1722456110]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1',
    [
      {
        kind: 'synce',
        interfaceName: 'ens7f0',
        device: 'synce1',
        eecState: 'EEC_HOLDOVER',
        networkOption: 2,
        state: 'Holdover',
      },
    ],
  ],
  [
    'synce4l[1722458091]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2',
    [{ clockQuality: 'PRTC', extendedQualityLevel: 0x20, qualityLevel: 1, state: 'Locked' }],
  ],
  [
    'I0908 10:13:02.182194  624338 event_tbc.go:266] ptp4l[1757326382]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 6',
    [{ kind: 'clockClass', program: 'ptp4l', clockClass: 6, configName: 'ts2phc.1.config' }],
  ],
  ['ptp4l[1757326382]:[ptp4l.0.config] CLOCK_CLASS_CHANGE 165.000000', [{ clockClass: 165 }]],
  [
    'I0908 10:12:19.582222  624338 daemon.go:928] phc2sys[1757326339]:[ptp4l.1.config] PTP_PROCESS_STATUS:1',
    [{ kind: 'processLife', program: 'phc2sys', what: 'Up' }],
  ],
];

describe("the daemon's status lines", () => {
  it.each([...samples])('%s', (text, facts) => {
    const { observations, counts } = observeLog(`${text}\n`);
    expect(counts).toMatchObject({ total: 1, recognised: 1 });
    expect(observations).toHaveLength(facts.length);
    expect(observations).toMatchObject(facts);
  });

  it('leaves what is no status line alone', () => {
    const { observations, counts } = observeLog(
      'T-BC[1757601724]:[ts2phc.1.config] ens4f0 rather odd words\n',
    );
    expect(observations).toEqual([]);
    expect(counts.unrecognised).toBe(1);
  });
});
