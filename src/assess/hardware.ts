import type { PtpDevice } from '../observe/observation.ts';
import { isPlaceholderName, isSameInterface } from '../ptp/interface-name.ts';
import { nicFacts, phcGroup } from '../ptp/nic.ts';
import type { PhcScope } from '../ptp/nic.ts';
import type { PortRole } from '../ptp/port-state.ts';
import type { LinkState } from '../ptp/states.ts';
import type { NodeState, PortRecord } from '../state/node-state.ts';
import type { Expected, ExpectedInstance } from './expected.ts';
import type { Finding } from './finding.ts';
import { finding } from './findings.ts';
import { FLEET_OUTLIER_RULE } from './hardware-fleet.ts';
import { liveInstance } from './live-instance.ts';
import type { Rule, RuleContext } from './rule.ts';

/** One interface: the card behind it, the clock it stamps with, and the profile that uses it. */
export interface HardwareRow {
  /** Name the kernel uses, where the platform told it. */
  interfaceName: string;
  /** Name in the configuration, where it is another one. */
  configuredName?: string;
  driver?: string;
  driverVersion?: string;
  firmwareVersion?: string;
  pciAddress?: string;
  /** From PCI numbers, else what the card says of itself. */
  model?: string;
  phcDevice?: string;
  phcScope: PhcScope;
  hardwareTimestamping: 'Yes' | 'No' | 'Unknown';
  link: LinkState;
  linkSpeed?: string;
  profile?: string;
  role: PortRole | 'Unused';
  /** What is wrong with it, in words. */
  findings: readonly string[];
}

interface Use {
  instance: ExpectedInstance;
  role: PortRole;
  configuredName: string;
}

/** Interfaces PTP uses first, in the order of the configuration, then those able to take part. */
export function hardwareMap(state: Readonly<NodeState>, expected: Expected): readonly HardwareRow[] {
  const devices = state.devices?.devices;
  const uses = usesOf(expected);
  const used = uses.map((use) => rowOf(use, deviceOf(use.configuredName, devices), state));
  const spare = (devices ?? [])
    .filter(
      ({ interfaceName }) =>
        !uses.some(({ configuredName }) => isSameInterface(configuredName, interfaceName)),
    )
    .map((device) => rowOf(undefined, device, state));
  return [...used, ...spare];
}

/** Every interface once: the first profile that names it has it. */
function usesOf(expected: Expected): readonly Use[] {
  const uses = new Map<string, Use>();
  for (const instance of expected.instances) {
    for (const { interfaceName, role } of instance.ports) {
      if (!uses.has(interfaceName))
        uses.set(interfaceName, { instance, role, configuredName: interfaceName });
    }
  }
  return [...uses.values()];
}

function deviceOf(name: string, devices: readonly PtpDevice[] | undefined): PtpDevice | undefined {
  return (
    devices?.find(({ interfaceName }) => interfaceName === name) ??
    devices?.find(({ interfaceName }) => isSameInterface(interfaceName, name))
  );
}

function rowOf(use: Use | undefined, device: PtpDevice | undefined, state: Readonly<NodeState>): HardwareRow {
  const interfaceName = device?.interfaceName ?? use?.configuredName ?? '';
  const facts = nicFacts(device ?? { interfaceName });
  return {
    interfaceName,
    configuredName: use?.configuredName === interfaceName ? undefined : use?.configuredName,
    driver: facts.driver,
    ...describedByPlatform(device),
    model: facts.family?.name ?? device?.productName,
    phcScope: facts.phcScope,
    hardwareTimestamping: stamping(device, facts.stampsInHardware),
    link: linkOf(use, device, state),
    ...(use === undefined ? UNUSED : describedByProfile(use, device, state)),
  };
}

const UNUSED = { role: 'Unused', findings: [] } as const;

function describedByProfile(
  use: Use,
  device: PtpDevice | undefined,
  state: Readonly<NodeState>,
): Pick<HardwareRow, 'profile' | 'phcDevice' | 'role' | 'findings'> {
  const { name } = use.instance;
  return {
    profile: name,
    phcDevice: liveInstance(state, use.instance)?.phcDevice,
    role: use.role,
    findings: complaints(use, device, state),
  };
}

