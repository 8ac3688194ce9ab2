import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  boundaryClock,
  highAvailabilitySet,
  ordinaryClock,
  ptp4lText,
  telecomBoundaryClock,
} from '../../../test/reference-profiles.ts';
import type { PtpProfile } from '../../observe/observation.ts';
import { lintProfiles } from './lint.ts';

describe('lintProfiles', () => {
  it('names profile, place and remedy, the worst first', () => {
    const { profiles, findings } = lintProfiles([boundaryClock({ domainNumber: '5', priority1: '1' })]);
    expect(profiles).toEqual([{ name: 'boundary', clockType: 'BC', ituProfile: 'G.8275.1' }]);
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['G8275.1-domain', 'Error'],
      ['G8275.1-priority1', 'Warn'],
    ]);
    expect(findings[0]).toMatchObject({
      profile: 'boundary',
      option: 'domainNumber',
      section: 'global',
      expected: '24 to 43',
      found: '5',
    });
  });

  it('does not hold against a file what another file may hold', () => {
    const alone = [...highAvailabilitySet().slice(2), telecomBoundaryClock()[1]];
    expect(lintProfiles(alone).findings.filter(({ severity }) => severity === 'Error')).toEqual([]);
  });

  it('says nothing about names a template has yet to fill in', () => {
    const template: PtpProfile = { ...ordinaryClock(), interface: '$interface' };
    const receiver = telecomBoundaryClock()[0];
    const placeholders = {
      ...receiver,
      phc2sysOpts: '-r -n 24 -w -s $iface_timeRx',
      ptp4lConf: ptp4lText({ $iface_timeRx: 'masterOnly 0' }),
    };
    for (const profile of [template, placeholders]) {
      expect(lintProfiles([profile]).findings.filter(({ severity }) => severity === 'Error')).toEqual([]);
    }
  });

  it('judges G.8275.2 by its own rules', () => {
    const table = '[unicast_master_table]\ntable_id 1\nUDPv4 10.0.0.1\n';
    const text = `[global]\nslaveOnly 1\ndomainNumber 44\ndataset_comparison G.8275.x\nnetwork_transport UDPv4\nlogAnnounceInterval 0\nlogSyncInterval -4\nhybrid_e2e 1\ninhibit_multicast_service 1\nunicast_req_duration 300\ndscp_event 46\n${table}[ens1f0]\nunicast_master_table 1\n`;
    const profile: PtpProfile = {
      ...ordinaryClock(),
      interface: 'ens1f0',
      ptp4lOpts: ' ',
      phc2sysOpts: '-a -r -n 44',
      ptp4lConf: text,
    };
    const rules = (conf: string): readonly string[] =>
      lintProfiles([{ ...profile, ptp4lConf: conf }]).findings.map(
        ({ rule, severity }) => `${rule} ${severity}`,
      );
    expect(rules(text)).toEqual(['G8275.2-table-servers Warn']);
    expect(rules(text.replace('table_id 1', 'table_id 2'))).toContain('G8275.2-table-present Error');
    expect(rules(text.replace('UDPv4 10.0.0.1', 'UDPv6 fe80::1'))).toContain('G8275.2-table-transport Error');
    expect(rules(text.replace('hybrid_e2e 1', 'hybrid_e2e 0'))).toContain('G8275.2-hybrid-e2e Error');
    expect(rules(`${text}[unicast_master_table]\ntable_id 2\n`)).toContain('daemon-merged-section Error');
  });

  it('never throws and never fails a check itself, whatever the profile', () => {
    const anyText = fc.oneof(
      fc.string({ maxLength: 400 }),
      fc.constantFrom('', ' ', '-a -r -n', '[global]\n[', '-s a -c b', '[global]\ndomainNumber'),
    );
    const profile = fc.record({
      name: fc.constantFrom('a', 'b', '__proto__', 'constructor'),
      interface: anyText,
      ptp4lOpts: anyText,
      ptp4lConf: anyText,
      phc2sysOpts: anyText,
      ts2phcOpts: anyText,
      ts2phcConf: anyText,
      synce4lOpts: anyText,
      ptpSettings: fc.dictionary(
        fc.constantFrom('clockType', 'controllingProfile', 'haProfiles', 'logReduce', 'upstreamPort'),
        fc.constantFrom('a', 'b', 'T-BC', 'a,b', ''),
      ),
      plugins: fc.dictionary(fc.constantFrom('e810', 'x'), fc.jsonValue()),
    });
    fc.assert(
      fc.property(fc.array(profile, { maxLength: 4 }), (profiles) => {
        const { findings } = lintProfiles(profiles);
        expect(findings.filter(({ message }) => message.startsWith('the check could not be made'))).toEqual(
          [],
        );
      }),
    );
  });
});
