import type { PtpHealthReportStatus } from '../api/report.ts';
import { sameInterface } from '../assess/detect/detector.ts';
import type { Expected } from '../assess/expected.ts';
import { hardwareMap, type HardwareRow } from '../assess/hardware.ts';
import { formatSeconds } from '../ptp/time.ts';
import type { NodeState } from '../state/node-state.ts';
import { clean, cleanOptional, compact } from './text.ts';

const MAX_NICS = 24;
const MAX_FINDINGS = 2;
type Hardware = PtpHealthReportStatus['hardware'];
type Nic = Hardware['nics'][number];

/** Interfaces in use by PTP first, then those able to take part. */
export function hardwareReport(state: NodeState, expected: Expected): Hardware {
  const rows = hardwareMap(state, expected);
  const used = rows.filter((row) => row.role !== 'Unused').map(nicReport);
  const spare = rows.filter((row) => row.role === 'Unused').map(nicReport);
  const nics = [...used, ...portsBeyond(rows, state), ...spare];
  return compact<Hardware>({
    nics: nics.slice(0, MAX_NICS),
    totalNics: nics.length,
    observedTime: state.devices?.devices === undefined ? undefined : formatSeconds(state.devices.atMicros),
  });
}

function nicReport(row: HardwareRow): Nic {
  const findings = row.findings.slice(0, MAX_FINDINGS).map((text) => clean(text, 160));
  return compact<Nic>({
    interfaceName: clean(row.interfaceName, 64),
    driver: cleanOptional(row.driver, 64),
    driverVersion: cleanOptional(row.driverVersion, 128),
    firmwareVersion: cleanOptional(row.firmwareVersion, 128),
    pciAddress: cleanOptional(row.pciAddress, 32),
    model: cleanOptional(row.model, 128),
    ptpHardwareClock: cleanOptional(row.phcDevice, 32),
    hardwareTimestamping: row.hardwareTimestamping,
    link: row.link === 'Unknown' ? undefined : row.link,
    profile: cleanOptional(row.profile, 128),
    role: row.role,
    findings: findings.length === 0 ? undefined : findings,
  });
}

/** Ports the log names and neither the configuration nor the platform does. */
function portsBeyond(rows: readonly HardwareRow[], state: NodeState): Nic[] {
  const names = new Set<string>();
  for (const instance of state.instances.values()) {
    for (const { interfaceName } of instance.ports.values()) {
      if (interfaceName === undefined) continue;
      if (!rows.some((row) => sameInterface(row.interfaceName, interfaceName))) names.add(interfaceName);
    }
  }
  return [...names].map((name) => ({
    interfaceName: clean(name, 64),
    hardwareTimestamping: 'Unknown',
    role: 'Either',
  }));
}
