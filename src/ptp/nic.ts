/**
 * Network cards as far as PTP cares: which driver a PCI device has, and how far one PTP hardware
 * clock (PHC) reaches. Device numbers are those of the kernel drivers.
 */

/** `Card`: one PHC for all ports of a PCI device. `Port`: one each. `System`: one for all of the SoC's ports. */
export type PhcScope = 'Card' | 'Port' | 'System' | 'Unknown';

export interface NicFamily {
  name: string;
  driver: string;
  /** PCI vendor, four hexadecimal digits. */
  vendorId: string;
  deviceIds: readonly string[];
  phcScope: PhcScope;
  /** Has a DPLL the daemon can watch. */
  hasDpll: boolean;
  notes: string;
}

const INTEL = '8086';
const MELLANOX = '15b3';
const BROADCOM = '14e4';

export const NIC_FAMILIES: readonly NicFamily[] = [
  {
    name: 'Intel E810',
    driver: 'ice',
    vendorId: INTEL,
    deviceIds: ['1591', '1592', '1593', '1599', '159a', '159b'],
    phcScope: 'Card',
    hasDpll: true,
    notes: 'DPLL on the T variants only; wants tx_timestamp_timeout 50',
  },
  {
    name: 'Intel E822',
    driver: 'ice',
    vendorId: INTEL,
    deviceIds: ['1890', '1891', '1892', '1893', '1894', '1897', '1898', '1899', '189a'],
    phcScope: 'Card',
    hasDpll: false,
    notes: 'integrated; DPLL on some boards',
  },
  {
    name: 'Intel E823',
    driver: 'ice',
    vendorId: INTEL,
    deviceIds: ['188a', '188b', '188c', '188d', '188e', '124c', '124d', '124e', '124f', '151d'],
    phcScope: 'Card',
    hasDpll: false,
    notes: 'integrated; DPLL on some boards',
  },
  {
    name: 'Intel E825-C',
    driver: 'ice',
    vendorId: INTEL,
    deviceIds: ['579c', '579d', '579e', '579f'],
    phcScope: 'System',
    hasDpll: true,
    notes: 'part of the SoC; all its ports share one clock',
  },
  {
    name: 'Intel E830',
    driver: 'ice',
    vendorId: INTEL,
    deviceIds: ['12d1', '12d2', '12d3', '12d4', '12d5', '12d8', '12da', '12dc', '12dd', '12de'],
    phcScope: 'Card',
    hasDpll: true,
    notes: 'as a follower card it shows phase status only',
  },
  {
    name: 'Intel E835',
    driver: 'ice',
    vendorId: INTEL,
    deviceIds: ['1248', '1249', '124a', '1261', '1262', '1263', '1265', '1266', '1267'],
    phcScope: 'Card',
    hasDpll: false,
    notes: '',
  },
  {
    name: 'Intel X710/XL710/XXV710',
    driver: 'i40e',
    vendorId: INTEL,
    deviceIds: ['1572', '1583', '1584', '1585', '1586', '1589', '158a', '158b', '15ff'],
    phcScope: 'Port',
    hasDpll: false,
    notes: 'few transmit time stamp slots',
  },
  {
    name: 'Intel X722',
    driver: 'i40e',
    vendorId: INTEL,
    deviceIds: ['37d0', '37d1', '37d2'],
    phcScope: 'Port',
    hasDpll: false,
    notes: '',
  },
  {
    name: 'Intel 82599',
    driver: 'ixgbe',
    vendorId: INTEL,
    deviceIds: ['10fb'],
    phcScope: 'Port',
    hasDpll: false,
    notes: 'stamps filtered PTP messages only',
  },
  {
    name: 'Intel X540',
    driver: 'ixgbe',
    vendorId: INTEL,
    deviceIds: ['1528'],
    phcScope: 'Port',
    hasDpll: false,
    notes: 'stamps filtered PTP messages only',
  },
  {
    name: 'Intel X550',
    driver: 'ixgbe',
    vendorId: INTEL,
    deviceIds: ['1563'],
    phcScope: 'Port',
    hasDpll: false,
    notes: '',
  },
  {
    name: 'Intel I210',
    driver: 'igb',
    vendorId: INTEL,
    deviceIds: ['1533', '1536', '1537', '1538', '157b'],
    phcScope: 'Port',
    hasDpll: false,
    notes: 'a starved kernel worker shows as transmit time stamp timeouts',
  },
  {
    name: 'Intel I350',
    driver: 'igb',
    vendorId: INTEL,
    deviceIds: ['1521', '1522', '1523', '1524'],
    phcScope: 'Port',
    hasDpll: false,
    notes: '',
  },
  {
    name: 'Intel I225',
    driver: 'igc',
    vendorId: INTEL,
    deviceIds: ['15f2', '15f3'],
    phcScope: 'Port',
    hasDpll: false,
    notes: 'early steppings are faulty',
  },
  {
    name: 'Intel I226',
    driver: 'igc',
    vendorId: INTEL,
    deviceIds: ['125b', '125c', '125d'],
    phcScope: 'Port',
    hasDpll: false,
    notes: '',
  },
  {
    name: 'NVIDIA ConnectX-4 Lx',
    driver: 'mlx5_core',
    vendorId: MELLANOX,
    deviceIds: ['1015'],
    phcScope: 'Port',
    hasDpll: false,
    notes: 'coarse time stamps',
  },
  {
    name: 'NVIDIA ConnectX-5',
    driver: 'mlx5_core',
    vendorId: MELLANOX,
    deviceIds: ['1017', '1019'],
    phcScope: 'Port',
    hasDpll: false,
    notes: 'coarse time stamps',
  },
  {
    name: 'NVIDIA ConnectX-6',
    driver: 'mlx5_core',
    vendorId: MELLANOX,
    deviceIds: ['101b'],
    phcScope: 'Port',
    hasDpll: false,
    notes: '',
  },
  {
    name: 'NVIDIA ConnectX-6 Dx',
    driver: 'mlx5_core',
    vendorId: MELLANOX,
    deviceIds: ['101d'],
    phcScope: 'Port',
    hasDpll: true,
    notes: 'use the real-time clock firmware mode',
  },
  {
    name: 'NVIDIA ConnectX-6 Lx',
    driver: 'mlx5_core',
    vendorId: MELLANOX,
    deviceIds: ['101f'],
    phcScope: 'Port',
    hasDpll: false,
    notes: 'use the real-time clock firmware mode',
  },
  {
    name: 'NVIDIA ConnectX-7',
    driver: 'mlx5_core',
    vendorId: MELLANOX,
    deviceIds: ['1021'],
    phcScope: 'Port',
    hasDpll: true,
    notes: 'use the real-time clock firmware mode',
  },
  {
    name: 'NVIDIA BlueField',
    driver: 'mlx5_core',
    vendorId: MELLANOX,
    deviceIds: ['a2d6', 'a2dc'],
    phcScope: 'Port',
    hasDpll: false,
    notes: '',
  },
  {
    name: 'Broadcom NetXtreme-E',
    driver: 'bnxt_en',
    vendorId: BROADCOM,
    deviceIds: ['16d7', '1750', '1751', '1752', '1760', '1761', '1762', '1763'],
    phcScope: 'Unknown',
    hasDpll: false,
    notes: 'older firmware stamps only some frames',
  },
];

