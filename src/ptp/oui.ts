/**
 * Makers of clocks by the first three octets of a clock identity, which come from a MAC address.
 * A short list of makers whose gear is met in PTP networks; from the registry of the IEEE.
 */
const OUI: Readonly<Record<string, string>> = {
  '00000c': 'Cisco',
  '0001ec': 'Ericsson',
  '0002c9': 'NVIDIA (Mellanox)',
  '000585': 'Juniper',
  '000cec': 'Safran (Spectracom)',
  '000efe': 'EndRun',
  '001018': 'Broadcom',
  '0010db': 'Juniper',
  '0012cf': 'Accton',
  '001422': 'Dell',
  '001517': 'Intel',
  '001b21': 'Intel',
  '001c73': 'Arista',
  '00238a': 'Ciena',
  '002590': 'Supermicro',
  '0080ea': 'Adtran (ADVA)',
  '00a069': 'Microchip (Symmetricom)',
  '00b0ae': 'Microchip (Symmetricom)',
  '00d0f6': 'Nokia',
  '00e0ed': 'Silicom',
  '00e0fc': 'Huawei',
  '043f72': 'NVIDIA (Mellanox)',
  '0c42a1': 'NVIDIA (Mellanox)',
  '248a07': 'NVIDIA (Mellanox)',
  '28993a': 'Arista',
  '2c6bf5': 'Juniper',
  '3cecef': 'Supermicro',
  '3cfdfe': 'Intel',
  '40a6b7': 'Intel',
  '444ca8': 'Arista',
  '6805ca': 'Intel',
  '7072cf': 'Edgecore',
  '7cfe90': 'NVIDIA (Mellanox)',
  '8cea1b': 'Edgecore',
  '98039b': 'NVIDIA (Mellanox)',
  a0369f: 'Intel',
  ac1f6b: 'Supermicro',
  b49691: 'Intel',
  b8599f: 'NVIDIA (Mellanox)',
  e41d2d: 'NVIDIA (Mellanox)',
  ec0d9a: 'NVIDIA (Mellanox)',
  ec4670: 'Meinberg',
};

const LOCALLY_ADMINISTERED = 0x02;

/** Who made the clock of an identity such as `ec4670.fffe.001234`; undefined when the list does not say. */
export function makerOf(clockIdentity: string): string | undefined {
  const prefix = clockIdentity
    .toLowerCase()
    .replaceAll(/[^0-9a-f]/g, '')
    .slice(0, 6);
  if (prefix.length < 6) return undefined;
  if (Object.hasOwn(OUI, prefix)) return OUI[prefix];
  const isLocal = (Number.parseInt(prefix.slice(0, 2), 16) & LOCALLY_ADMINISTERED) !== 0;
  return isLocal ? 'locally administered' : undefined;
}

/** Two spellings of one identity are one: case and separators do not count. */
export function sameIdentityKey(clockIdentity: string): string {
  return clockIdentity.toLowerCase().replaceAll(/[^0-9a-f]/g, '');
}
