import { NIC_FAMILIES, type PhcScope } from '../../src/ptp/nic.ts';
import { code, codes, table } from './markdown.ts';

const SCOPES: Readonly<Record<PhcScope, string>> = {
  Card: 'one per card',
  Port: 'one per port',
  System: 'one for all ports of the system',
  Unknown: 'not known',
};

export function nicsPage(): string {
  const rows = NIC_FAMILIES.map(({ name, driver, vendorId, deviceIds, phcScope, hasDpll, notes }) => [
    name,
    code(driver),
    code(vendorId),
    codes(deviceIds),
    SCOPES[phcScope],
    hasDpll ? 'yes' : '',
    notes,
  ]);
  return `# Network cards

Cards the program knows by PCI vendor and device number, from the tables of the kernel drivers. Ports on
different hardware clocks (PHCs) need \`boundary_clock_jbod 1\` in one ptp4l. Where the platform does not
tell PCI numbers, only the driver is known, and a report says so.

${table(['Family', 'Driver', 'Vendor', 'Devices', 'Hardware clock', 'DPLL', 'Notes'], rows)}
`;
}