interface DriverFacts {
  /** Takes time stamps of PTP messages in hardware. */
  stampsInHardware: boolean;
  phcScope: PhcScope;
}

/** Drivers by name: all that is known where the platform does not fill in PCI numbers. */
const DRIVERS: Readonly<Record<string, DriverFacts>> = {
  // Every family but the SoC's own ports has one clock per card.
  ice: { stampsInHardware: true, phcScope: 'Card' },
  i40e: { stampsInHardware: true, phcScope: 'Port' },
  ixgbe: { stampsInHardware: true, phcScope: 'Port' },
  igb: { stampsInHardware: true, phcScope: 'Port' },
  igc: { stampsInHardware: true, phcScope: 'Port' },
  e1000e: { stampsInHardware: true, phcScope: 'Port' },
  mlx5_core: { stampsInHardware: true, phcScope: 'Port' },
  bnxt_en: { stampsInHardware: true, phcScope: 'Unknown' },
  tg3: { stampsInHardware: true, phcScope: 'Port' },
  sfc: { stampsInHardware: true, phcScope: 'Unknown' },
  cxgb4: { stampsInHardware: true, phcScope: 'Unknown' },
  stmmac: { stampsInHardware: true, phcScope: 'Port' },
  macb: { stampsInHardware: true, phcScope: 'Port' },
  virtio_net: { stampsInHardware: false, phcScope: 'Unknown' },
  vmxnet3: { stampsInHardware: false, phcScope: 'Unknown' },
  veth: { stampsInHardware: false, phcScope: 'Unknown' },
  r8169: { stampsInHardware: false, phcScope: 'Unknown' },
};

/** What identifies a card; the platform fills in only some of it. */
export interface NicIdentity {
  interfaceName: string;
  pciAddress?: string;
  vendorId?: string;
  deviceId?: string;
  /** `ice v5.14.0-570` or `ice`. */
  driverVersion?: string;
}

export interface NicFacts {
  driver?: string;
  family?: NicFamily;
  stampsInHardware?: boolean;
  phcScope: PhcScope;
  /** Told by PCI numbers, inferred from the driver, or not known at all. */
  basis: 'PciId' | 'Driver' | 'None';
}

const hex = (text: string | undefined): string | undefined =>
  text?.trim().toLowerCase().replace(/^0x/, '').padStart(4, '0');

export function nicFacts(nic: NicIdentity): NicFacts {
  const vendor = hex(nic.vendorId);
  const device = hex(nic.deviceId);
  const family = NIC_FAMILIES.find(
    ({ vendorId, deviceIds }) => vendorId === vendor && device !== undefined && deviceIds.includes(device),
  );
  const driver = driverName(nic.driverVersion) ?? family?.driver;
  const known = driver !== undefined && Object.hasOwn(DRIVERS, driver) ? DRIVERS[driver] : undefined;
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(family === undefined ? {} : { family }),
    ...(known === undefined ? {} : { stampsInHardware: known.stampsInHardware }),
    phcScope: family?.phcScope ?? known?.phcScope ?? 'Unknown',
    basis: family !== undefined ? 'PciId' : known !== undefined ? 'Driver' : 'None',
  };
}

/** First word of the driver text; it may stand alone. */
export function driverName(driverVersion: string | undefined): string | undefined {
  const word = driverVersion?.trim().split(/\s+/, 1)[0];
  return word === undefined || word === '' ? undefined : word;
}

const PCI_ADDRESS = /^((?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2})\.([0-7])$/;

/**
 * A name for the clock an interface hangs on: equal names, one clock. Undefined when the card is
 * not known well enough to say.
 */
export function phcGroup(nic: NicIdentity): string | undefined {
  const { phcScope, driver, family } = nicFacts(nic);
  const match = PCI_ADDRESS.exec(nic.pciAddress?.toLowerCase() ?? '');
  switch (phcScope) {
    case 'System':
      return family?.name ?? driver;
    case 'Card':
      return match?.[1];
    case 'Port':
      return match === null ? undefined : match[0];
    case 'Unknown':
      return undefined;
  }
}