function describedByPlatform(
  device: PtpDevice | undefined,
): Pick<HardwareRow, 'driverVersion' | 'firmwareVersion' | 'pciAddress' | 'linkSpeed'> {
  const { driverVersion, firmwareVersion, pciAddress, linkSpeed } = device ?? {};
  return { driverVersion, firmwareVersion, pciAddress, linkSpeed };
}

/** The platform lists only interfaces that stamp in hardware: being listed is the evidence. */
function stamping(
  device: PtpDevice | undefined,
  byDriver: boolean | undefined,
): HardwareRow['hardwareTimestamping'] {
  if (device !== undefined) return byDriver === false ? 'No' : 'Yes';
  return 'Unknown';
}

/** The log tells a link change at once; NodePtpDevice is written at the next profile change only. */
function linkOf(use: Use | undefined, device: PtpDevice | undefined, state: Readonly<NodeState>): LinkState {
  const port = use === undefined ? undefined : livePort(use, state);
  return port?.link ?? device?.linkStatus ?? 'Unknown';
}

function livePort(use: Use, state: Readonly<NodeState>): PortRecord | undefined {
  for (const port of liveInstance(state, use.instance)?.ports.values() ?? []) {
    if (port.interfaceName !== undefined && isSameInterface(port.interfaceName, use.configuredName))
      return port;
  }
  return undefined;
}

function complaints(use: Use, device: PtpDevice | undefined, state: Readonly<NodeState>): readonly string[] {
  if (state.devices?.devices === undefined || isPlaceholderName(use.configuredName)) return [];
  if (device === undefined)
    return [
      'The platform does not list it: it is missing, a virtual function, or has no hardware time stamps.',
    ];
  return linkOf(use, device, state) === 'Down' ? ['The link is down.'] : [];
}

type InstanceRule = Omit<Rule, 'check' | 'dimension' | 'applies'>;
type Complaint = Partial<Finding> & { message: string };

/** Makes a rule over the rows in use. Without NodePtpDevice there is nothing to judge. */
function overRows(
  rule: InstanceRule,
  judge: (row: HardwareRow, context: RuleContext) => Complaint | undefined,
): Rule {
  return hardwareRule(rule, (context) =>
    hardwareMap(context.state, context.expected).flatMap((row) => {
      const complaint = row.role === 'Unused' ? undefined : judge(row, context);
      return complaint === undefined
        ? []
        : [{ subject: row.interfaceName, instance: row.profile, ...complaint }];
    }),
  );
}

function overInstances(
  rule: InstanceRule,
  judge: (instance: ExpectedInstance, devices: readonly PtpDevice[]) => Complaint | undefined,
): Rule {
  return hardwareRule(rule, ({ expected, state }) =>
    expected.instances.flatMap((instance) => {
      const complaint = judge(instance, state.devices?.devices ?? []);
      return complaint === undefined
        ? []
        : [{ subject: instance.name, instance: instance.name, ...complaint }];
    }),
  );
}

function hardwareRule(
  rule: InstanceRule,
  complaintsOf: (context: RuleContext) => readonly (Complaint & { subject: string })[],
): Rule {
  const full = { ...rule, dimension: 'Configuration' as const };
  return {
    ...full,
    applies: ({ state }) => state.devices?.devices !== undefined,
    check: (context) =>
      complaintsOf(context).map(({ subject, message, ...more }) =>
        finding(full, rule.severity, subject, message, { source: 'Resource', ...more }),
      ),
  };
}

