import { NMEA_SECTION, UNICAST_SECTION } from '../../ptp/config/parse.ts';
import type { EffectiveConfig } from '../../ptp/config/effective.ts';
import type { ComplianceRule, ComplianceSubject, Confidence, Outcome } from './check.ts';
import { fail, pass, skip } from './check.ts';
import { equals, is, when, within } from './judgements.ts';
import { optionRule } from './option-rule.ts';
import type { OptionRow } from './option-rule.ts';

/** ITU-T G.8275.2: telecom profile with partial timing support, unicast over UDP. */
export const G8275_2_EDITION = '2022 with Amendments 1 and 2; revised 02/2026';

const SOURCE = { family: 'G.8275.2', standard: 'ITU-T G.8275.2', edition: G8275_2_EDITION } as const;

type Row = Omit<OptionRow, 'id' | 'family' | 'standard' | 'edition' | 'confidence' | 'title'> & {
  name: string;
  confidence?: Confidence;
};

function row({ name, confidence = 'Known', ...rest }: Row): OptionRow {
  return {
    id: `G8275.2-${name}`,
    title: `${rest.option} is ${rest.expected}`,
    ...SOURCE,
    confidence,
    ...rest,
  };
}

const ROWS: readonly OptionRow[] = [
  row({
    name: 'domain',
    option: 'domainNumber',
    level: 'Error',
    expected: '44 to 63',
    judge: within(44, 63),
    remedy: 'Set domainNumber to the domain of the network, 44 by default.',
  }),
  row({
    name: 'transport',
    option: 'network_transport',
    perPort: true,
    level: 'Error',
    expected: 'UDPv4 or UDPv6',
    judge: is('udpv4', 'udpv6'),
    remedy: 'Set network_transport UDPv4.',
  }),
  row({
    name: 'dataset-comparison',
    option: 'dataset_comparison',
    level: 'Error',
    expected: 'G.8275.x',
    judge: is('g.8275.x'),
    remedy: 'Set dataset_comparison G.8275.x.',
  }),
  row({
    name: 'announce-interval',
    option: 'logAnnounceInterval',
    perPort: true,
    level: 'Error',
    expected: '-3 to 0',
    judge: within(-3, 0),
    remedy: 'Set logAnnounceInterval between -3 and 0.',
  }),
  row({
    name: 'sync-interval',
    option: 'logSyncInterval',
    perPort: true,
    level: 'Error',
    expected: '-7 to 0',
    judge: within(-7, 0),
    remedy: 'Set logSyncInterval between -7 and 0.',
  }),
  row({
    name: 'delay-request-interval',
    option: 'logMinDelayReqInterval',
    perPort: true,
    level: 'Error',
    expected: '-7 to 0',
    judge: within(-7, 0),
    remedy: 'Set logMinDelayReqInterval between -7 and 0.',
  }),
  row({
    name: 'delay-mechanism',
    option: 'delay_mechanism',
    perPort: true,
    level: 'Error',
    expected: 'E2E',
    judge: is('e2e'),
    remedy: 'Set delay_mechanism E2E.',
  }),
  row({
    name: 'time-stamping',
    option: 'time_stamping',
    level: 'Critical',
    expected: 'hardware or onestep',
    judge: is('hardware', 'onestep'),
    remedy: 'Set time_stamping hardware.',
  }),
  row({
    name: 'transport-specific',
    option: 'transportSpecific',
    perPort: true,
    level: 'Error',
    expected: '0',
    judge: equals(0),
    remedy: 'Set transportSpecific 0x0.',
  }),
  row({
    name: 'hybrid-e2e',
    option: 'hybrid_e2e',
    perPort: true,
    level: 'Error',
    confidence: 'Verified',
    expected: '1',
    judge: equals(1),
    remedy: 'Set hybrid_e2e 1: delay requests go to the server alone.',
  }),
  row({
    name: 'inhibit-multicast',
    option: 'inhibit_multicast_service',
    perPort: true,
    level: 'Error',
    confidence: 'Verified',
    expected: '1',
    judge: equals(1),
    remedy: 'Set inhibit_multicast_service 1: the profile is unicast only.',
  }),
  row({
    name: 'unicast-listen',
    option: 'unicast_listen',
    perPort: true,
    level: 'Error',
    confidence: 'Verified',
    expected: '1 on ports that serve',
    judge: ({ number, instance, interfaceName }) =>
      when(number === 1 || roleOf(instance.ports, interfaceName) !== 'TimeTransmitter'),
    remedy: 'Set unicast_listen 1 on the ports that serve.',
  }),
  row({
    name: 'unicast-table',
    option: 'unicast_master_table',
    perPort: true,
    level: 'Error',
    confidence: 'Verified',
    expected: 'the number of a table on ports that follow',
    judge: ({ number, instance, interfaceName }) =>
      when((number ?? 0) > 0 || roleOf(instance.ports, interfaceName) !== 'TimeReceiver'),
    remedy: 'Add a [unicast_master_table] section and name its table_id in the port section.',
  }),
  row({
    name: 'grant-duration',
    option: 'unicast_req_duration',
    perPort: true,
    level: 'Warn',
    confidence: 'Assumed',
    expected: '60 to 1000 s',
    judge: within(60, 1000),
    remedy: 'Set unicast_req_duration 300.',
  }),
  row({
    name: 'announce-timeout',
    option: 'announceReceiptTimeout',
    perPort: true,
    level: 'Warn',
    confidence: 'Assumed',
    expected: '2 or 3',
    judge: equals(2, 3),
    remedy: 'Set announceReceiptTimeout 2.',
  }),
  row({
    name: 'dscp-event',
    option: 'dscp_event',
    level: 'Warn',
    expected: '46',
    judge: equals(46),
    remedy: 'Set dscp_event 46, so that routers forward event messages first.',
  }),
];

