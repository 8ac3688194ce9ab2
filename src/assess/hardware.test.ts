import { describe, expect, it } from '@jest/globals';
import { boundaryClock, ordinaryClock, telecomBoundaryClock } from '../../test/reference-profiles.ts';
import { DEFAULT_POLICY } from '../api/policy.ts';
import type { PtpDevice, PtpProfile } from '../observe/observation.ts';
import { NIC_FAMILIES, nicFacts, phcGroup } from '../ptp/nic.ts';
import { createNodeState } from '../state/node-state.ts';
import type { NodeState } from '../state/node-state.ts';
import { buildExpected } from './expected-model.ts';
import { hardwareMap, hardwareRules } from './hardware.ts';

const ICE = 'ice v5.14.0-570.el9.x86_64';

function ports(card: string, address: string, driverVersion: string | undefined = ICE): readonly PtpDevice[] {
  return [0, 1, 2, 3].map((port) => ({
    interfaceName: `${card}f${port}`,
    pciAddress: `${address}.${port}`,
    driverVersion,
    linkStatus: 'Up',
  }));
}

function nodeWith(devices: readonly PtpDevice[] | undefined): NodeState {
  const state = createNodeState('worker-0', 0);
  state.devices = {
    kind: 'devices',
    node: 'worker-0',
    source: 'Resource',
    atMicros: 0,
    ...(devices === undefined ? {} : { devices }),
  };
  return state;
}

function expectedOf(profiles: readonly PtpProfile[]) {
  return buildExpected({
    assigned: [
      {
        kind: 'profilesAssigned',
        node: 'worker-0',
        source: 'Resource',
        atMicros: 0,
        origin: 'Applied',
        profiles,
      },
    ],
  });
}

function broken(
  profiles: readonly PtpProfile[],
  devices: readonly PtpDevice[] | undefined,
): readonly string[] {
  const context = {
    state: nodeWith(devices),
    expected: expectedOf(profiles),
    policy: DEFAULT_POLICY,
    now: 0,
  };
  const applying = hardwareRules.filter((rule) => rule.applies?.(context) !== false);
  return applying.flatMap((rule) => rule.check(context)).map(({ rule, subject }) => `${rule} ${subject}`);
}

describe('hardwareRules', () => {
  const card = ports('ens1', '0000:51:00');

  it.each<[string, readonly PtpProfile[], readonly PtpDevice[] | undefined, readonly string[]]>([
    ['a complete card', [boundaryClock()], card, []],
    [
      'names with the npN suffix',
      [boundaryClock()],
      card.map((device, port) => ({ ...device, interfaceName: `${device.interfaceName}np${port}` })),
      [],
    ],
    ['no NodePtpDevice', [boundaryClock()], undefined, []],
    [
      'an interface that is not listed',
      [boundaryClock()],
      card.slice(1),
      ['hardware-interface-missing ens1f0'],
    ],
    ['a name yet to be filled in', [{ ...ordinaryClock(), interface: '$interface' }], card, []],
    [
      'a link that is down',
      [boundaryClock()],
      card.map((device, port) => (port === 0 ? { ...device, linkStatus: 'Down' as const } : device)),
      ['hardware-link-down ens1f0'],
    ],
    [
      'a driver without hardware stamps',
      [{ ...ordinaryClock(), interface: 'eth0' }],
      [{ interfaceName: 'eth0', driverVersion: 'virtio_net' }],
      ['hardware-no-time-stamps eth0'],
    ],
    [
      'one clock per port',
      [boundaryClock()],
      ports('ens1', '0000:51:00', 'i40e v1'),
      ['hardware-mixed-clocks boundary'],
    ],
    [
      'one clock per port, joined',
      [boundaryClock({ boundary_clock_jbod: '1' })],
      ports('ens1', '0000:51:00', 'i40e v1'),
      [],
    ],
    ['a driver nobody knows', [boundaryClock()], ports('ens1', '0000:51:00', 'acme'), []],
    ['the card of the plugin', telecomBoundaryClock(), ports('ens4', '0000:17:00'), []],
    [
      'another card than the plugin is for',
      telecomBoundaryClock(),
      ports('ens4', '0000:17:00', 'mlx5_core v5'),
      ['hardware-plugin-card tbc-tr'],
    ],
  ])('%s', (_name, profiles, devices, findings) => {
    expect(broken(profiles, devices)).toEqual(findings);
  });
});

describe('hardwareMap', () => {
  it('joins interface, card, clock and profile, spare interfaces last', () => {
    const state = nodeWith([
      { interfaceName: 'ens9f0' },
      {
        interfaceName: 'ens5f0np0',
        pciAddress: '0000:51:00.0',
        vendorId: '0x8086',
        deviceId: '0x1593',
        driverVersion: ICE,
        firmwareVersion: '4.40',
        linkStatus: 'Up',
      },
    ]);
    expect(hardwareMap(state, expectedOf([ordinaryClock()]))).toMatchObject([
      {
        interfaceName: 'ens5f0np0',
        configuredName: 'ens5f0',
        driver: 'ice',
        model: 'Intel E810',
        firmwareVersion: '4.40',
        phcScope: 'Card',
        hardwareTimestamping: 'Yes',
        link: 'Up',
        profile: 'slave',
        role: 'TimeReceiver',
        findings: [],
      },
      { interfaceName: 'ens9f0', role: 'Unused', hardwareTimestamping: 'Yes', link: 'Unknown' },
    ]);
  });

  it('knows nothing without NodePtpDevice, and says so', () => {
    expect(hardwareMap(nodeWith(undefined), expectedOf([ordinaryClock()]))).toMatchObject([
      { interfaceName: 'ens5f0', hardwareTimestamping: 'Unknown', link: 'Unknown', findings: [] },
    ]);
  });
});

describe('the NIC catalogue', () => {
  it('names every PCI device once', () => {
    const ids = NIC_FAMILIES.flatMap(({ vendorId, deviceIds }) =>
      deviceIds.map((deviceId) => `${vendorId}:${deviceId}`),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[0-9a-f]{4}:[0-9a-f]{4}$/.test(id))).toEqual([]);
  });

  it.each([
    [
      { interfaceName: 'a', vendorId: '8086', deviceId: '579D', pciAddress: '0000:13:00.1' },
      'PciId',
      'Intel E825-C',
    ],
    [{ interfaceName: 'a', driverVersion: 'ice', pciAddress: '0000:51:00.3' }, 'Driver', '0000:51:00'],
    [
      { interfaceName: 'a', driverVersion: 'mlx5_core v5', pciAddress: '0000:51:00.1' },
      'Driver',
      '0000:51:00.1',
    ],
    [{ interfaceName: 'a', driverVersion: 'ice', pciAddress: 'garbage' }, 'Driver', undefined],
    [{ interfaceName: 'a', driverVersion: '__proto__', pciAddress: '0000:51:00.1' }, 'None', undefined],
  ] as const)('%j: clock group by %s', (nic, basis, group) => {
    expect(nicFacts(nic).basis).toBe(basis);
    expect(phcGroup(nic)).toBe(group);
  });
});
