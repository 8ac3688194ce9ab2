import { isPlaceholderName, isSameInterface } from '../../ptp/interface-name.ts';
import { hasGnssSource } from '../../ptp/config/clock-type.ts';
import type { EffectiveConfig } from '../../ptp/config/effective.ts';
import type { Expected, ExpectedInstance } from '../expected.ts';
import { upstreamPorts } from '../expected-instance.ts';
import type { ComplianceLevel, ComplianceRule, ComplianceSubject, Outcome } from './check.ts';
import { fail, pass, skip } from './check.ts';
import { refusedOption } from './option-rule.ts';

/** What the programs of a node ask of one another. */
const SOURCE = { family: 'cross-process', standard: 'linuxptp', confidence: 'Verified' } as const;

const TELECOM_DOMAINS: Readonly<Record<string, readonly [number, number]>> = {
  'G.8275.1': [24, 43],
  'G.8275.2': [44, 63],
};

/** The domain is judged by its own rule first: no second finding for one wrong number. */
function usableDomain({ ptp4l, ituProfile, domainNumber }: ExpectedInstance): number | undefined {
  if (ptp4l === undefined || domainNumber === undefined || refusedOption(ptp4l, 'domainNumber') !== undefined)
    return undefined;
  const range = TELECOM_DOMAINS[ituProfile];
  return range === undefined || (domainNumber >= range[0] && domainNumber <= range[1])
    ? domainNumber
    : undefined;
}

/** Instances whose ptp4l this phc2sys or ts2phc talks to. */
function servedInstances({ instance, expected }: ComplianceSubject): readonly ExpectedInstance[] {
  const members = instance.haProfiles ?? [];
  return members.length === 0 ? [instance] : expected.instances.filter(({ name }) => members.includes(name));
}

function domainOutcome(
  subject: ComplianceSubject,
  program: 'phc2sys' | 'ts2phc',
  config: EffectiveConfig,
): readonly Outcome[] {
  const value = config.get('domainNumber')?.value ?? '0';
  const domains = value.split(',').map(Number);
  for (const served of servedInstances(subject)) {
    const domain = usableDomain(served);
    if (domain === undefined || domains.includes(domain)) continue;
    return fail(
      `${program} asks in domain ${value}, ptp4l of ${served.name} runs in ${domain}: it waits for ptp4l for ever`,
      {
        program,
        option: 'domainNumber',
        section: program,
        expected: String(domain),
        found: value,
      },
    );
  }
  return pass(`${program} asks in domain ${value}`);
}

/** phc2sys steers CLOCK_REALTIME: followed automatically with -r, or by hand with no other sink. */
export function writesSystemClock(phc2sys: EffectiveConfig | undefined): boolean {
  if (phc2sys === undefined) return false;
  if (phc2sys.number('-a') === 1) return (phc2sys.number('-r') ?? 0) > 0;
  const sinks = phc2sys.get('-c')?.value.split(',') ?? [];
  return phc2sys.get('-s')?.value !== 'CLOCK_REALTIME' && sinks.includes('CLOCK_REALTIME');
}

/** What other profiles of the node are can only be guessed from some files of them. */
function relationLevel({ isPartial = false }: ComplianceSubject): ComplianceLevel {
  return isPartial ? 'Warn' : 'Error';
}

/** A rule about the whole node is told once, at its first instance. */
function onceForNode(
  check: (
    instances: readonly ExpectedInstance[],
    expected: Expected,
    level: ComplianceLevel,
  ) => readonly Outcome[],
): ComplianceRule['check'] {
  return (subject) => {
    const { instance, expected } = subject;
    return expected.instances[0] === instance
      ? check(expected.instances, expected, relationLevel(subject))
      : [];
  };
}