const ROW_RULES: readonly Rule[] = [
  overRows(
    {
      id: 'hardware-interface-missing',
      title: 'configured interfaces exist and can do PTP',
      severity: 'Moderate',
      remedy:
        'Mend the name of the interface, use the physical function, or take a card with hardware time stamps.',
      reference: 'NodePtpDevice lists physical functions with transmit, receive and raw hardware stamps',
    },
    ({ interfaceName }, { state }) => {
      const devices = state.devices?.devices ?? [];
      const isListed = devices.some((device) => isSameInterface(device.interfaceName, interfaceName));
      if (isListed || isPlaceholderName(interfaceName)) return undefined;
      return {
        message: `${interfaceName} is configured, and the platform does not list it as able to do PTP`,
      };
    },
  ),
  overRows(
    {
      id: 'hardware-no-time-stamps',
      title: 'the driver stamps PTP messages in hardware',
      severity: 'Critical',
      remedy: 'Move PTP to an interface whose driver takes hardware time stamps.',
      standard: 'ITU-T G.8275.1 §6.2',
    },
    ({ interfaceName, driver = 'unknown', hardwareTimestamping }) => {
      if (hardwareTimestamping !== 'No') return undefined;
      return {
        message: `driver ${driver} of ${interfaceName} takes no hardware time stamps`,
        observed: driver,
      };
    },
  ),
  overRows(
    {
      id: 'hardware-link-down',
      title: 'configured interfaces have a link',
      severity: 'Minor',
      remedy: 'Check cable, optics and the switch port.',
      reference: 'NodePtpDevice is refreshed at profile changes only: its link state may be old',
    },
    ({ interfaceName, link }) =>
      link === 'Down'
        ? { message: `${interfaceName} has no link`, observed: 'Down', expected: 'Up' }
        : undefined,
  ),
];

const MIXED_CLOCKS: InstanceRule = {
  id: 'hardware-mixed-clocks',
  title: 'ports of one ptp4l share one hardware clock, or are joined on purpose',
  severity: 'Critical',
  remedy:
    'Set boundary_clock_jbod 1 and join the clocks with ts2phc or phc2sys -a, or use ports of one card.',
  reference: 'linuxptp: PHC device mismatch',
};

const PLUGIN_CARD: InstanceRule = {
  id: 'hardware-plugin-card',
  title: 'the card a plugin is for is in the node',
  severity: 'Moderate',
  remedy: 'Use the plugin of the card that is in the node, or remove it.',
};

const INSTANCE_RULES: readonly Rule[] = [
  overInstances(MIXED_CLOCKS, (instance, devices) => {
    const groups = phcGroups(instance, devices);
    if (groups.size < 2 || instance.ptp4l?.number('boundary_clock_jbod') === 1) return undefined;
    const ports = [...groups.values()].slice(0, 4).join(', ');
    return {
      message: `${ports} have different hardware clocks and boundary_clock_jbod is 0: ptp4l exits`,
      observed: '0',
      expected: '1',
    };
  }),
  overInstances(PLUGIN_CARD, (instance, devices) => {
    const cards = devices.map(nicFacts);
    const missing = instance.plugins.filter((plugin) => isMissingCard(plugin, cards));
    if (missing.length === 0) return undefined;
    const names = missing.join(', ');
    return { message: `plugin ${names} is configured, and the node has no such card`, observed: names };
  }),
];

/** What the hardware says about the configuration. `hardwareMap` shows the same row by row. */
export const hardwareRules: readonly Rule[] = [...ROW_RULES, ...INSTANCE_RULES, FLEET_OUTLIER_RULE];

/** One port per clock of an instance; ports of unknown cards are left out. */
export function phcGroups(
  instance: ExpectedInstance,
  devices: readonly PtpDevice[],
): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const { interfaceName } of instance.ports) {
    const device = deviceOf(interfaceName, devices);
    const group = device === undefined ? undefined : phcGroup(device);
    if (group !== undefined && !groups.has(group)) groups.set(group, interfaceName);
  }
  return groups;
}

/** Family a plugin drives. Where only the driver is known, any card of that driver may be it. */
const PLUGIN_FAMILY: Readonly<Record<string, string>> = {
  e810: 'Intel E810',
  e825: 'Intel E825-C',
  e830: 'Intel E830',
};

function isMissingCard(plugin: string, cards: readonly ReturnType<typeof nicFacts>[]): boolean {
  const family = PLUGIN_FAMILY[plugin];
  if (family === undefined) return false;
  return !cards.some((card) =>
    card.family === undefined
      ? card.driver === undefined || card.driver === 'ice'
      : card.family.name === family,
  );
}
