import { describe, expect, it } from '@jest/globals';
import type { SampleLine } from '../../../../test/support/observe-log.ts';
import { observeLog } from '../../../../test/support/observe-log.ts';

const samples: readonly SampleLine[] = [
  [
    'synce4l[627602.540]: [synce4l.0.config] tx_rebuild_tlv: attached new TLV, QL=0x1 on ens7f0',
    [{ kind: 'synce', interfaceName: 'ens7f0', qualityLevel: 1 }],
  ],
  [
    'synce4l[627602.593]: [synce4l.0.config] tx_rebuild_tlv: attached new extended TLV, EXT_QL=0x20 on ens7f0',
    [{ extendedQualityLevel: 0x20 }],
  ],
  [
    'synce4l[627685.138]: [synce4l.0.config] EEC_LOCKED/EEC_LOCKED_HO_ACQ on GNSS of synce1',
    [{ eecState: 'EEC_LOCKED', device: 'synce1' }],
  ],
  [
    'synce4l[627685.138]: [synce4l.0.config] EEC_HOLDOVER on synce1',
    [{ eecState: 'EEC_HOLDOVER', device: 'synce1' }],
  ],
  [
    'synce4l[627602.593]: [synce4l.0.config] act on EEC_LOCKED/EEC_LOCKED_HO_ACQ for ens7f0',
    [{ eecState: 'EEC_LOCKED', interfaceName: 'ens7f0' }],
  ],
  [
    'chronyd[74737.942]: [chronyd.0.config] Selected source 192.168.1.1',
    [
      {
        kind: 'chrony',
        what: 'Selected',
        serverAddress: '192.168.1.1',
        uptimeMicros: 74_737_942_000,
        configName: 'chronyd.0.config',
      },
    ],
  ],
  [
    'chronyd[812][chronyd.0.config]: Selected source 192.168.1.1',
    [{ kind: 'chrony', uptimeMicros: undefined, configName: 'chronyd.0.config' }],
  ],
  [
    "2026-11-22T04:14:06Z Can't synchronise: no selectable sources",
    [
      {
        kind: 'chrony',
        program: 'chronyd',
        what: 'NoSelectableSources',
        atMicros: Date.parse('2026-11-22T04:14:06Z') * 1000,
      },
    ],
  ],
  [
    '2026-11-22T04:13:47Z chronyd version 4.3 starting (+CMDMON +NTP)',
    [{ kind: 'processLife', program: 'chronyd', what: 'Up' }],
  ],
  ['2026-11-22T04:14:15Z chronyd exiting', [{ what: 'Down' }]],
  ['  iTOW 437000 gpsFix 3 flags 0xdd fixStat 0x0 flags2 0x8', [{ kind: 'gnss', fix: 3 }]],
  ['  iTOW 437000 clkB 61594 clkD -56 tAcc 23 fAcc 0', [{ kind: 'gnss', timeAccuracyNanoseconds: 23 }]],
  ['UBX-NAV-STATUS:', []],
];

describe('synce4l, chronyd and receiver text', () => {
  it.each([...samples])('%s', (text, facts) => {
    const { observations, counts } = observeLog(`${text}\n`);
    expect(counts).toMatchObject({ total: 1, recognised: 1 });
    expect(observations).toHaveLength(facts.length);
    expect(observations).toMatchObject(facts);
  });
});

describe('pmc', () => {
  it('makes one fact of each reply', () => {
    const text = [
      'sending: GET PARENT_DATA_SET',
      '\t020000.fffe.000100-0 seq 0 RESPONSE MANAGEMENT PARENT_DATA_SET ',
      '\t\tparentPortIdentity                    020000.fffe.000100-0',
      '\t\tgm.ClockClass                         6',
      '\t\tgrandmasterIdentity                   020000.fffe.000100',
      'sending: GET PORT_DATA_SET',
      '\t020000.fffe.000100-1 seq 0 RESPONSE MANAGEMENT PORT_DATA_SET ',
      '\t\tportState               MASTER',
      '\t020000.fffe.000100-2 seq 0 RESPONSE MANAGEMENT PORT_DATA_SET ',
      '\t\tportState               FAULTY',
      'sending: GET DEFAULT_DATA_SET',
    ].join('\n');
    const { observations, counts } = observeLog(text, { program: 'pmc' });
    expect(counts.recognised).toBe(11);
    expect(observations).toMatchObject([
      {
        kind: 'dataSet',
        program: 'pmc',
        name: 'PARENT_DATA_SET',
        portIdentity: '020000.fffe.000100-0',
        values: { 'gm.ClockClass': '6', grandmasterIdentity: '020000.fffe.000100' },
      },
      { name: 'PORT_DATA_SET', portIdentity: '020000.fffe.000100-1', values: { portState: 'MASTER' } },
      { name: 'PORT_DATA_SET', portIdentity: '020000.fffe.000100-2', values: { portState: 'FAULTY' } },
    ]);
  });
});