const PHC2SYS_RULES: readonly ComplianceRule[] = [
  {
    ...SOURCE,
    id: 'phc2sys-domain',
    title: 'phc2sys asks ptp4l in the domain ptp4l runs in',
    level: 'Error',
    remedy: 'Give phc2sysOpts -n with the domainNumber of ptp4lConf.',
    check(subject: ComplianceSubject): readonly Outcome[] {
      const { phc2sys } = subject.instance;
      if (phc2sys === undefined) return skip('the profile runs no phc2sys');
      const asksPtp4l =
        phc2sys.number('-a') === 1 ||
        phc2sys.number('-w') === 1 ||
        phc2sys.get('domainNumber')?.origin === 'CommandLine';
      return asksPtp4l ? domainOutcome(subject, 'phc2sys', phc2sys) : skip('phc2sys does not ask ptp4l');
    },
  },
  {
    ...SOURCE,
    id: 'phc2sys-mode',
    title: 'phc2sys is either automatic or set by hand',
    level: 'Critical',
    remedy: 'Use -a -r, or -s with -w, not both: phc2sys exits at start.',
    check({ instance: { phc2sys } }: ComplianceSubject): readonly Outcome[] {
      if (phc2sys === undefined) return skip('the profile runs no phc2sys');
      if (phc2sys.number('-a') !== 1) return pass('set by hand');
      const mixed = ['-s', '-c', '-d', '-w', '-O'].filter(
        (flag) => phc2sys.get(flag)?.origin === 'CommandLine',
      );
      return mixed.length === 0
        ? pass('automatic')
        : fail(`-a is mixed with ${mixed.join(' ')}`, {
            option: 'phc2sysOpts',
            expected: '-a alone',
            found: mixed.join(' '),
          });
    },
  },
  {
    ...SOURCE,
    id: 'phc2sys-utc-offset',
    title: 'phc2sys set by hand knows the UTC offset',
    level: 'Warn',
    remedy: 'Add -w: the offset between TAI and UTC then comes from ptp4l.',
    check({ instance: { phc2sys } }: ComplianceSubject): readonly Outcome[] {
      if (phc2sys === undefined || phc2sys.number('-a') === 1) return skip('phc2sys is not set by hand');
      const knows = phc2sys.number('-w') === 1 || phc2sys.get('-O') !== undefined;
      return knows
        ? pass('the offset is known')
        : fail('neither -w nor -O is given: phc2sys by itself refuses to start', {
            option: 'phc2sysOpts',
            expected: '-w or -O',
          });
    },
  },
  {
    ...SOURCE,
    id: 'phc2sys-source',
    title: 'phc2sys reads a clock this node disciplines',
    level: 'Warn',
    confidence: 'Known',
    remedy: 'Name an interface of the card that follows, or that ts2phc steers.',
    check({ instance, expected }: ComplianceSubject): readonly Outcome[] {
      const source = instance.phc2sys?.get('-s')?.value;
      if (source === undefined || instance.phc2sys?.number('-a') === 1)
        return skip('phc2sys finds its source itself');
      if (isPlaceholderName(source) || source.startsWith('/dev/'))
        return skip('the source is no interface name');
      const known = expected.instances.flatMap(({ ptp4l, ts2phc, profile }) => [
        ...(ptp4l?.interfaceNames ?? []),
        ...(ts2phc?.interfaceNames ?? []),
        ...(profile === undefined ? [] : upstreamPorts(profile)),
      ]);
      const isKnown = known.some((name) => isSameInterface(name, source) || cardOf(name) === cardOf(source));
      return isKnown
        ? pass(`${source} is in use by PTP`)
        : fail(`-s ${source} is on no card that ptp4l or ts2phc uses`, {
            option: 'phc2sysOpts',
            found: source,
          });
    },
  },
  {
    ...SOURCE,
    id: 'os-clock-writers',
    title: 'exactly one program steers CLOCK_REALTIME',
    level: 'Error',
    remedy: 'Leave phc2sysOpts to one profile; of an HA pair, to the profile with haProfiles.',
    check: onceForNode((instances, { origin }, level) => {
      const writers = instances.filter(({ phc2sys }) => writesSystemClock(phc2sys)).map(({ name }) => name);
      if (writers.length > 1)
        return fail(`phc2sys of ${writers.slice(0, 4).join(' and ')} both steer CLOCK_REALTIME`, {
          level,
          option: 'phc2sysOpts',
          expected: '1',
          found: String(writers.length),
        });
      if (writers.length === 1) return pass(`phc2sys of ${writers[0] ?? ''}`);
      if (origin === 'File' || origin === 'Log')
        return skip('phc2sys needs no configuration file: it may run all the same');
      return fail('no profile steers CLOCK_REALTIME', {
        level: 'Warn',
        option: 'phc2sysOpts',
        expected: '1',
        found: '0',
      });
    }),
  },
  {
    ...SOURCE,
    id: 'os-clock-chronyd',
    title: 'chronyd does not steer the clock beside phc2sys',
    level: 'Error',
    remedy: 'Use the ntpfailover plugin, or remove chronydOpts.',
    check({ instance: { profile, plugins } }: ComplianceSubject): readonly Outcome[] {
      if ((profile?.chronydOpts ?? '') === '') return skip('the profile runs no chronyd');
      return plugins.includes('ntpfailover')
        ? pass('chronyd is held by ntpfailover')
        : fail('chronyd runs without the ntpfailover plugin', { option: 'chronydOpts' });
    },
  },
];

/** `ens1f0` and `ens1f3` are ports of one card as far as names tell. */
function cardOf(name: string): string {
  return name.replace(/np\d+$/, '').replace(/f\d+$/, '');
}

