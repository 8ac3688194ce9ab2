import type { PtpHealthReportStatus } from '../api/report.ts';
import { sameInterface } from '../assess/detect/detector.ts';
import type { Expected } from '../assess/expected.ts';
import type { PtpDevice } from '../observe/observation.ts';
import { formatSeconds } from '../ptp/time.ts';
import type { NodeState } from '../state/node-state.ts';
import { clean, cleanOptional, compact } from './text.ts';

const MAX_NICS = 24;
type Hardware = PtpHealthReportStatus['hardware'];
type Nic = Hardware['nics'][number];

/** Interfaces in use by PTP first, then those able to take part. */
export function hardwareReport(state: NodeState, expected: Expected): Hardware {
  const names = new Set<string>();
  for (const instance of expected.instances) for (const port of instance.ports) names.add(port.interfaceName);
  for (const instance of state.instances.values()) {
    for (const port of instance.ports.values()) {
      if (
        port.interfaceName !== undefined &&
        ![...names].some((name) => sameInterface(name, port.interfaceName))
      ) {
        names.add(port.interfaceName);
      }
    }
  }
  const used = names.size;
  for (const device of state.devices?.devices ?? []) {
    if (![...names].some((name) => sameInterface(name, device.interfaceName)))
      names.add(device.interfaceName);
  }
  const nics = [...names].map((name, index) => nicReport(state, expected, name, index < used));
  return compact<Hardware>({
    nics: nics.slice(0, MAX_NICS),
    totalNics: nics.length,
    observedTime: state.devices?.devices === undefined ? undefined : formatSeconds(state.devices.atMicros),
  });
}

function nicReport(state: NodeState, expected: Expected, name: string, used: boolean): Nic {
  const listed = state.devices?.devices;
  const device = listed?.find((one) => sameInterface(one.interfaceName, name));
  const isMissing = used && listed !== undefined && device === undefined;
  return compact<Nic>({
    interfaceName: clean(name, 64),
    ...describeDevice(device),
    ...useOf(expected, name, used),
    findings: isMissing ? ['The platform does not list it as able to do PTP.'] : [],
  });
}

function describeDevice(device: PtpDevice | undefined): Pick<Nic, 'hardwareTimestamping'> & Partial<Nic> {
  if (device === undefined) return { hardwareTimestamping: 'Unknown' };
  return compact({
    driverVersion: cleanOptional(device.driverVersion, 128),
    firmwareVersion: cleanOptional(device.firmwareVersion, 128),
    pciAddress: cleanOptional(device.pciAddress, 32),
    model: cleanOptional(device.productName, 128),
    hardwareTimestamping: 'Yes',
    link: device.linkStatus,
  });
}

function useOf(expected: Expected, name: string, used: boolean): Pick<Nic, 'role'> & Partial<Nic> {
  for (const instance of expected.instances) {
    const port = instance.ports.find((one) => sameInterface(one.interfaceName, name));
    if (port !== undefined) return { profile: clean(instance.name, 128), role: port.role };
  }
  return { role: used ? 'Either' : 'Unused' };
}
