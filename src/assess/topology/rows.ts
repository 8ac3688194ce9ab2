import type { PtpHealthReportStatus } from '../../api/report.ts';
import type { HealthVerdict } from '../../ptp/health.ts';
import type { PortRole, PortState } from '../../ptp/port-state.ts';
import type { ClockType } from '../../ptp/states.ts';

/** What is known about one PTP instance, as far as the tree of clocks needs it. */
export interface ClockRow {
  node: string;
  /** Profile name. */
  instance: string;
  /** PtpConfig that holds the profile, where known. */
  resourceName?: string | undefined;
  clockIdentity?: string | undefined;
  clockType: ClockType;
  ituProfile?: string | undefined;
  domainNumber?: number | undefined;
  grandmasterIdentity?: string | undefined;
  /** `clockIdentity-portNumber`; port 0 is the clock itself. */
  parentPortIdentity?: string | undefined;
  /** Class of the grandmaster as seen here. */
  clockClass?: number | undefined;
  stepsRemoved?: number | undefined;
  /** Port identities that announce on its ports, where known. */
  heardPortIdentities?: readonly string[] | undefined;
  health: HealthVerdict;
  maxOffsetNanoseconds?: number | undefined;
  pathDelayNanoseconds?: number | undefined;
  ports: readonly ClockPort[];
}

export interface ClockPort {
  interfaceName: string;
  portNumber: number;
  state: PortState | 'UNKNOWN';
  role: PortRole | 'Unknown';
}

/** The rows of one node's report. An own identity that the report does not carry is inferred where it can be. */
export function rowsOfReport(status: PtpHealthReportStatus): readonly ClockRow[] {
  return status.instances.map((instance): ClockRow => {
    const clock = status.clocks.find((one) => one.type === 'PHC' && one.instance === instance.name);
    return {
      node: status.nodeName,
      instance: instance.name,
      resourceName: instance.resourceName,
      clockIdentity: instance.clockIdentity,
      clockType: instance.clockType,
      ituProfile: instance.ituProfile,
      domainNumber: instance.domainNumber,
      grandmasterIdentity: instance.grandmasterIdentity,
      parentPortIdentity: instance.parentPortIdentity,
      clockClass: instance.clockClass,
      stepsRemoved: instance.stepsRemoved,
      health: instance.health,
      maxOffsetNanoseconds: clock?.offset?.maxAbsNanoseconds,
      pathDelayNanoseconds: clock?.pathDelayNanoseconds,
      ports: instance.ports.map(({ interfaceName, portNumber, state, intendedRole }) => ({
        interfaceName,
        portNumber,
        state,
        role: intendedRole,
      })),
    };
  });
}

/** The clock of a port identity. */
export function clockOfPort(portIdentity: string): string {
  return portIdentity.replace(/-\d+$/, '');
}

export function portOfPort(portIdentity: string): number | undefined {
  const number = /-(\d+)$/.exec(portIdentity)?.[1];
  return number === undefined ? undefined : Number(number);
}
