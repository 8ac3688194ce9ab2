import { load } from 'js-yaml';
import { z } from 'zod';
import type { PtpDevice, PtpProfile } from '../observation.ts';

/** The Kubernetes objects of a must-gather, read with tolerance: what is not as expected is left out. */

const object = z.looseObject({
  kind: z.string().optional(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional(), labels: z.record(z.string(), z.string()).optional() }),
});
const list = z.looseObject({ items: z.array(z.unknown()).nullish() });

/** The objects of a file: one, or the items of a list. Broken YAML gives none. */
export function objectsOf(text: string): unknown[] {
  const document = parse(text);
  const items = list.safeParse(document);
  if (items.success && Array.isArray(items.data.items)) return items.data.items;
  return object.safeParse(document).success ? [document] : [];
}

/** Why a file cannot be read as YAML or JSON; undefined when it can. */
export function yamlProblem(text: string): string | undefined {
  try {
    load(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'not YAML') : 'not YAML';
  }
}

function parse(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}

const pod = object.extend({
  spec: z.looseObject({
    nodeName: z.string().min(1).max(253),
    containers: z.array(z.looseObject({ name: z.string() })),
  }),
});

export interface DaemonPod {
  namespace: string;
  name: string;
  nodeName: string;
}

/** The PTP daemon's pods among the objects of a file, with the node each runs on. */
export function daemonPods(text: string): DaemonPod[] {
  const pods: DaemonPod[] = [];
  for (const item of objectsOf(text)) {
    const { success, data } = pod.safeParse(item);
    if (!success || !data.spec.containers.some(({ name }) => name === 'linuxptp-daemon-container')) continue;
    pods.push({ namespace: data.metadata.namespace ?? '', name: data.metadata.name, nodeName: data.spec.nodeName });
  }
  return pods;
}

const configMap = object.extend({ data: z.record(z.string(), z.string()).nullish() });
const optionalText = z.string().nullish().transform((value) => value ?? undefined);
const profileSchema = z.looseObject({
  name: z.string(),
  interface: optionalText,
  ptp4lOpts: optionalText,
  ptp4lConf: optionalText,
  phc2sysOpts: optionalText,
  phc2sysConf: optionalText,
  ts2phcOpts: optionalText,
  ts2phcConf: optionalText,
  synce4lOpts: optionalText,
  synce4lConf: optionalText,
  chronydOpts: optionalText,
  chronydConf: optionalText,
  ptpClockThreshold: z
    .looseObject({ holdOverTimeout: z.number(), maxOffsetThreshold: z.number(), minOffsetThreshold: z.number() })
    .partial()
    .nullish(),
  ptpSettings: z.record(z.string(), z.string()).nullish(),
  plugins: z.record(z.string(), z.unknown()).nullish(),
});

/** The profiles that `ptp-configmap` gives a node, or why they cannot be read; undefined without an entry. */
export function appliedProfiles(text: string, nodeName: string): { profiles: PtpProfile[]; problem?: string } | undefined {
  for (const item of objectsOf(text)) {
    const { success, data } = configMap.safeParse(item);
    if (!success || data.metadata.name !== 'ptp-configmap') continue;
    const entry = data.data?.[nodeName];
    if (entry !== undefined) return profilesOf(entry);
  }
  return undefined;
}

function profilesOf(entry: string): { profiles: PtpProfile[]; problem?: string } {
  const parsed = z.array(profileSchema).nullable().safeParse(parse(entry));
  if (!parsed.success) return { profiles: [], problem: 'the entry in ptp-configmap is not a list of profiles' };
  return { profiles: (parsed.data ?? []).map((profile) => dropNulls(profile) as unknown as PtpProfile) };
}

/** Kubernetes writes `null` where we say absent. */
function dropNulls(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null && item !== undefined));
}

const device = z.looseObject({
  name: z.string(),
  hardwareInfo: z
    .looseObject({
      pciAddress: z.string(),
      vendorID: z.string(),
      deviceID: z.string(),
      subsystemVendorID: z.string(),
      subsystemDeviceID: z.string(),
      firmwareVersion: z.string(),
      driverVersion: z.string(),
      linkStatus: z.string(),
      linkSpeed: z.string(),
      vpdProductName: z.string(),
    })
    .partial()
    .nullish(),
});
const nodePtpDevice = object.extend({ status: z.looseObject({ devices: z.array(device).nullish() }).nullish() });

/** The devices of a node's NodePtpDevice; undefined when the file has none for it. */
export function devicesOf(text: string, nodeName: string): PtpDevice[] | undefined {
  for (const item of objectsOf(text)) {
    const { success, data } = nodePtpDevice.safeParse(item);
    if (!success || data.kind !== 'NodePtpDevice' || data.metadata.name !== nodeName) continue;
    return (data.status?.devices ?? []).map(({ name, hardwareInfo }) => deviceOf(name, hardwareInfo ?? {}));
  }
  return undefined;
}

type HardwareInfo = NonNullable<z.infer<typeof device>['hardwareInfo']>;

function deviceOf(interfaceName: string, info: HardwareInfo): PtpDevice {
  const link = info.linkStatus?.toLowerCase();
  const found = {
    interfaceName,
    pciAddress: info.pciAddress,
    vendorId: info.vendorID,
    deviceId: info.deviceID,
    subsystemVendorId: info.subsystemVendorID,
    subsystemDeviceId: info.subsystemDeviceID,
    firmwareVersion: info.firmwareVersion,
    driverVersion: info.driverVersion,
    linkStatus: link === 'up' ? 'Up' : link === 'down' ? 'Down' : undefined,
    linkSpeed: info.linkSpeed,
    productName: info.vpdProductName,
  };
  return dropNulls(found) as unknown as PtpDevice;
}

/** Labels of a node, from its Node object. */
export function nodeLabels(text: string, nodeName: string): Readonly<Record<string, string>> | undefined {
  for (const item of objectsOf(text)) {
    const { success, data } = object.safeParse(item);
    if (success && data.kind === 'Node' && data.metadata.name === nodeName) return data.metadata.labels ?? {};
  }
  return undefined;
}
