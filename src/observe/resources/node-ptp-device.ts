import type { KubeObject } from '../../kube/objects.ts';
import type { LinkState } from '../../ptp/states.ts';
import type { PtpDevice } from '../observation.ts';
import { fieldsOf, itemsOf, textOf } from './loose.ts';

/** What we keep of a NodePtpDevice, whose name is the node's. Serial numbers are left where they are. */
export interface NodeDevices {
  nodeName: string;
  devices: readonly PtpDevice[];
}

/** Virtual functions can make hundreds of interfaces; PTP uses a few. */
const MAX_DEVICES = 256;

/** Our field ← theirs. Before 4.22 only the name of a device is known. */
const HARDWARE_FIELDS = [
  ['pciAddress', 'pciAddress'],
  ['vendorId', 'vendorID'],
  ['deviceId', 'deviceID'],
  ['subsystemVendorId', 'subsystemVendorID'],
  ['subsystemDeviceId', 'subsystemDeviceID'],
  ['firmwareVersion', 'firmwareVersion'],
  ['driverVersion', 'driverVersion'],
  ['linkSpeed', 'linkSpeed'],
  ['productName', 'vpdProductName'],
] as const;

export function projectNodePtpDevice(raw: KubeObject): NodeDevices {
  const devices = itemsOf(fieldsOf(raw['status'])['devices']).slice(0, MAX_DEVICES);
  return { nodeName: raw.metadata.name, devices: devices.flatMap(readDevice) };
}

function readDevice(raw: unknown): PtpDevice[] {
  const interfaceName = textOf(fieldsOf(raw)['name']);
  if (interfaceName === undefined) return [];
  const hardware = fieldsOf(fieldsOf(raw)['hardwareInfo']);
  const device: PtpDevice = { interfaceName };
  for (const [ours, theirs] of HARDWARE_FIELDS) {
    const value = textOf(hardware[theirs]);
    if (value !== undefined) device[ours] = value;
  }
  const linkStatus = linkState(textOf(hardware['linkStatus']));
  if (linkStatus !== undefined) device.linkStatus = linkStatus;
  return [device];
}

function linkState(value: string | undefined): LinkState | undefined {
  switch (value?.toLowerCase()) {
    case undefined:
      return undefined;
    case 'up':
      return 'Up';
    case 'down':
      return 'Down';
    default:
      return 'Unknown';
  }
}
