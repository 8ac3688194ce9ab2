import { ownClockIdentity, parentPortIdentity } from '../assess/topology/identity.ts';
import type { InstanceReport } from '../api/report.ts';
import { sameInterface } from '../assess/detect/detector.ts';
import type { Expected, ExpectedInstance } from '../assess/expected.ts';
import { MICROS_PER_SECOND, formatSeconds, type Micros } from '../ptp/time.ts';
import { isEmptyInstance } from '../state/instances.ts';
import type { InstanceState, NodeState, PortRecord } from '../state/node-state.ts';
import type { HealthOf } from './clocks.ts';
import { clean, cleanOptional, compact } from './text.ts';

const HOUR_MICROS = 3_600 * MICROS_PER_SECOND;
const MAX_PORTS = 24;

/** What the newest PARENT_DATA_SET says, where one was printed. */
function parentOf(instance: InstanceState): Readonly<Record<string, string>> {
  return instance.dataSets.get('PARENT_DATA_SET')?.values ?? {};
}

/** Class of the grandmaster followed: PARENT_DATA_SET first, else what the daemon says, except the client's own 255. */
export function upstreamClass(instance: InstanceState): number | undefined {
  const parent = Number(parentOf(instance)['gm.ClockClass']);
  if (Number.isInteger(parent) && parent > 0 && parent <= 255) return parent;
  const value = instance.clockClass?.value;
  return value === undefined || value === 255 ? undefined : value;
}

export function instanceReports(
  state: NodeState,
  expected: Expected,
  now: Micros,
  healthOf: HealthOf,
): InstanceReport[] {
  const reports = [...state.instances.values()].flatMap((instance) => {
    const configured = expected.instances.find(
      (one) => one.name === instance.key || one.configName === instance.configName,
    );
    // Lines that tell no instance, such as `Starting ptp4l...`, make none.
    const isShown = configured !== undefined || !isEmptyInstance(instance) || state.instances.size === 1;
    return isShown ? [instanceReport(instance, configured, now, healthOf)] : [];
  });
  for (const one of expected.instances) {
    if (
      reports.some((report) => report.name === clean(one.name, 128) || report.configName === one.configName)
    )
      continue;
    reports.push(expectedOnly(one));
  }
  return reports;
}

function expectedOnly(expected: ExpectedInstance): InstanceReport {
  const ports = expected.ports.slice(0, MAX_PORTS).map((port, index) => ({
    interfaceName: clean(port.interfaceName, 64),
    portNumber: index + 1,
    state: 'UNKNOWN' as const,
    intendedRole: port.role,
    transitionCount: 0,
  }));
  return compact<InstanceReport>({
    name: clean(expected.name, 128),
    configName: clean(expected.configName, 64),
    resourceName: expected.resourceName,
    clockType: expected.clockType,
    ituProfile: clean(expected.ituProfile, 32),
    domainNumber: expected.domainNumber,
    health: 'Unknown',
    ports,
    totalPorts: expected.ports.length,
  });
}

function instanceReport(
  instance: InstanceState,
  expected: ExpectedInstance | undefined,
  now: Micros,
  healthOf: HealthOf,
): InstanceReport {
  const parent = parentOf(instance);
  const grandmaster = instance.grandmaster?.clockIdentity ?? parent['grandmasterIdentity'];
  const steps = Number(instance.dataSets.get('CURRENT_DATA_SET')?.values['stepsRemoved']);
  const ports = [...instance.ports.values()].sort((a, b) => a.portNumber - b.portNumber);
  return compact<InstanceReport>({
    name: clean(instance.key, 128),
    configName: cleanOptional(instance.configName, 64),
    resourceName: expected?.resourceName,
    clockType: expected?.clockType ?? 'Unknown',
    ituProfile: cleanOptional(expected?.ituProfile, 32),
    domainNumber: expected?.domainNumber,
    grandmasterIdentity: cleanOptional(grandmaster, 64),
    clockIdentity: cleanOptional(ownClockIdentity(instance), 64),
    parentPortIdentity: cleanOptional(parentPortIdentity(instance), 64),
    clockClass: upstreamClass(instance),
    clockAccuracy: cleanOptional(parent['gm.ClockAccuracy'], 16),
    stepsRemoved: Number.isInteger(steps) && steps >= 0 && steps <= 65_535 ? steps : undefined,
    health: healthOf(instance.key),
    ports: ports.slice(0, MAX_PORTS).map((port) => portReport(port, expected, now)),
    totalPorts: ports.length,
  });
}

function portReport(
  port: PortRecord,
  expected: ExpectedInstance | undefined,
  now: Micros,
): InstanceReport['ports'][number] {
  const configured =
    expected?.ports.find((one) => sameInterface(one.interfaceName, port.interfaceName)) ??
    (port.interfaceName === undefined ? expected?.ports[port.portNumber - 1] : undefined);
  const recent = [...port.transitions].filter((atMicros) => now - atMicros <= HOUR_MICROS).length;
  return compact<InstanceReport['ports'][number]>({
    interfaceName: clean(port.interfaceName ?? configured?.interfaceName ?? `port ${port.portNumber}`, 64),
    portNumber: Math.min(port.portNumber, 65_535),
    state: port.state,
    intendedRole: configured?.role ?? 'Unknown',
    stateSinceTime: formatSeconds(port.sinceMicros),
    link: port.link,
    transitionCount: recent,
  });
}