function roleOf(
  ports: ComplianceSubject['instance']['ports'],
  interfaceName: string | undefined,
): string | undefined {
  return ports.find((port) => port.interfaceName === interfaceName)?.role;
}

interface UnicastTable {
  id: number | undefined;
  servers: readonly { transport: string; line: number }[];
  line: number;
}

/** Tables as ptp4l sees them. A merged section that names two tables is two tables. */
function unicastTables(ptp4l: EffectiveConfig): readonly UnicastTable[] {
  const tables: { id: number | undefined; servers: { transport: string; line: number }[]; line: number }[] =
    [];
  for (const section of ptp4l.sections) {
    if (section.name !== UNICAST_SECTION) continue;
    for (const { option, value, line } of section.settings) {
      const word = option.toLowerCase();
      if (word === 'table_id') tables.push({ id: Number(value), servers: [], line });
      else if (['l2', 'udpv4', 'udpv6'].includes(word))
        tables.at(-1)?.servers.push({ transport: word, line });
    }
  }
  return tables;
}

function referencedTables(
  ptp4l: EffectiveConfig,
): readonly { id: number; interfaceName: string | undefined }[] {
  const names = ptp4l.interfaceNames.filter((name) => name !== NMEA_SECTION);
  return (names.length === 0 ? [undefined] : names).flatMap((interfaceName) => {
    const id = ptp4l.number('unicast_master_table', interfaceName) ?? 0;
    return id > 0 ? [{ id, interfaceName }] : [];
  });
}

const TABLE_RULE: Omit<ComplianceRule, 'id' | 'title' | 'level' | 'remedy' | 'check'> = {
  ...SOURCE,
  confidence: 'Verified',
};

const TABLE_RULES: readonly ComplianceRule[] = [
  {
    ...TABLE_RULE,
    id: 'G8275.2-table-present',
    title: 'every unicast table a port names exists',
    level: 'Error',
    remedy: 'Add the [unicast_master_table] section with this table_id.',
    check({ instance: { ptp4l } }: ComplianceSubject): readonly Outcome[] {
      if (ptp4l === undefined) return skip('the profile runs no ptp4l');
      const ids = new Set(unicastTables(ptp4l).map(({ id }) => id));
      const missing = referencedTables(ptp4l).find(({ id }) => !ids.has(id));
      if (missing === undefined) return pass('every table named exists');
      return fail(`unicast_master_table ${missing.id} is named and there is no such table`, {
        option: 'unicast_master_table',
        found: String(missing.id),
        ...(missing.interfaceName === undefined ? {} : { section: missing.interfaceName }),
      });
    },
  },
  {
    ...TABLE_RULE,
    id: 'G8275.2-table-transport',
    title: 'servers have addresses of the transport in use',
    level: 'Error',
    remedy: 'Give the servers addresses of the family network_transport names.',
    check({ instance: { ptp4l } }: ComplianceSubject): readonly Outcome[] {
      if (ptp4l === undefined) return skip('the profile runs no ptp4l');
      for (const { id, interfaceName } of referencedTables(ptp4l)) {
        const transport = ptp4l.get('network_transport', interfaceName)?.value.toLowerCase();
        const table = unicastTables(ptp4l).find((candidate) => candidate.id === id);
        const wrong = table?.servers.find((server) => server.transport !== transport);
        if (wrong !== undefined) {
          return fail(
            `a server of table ${id} is given by ${wrong.transport}, the transport is ${transport ?? 'unknown'}`,
            { line: wrong.line, section: UNICAST_SECTION, found: wrong.transport },
          );
        }
      }
      return pass('servers and transport agree');
    },
  },
  {
    ...TABLE_RULE,
    id: 'G8275.2-table-servers',
    title: 'at least two servers for resilience',
    level: 'Warn',
    confidence: 'Known',
    remedy: 'Add a second server to the table.',
    check({ instance: { ptp4l } }: ComplianceSubject): readonly Outcome[] {
      if (ptp4l === undefined) return skip('the profile runs no ptp4l');
      const lone = unicastTables(ptp4l).find(({ servers }) => servers.length < 2);
      return lone === undefined
        ? pass('two servers or more')
        : fail(`table ${lone.id ?? '?'} has ${lone.servers.length} server`, {
            section: UNICAST_SECTION,
            line: lone.line,
            expected: '2 or more',
            found: String(lone.servers.length),
          });
    },
  },
];

export const G8275_2_RULES: readonly ComplianceRule[] = [...ROWS.map(optionRule), ...TABLE_RULES];