const TS2PHC_RULES: readonly ComplianceRule[] = [
  {
    ...SOURCE,
    id: 'ts2phc-domain',
    title: 'ts2phc asks ptp4l in the domain ptp4l runs in',
    level: 'Error',
    remedy: 'Set domainNumber in ts2phcConf to that of ptp4lConf.',
    check(subject: ComplianceSubject): readonly Outcome[] {
      const { ts2phc } = subject.instance;
      if (ts2phc === undefined) return skip('the profile runs no ts2phc');
      return ts2phc.number('-a') === 1
        ? domainOutcome(subject, 'ts2phc', ts2phc)
        : skip('ts2phc does not ask ptp4l');
    },
  },
  {
    ...SOURCE,
    id: 'ts2phc-leapfile',
    title: 'ts2phc has a leap second list',
    level: 'Error',
    remedy: 'Set leapfile in ts2phcConf to a current leap-seconds.list.',
    check({ instance: { ts2phc, profile } }: ComplianceSubject): readonly Outcome[] {
      if (ts2phc === undefined || !hasGnssSource(ts2phc)) return skip('ts2phc reads no GNSS time');
      if (profile !== undefined) return pass('the daemon gives ts2phc its own list');
      return ts2phc.get('leapfile') === undefined
        ? fail('no leapfile is given', { level: 'Warn', option: 'leapfile' })
        : pass('there is a list');
    },
  },
];

/** Follows controllingProfile from one profile to the next; the chain must end, in a known profile. */
function brokenChain(
  start: string,
  first: string,
  instances: readonly ExpectedInstance[],
): { message: string; isCircle: boolean } | undefined {
  const seen = new Set([start]);
  let next: string | undefined = first;
  while (next !== undefined) {
    const name: string = next;
    if (seen.has(name))
      return { message: `controllingProfile goes round in a circle at ${name}`, isCircle: true };
    seen.add(name);
    const found: ExpectedInstance | undefined = instances.find((candidate) => candidate.name === name);
    if (found === undefined) return { message: `the node has no profile "${name}"`, isCircle: false };
    next = found.controllingProfile;
  }
  return undefined;
}

const RELATION_RULES: readonly ComplianceRule[] = [
  {
    ...SOURCE,
    id: 'interface-shared',
    title: 'no two profiles use one interface',
    level: 'Error',
    remedy: 'Give each NIC to one profile of the node.',
    check: onceForNode((instances, _expected, level) => {
      const users = new Map<string, string>();
      for (const { name, ptp4l } of instances) {
        for (const interfaceName of ptp4l?.interfaceNames ?? []) {
          const other = users.get(interfaceName);
          if (other !== undefined && other !== name)
            return fail(`${interfaceName} is used by ${other} and by ${name}`, {
              level,
              section: interfaceName,
            });
          users.set(interfaceName, name);
        }
      }
      return pass('each interface has one user');
    }),
  },
  {
    ...SOURCE,
    id: 'profile-controlling',
    title: 'controllingProfile names a profile of the node',
    level: 'Error',
    standard: 'linuxptp-daemon',
    remedy: 'Name the profile with the time receiver port, and recommend both to the same nodes.',
    check(subject: ComplianceSubject): readonly Outcome[] {
      const { instance, expected } = subject;
      const wanted = instance.controllingProfile;
      if (wanted === undefined) return skip('the profile is not controlled');
      const broken = brokenChain(instance.name, wanted, expected.instances);
      if (broken !== undefined)
        return fail(broken.message, {
          level: broken.isCircle ? 'Error' : relationLevel(subject),
          option: 'controllingProfile',
          found: wanted,
        });
      return pass(`controlled by ${wanted}`);
    },
  },
  {
    ...SOURCE,
    id: 'profile-ha-members',
    title: 'haProfiles names profiles of the node',
    level: 'Error',
    standard: 'linuxptp-daemon',
    remedy: 'Name the boundary clock profiles, and recommend all of them to the same nodes.',
    check(subject: ComplianceSubject): readonly Outcome[] {
      const {
        instance: { haProfiles },
        expected,
      } = subject;
      if (haProfiles === undefined) return skip('the profile is not of an HA pair');
      const missing = haProfiles.filter(
        (member) => !isPlaceholderName(member) && !expected.instances.some(({ name }) => name === member),
      );
      return missing.length === 0
        ? pass('all members are there')
        : fail(`the node has no profile ${missing.slice(0, 4).join(', ')}`, {
            level: relationLevel(subject),
            option: 'haProfiles',
            found: missing.slice(0, 4).join(','),
          });
    },
  },
];

export const CROSS_PROCESS_RULES: readonly ComplianceRule[] = [
  ...PHC2SYS_RULES,
  ...TS2PHC_RULES,
  ...RELATION_RULES,
];
