import type { Reason } from '../api/common.ts';
import type { ClockReport, InstanceReport, PtpHealthReportStatus } from '../api/report.ts';
import { FAULT_KINDS } from '../ptp/fault-kind.ts';
import type { CheckResult, HealthVerdict } from '../ptp/health.ts';
import type { ClockType, LockState } from '../ptp/states.ts';
import { MICROS_PER_SECOND, formatSeconds, type Micros } from '../ptp/time.ts';
import type { Expected } from '../assess/expected.ts';
import type { Finding } from '../assess/finding.ts';
import { compareFindings, compareText, severityRank, worstOf } from '../assess/severity.ts';
import type { NodeState, SourceState } from '../state/node-state.ts';
import { SOURCE_NAMES, type SourceName } from '../observe/observation.ts';
import { clockReports, type HealthOf } from './clocks.ts';
import { draftConditions, type ConditionTimes } from './conditions.ts';
import { episodeReport } from './episodes.ts';
import { hardwareReport } from './hardware.ts';
import { instanceReports } from './instances.ts';
import type { EpisodeDetail } from './snapshot.ts';
import { clean, compact, wholeCount } from './text.ts';

const MAX_REASONS = 8;
const MAX_CLOCKS = 24;
const MAX_INSTANCES = 8;
const MAX_EPISODES = 20;
/** Checks listed: what did not pass, then what did, up to here; what was skipped is only counted. */
const MAX_CHECKS = 24;
const HOUR_MICROS = 3_600 * MICROS_PER_SECOND;
const DAY_MICROS = 24 * HOUR_MICROS;

/** Everything known about a node at one moment, judged but not yet shaped. */
export interface NodeAssessment {
  state: NodeState;
  expected: Expected;
  health: HealthVerdict;
  findings: readonly Finding[];
  compliance: readonly Finding[];
  complianceRuleSet: { name: string; edition?: string };
  episodes: readonly EpisodeDetail[];
  conditionTimes: ConditionTimes;
  countStartMicros: Micros;
  totalCount: number;
  checkpoint: string;
  settled: boolean;
  now: Micros;
}

/** Shapes an assessment as the status of a PtpHealthReport: bounded, worst first, printable. */
export function nodeStatus(assessment: NodeAssessment): PtpHealthReportStatus {
  const { state, expected, findings, now, episodes } = assessment;
  const healthOf = healthBySubject(findings);
  const clocks = clockReports(state, expected, now, healthOf).sort(compareClocks);
  const instances = instanceReports(state, expected, now, healthOf);
  const bad = findings.filter((one) => one.severity !== 'Healthy').sort(compareFindings);
  const syncState = syncStateOf(state, clocks, instances);
  const freshness = freshnessOf(state, now);
  const compliance = complianceOf(assessment);
  const hardware = hardwareReport(state, expected);
  const worst = worstOffset(clocks);
  const grandmaster = instances.find((one) => one.grandmasterIdentity !== undefined);
  const active = episodes.filter((one) => one.endMicros === undefined);
  const lastDay = episodes.filter((one) => now - one.startMicros <= DAY_MICROS);
  return compact<PtpHealthReportStatus>({
    observedGeneration: undefined,
    nodeName: clean(state.node, 253),
    health: assessment.health,
    message: clean(messageOf(assessment.health, bad), 512),
    because: bad.slice(0, MAX_REASONS).map(reasonOf),
    lastEvaluationTime: formatSeconds(now),
    summary: compact<PtpHealthReportStatus['summary']>({
      role: roleOf(expected, instances),
      syncState,
      worstOffsetNanoseconds: worst,
      activeFaults: active.length,
      faultsLastHour: episodes.filter((one) => now - one.startMicros <= HOUR_MICROS).length,
      faultsLastDay: lastDay.length,
      compliance: compliance.result,
      freshness,
      profile: instances.length === 0 ? undefined : clean(instances.map((one) => one.name).join(','), 128),
      grandmasterIdentity: grandmaster?.grandmasterIdentity,
      clockClass: grandmaster?.clockClass,
    }),
    clocks: clocks.slice(0, MAX_CLOCKS),
    totalClocks: clocks.length,
    instances: instances.slice(0, MAX_INSTANCES),
    totalInstances: instances.length,
    faults: compact<PtpHealthReportStatus['faults']>({
      totalCount: wholeCount(assessment.totalCount),
      countStartTime: formatSeconds(assessment.countStartMicros),
      lastFaultTime: lastFaultTime(episodes),
      byKind: byKind(lastDay),
      recent: episodes.slice(0, MAX_EPISODES).map(episodeReport),
      truncatedEpisodes: Math.max(0, lastDay.length - MAX_EPISODES),
    }),
    compliance,
    hardware,
    sources: SOURCE_NAMES.flatMap((name) => sourceReport(name, state)),
    conditions: assessment.conditionTimes.stamp(
      draftConditions({
        syncState,
        freshness,
        compliance: compliance.result,
        findings,
        nodeReady: state.nodeLife?.ready,
        daemonRuns: state.pod === undefined ? undefined : state.pod.pod?.phase === 'Running',
        nics: hardware.nics,
        devicesKnown: state.devices?.devices !== undefined,
        settled: assessment.settled,
      }),
      now,
    ),
    checkpoint: assessment.checkpoint,
  });
}

function healthBySubject(findings: readonly Finding[]): HealthOf {
  const known = new Map<string, HealthVerdict[]>();
  for (const one of findings) {
    for (const subject of [one.subject, one.instance]) {
      if (subject === undefined) continue;
      const list = known.get(subject);
      if (list === undefined) known.set(subject, [one.severity]);
      else list.push(one.severity);
    }
  }
  return (subject) => worstOf(known.get(subject) ?? []);
}

function compareClocks(a: ClockReport, b: ClockReport): number {
  return severityRank(b.health) - severityRank(a.health) || compareText(a.name, b.name);
}

function reasonOf(one: Finding): Reason {
  return compact<Reason>({
    rule: clean(one.rule, 64),
    severity: one.severity,
    subject: clean(one.subject, 128),
    message: clean(one.message, 512),
    observed: one.observed === undefined ? undefined : clean(one.observed, 128),
    limit: one.limit === undefined ? undefined : clean(one.limit, 128),
    source: one.source,
    observedTime: one.observedMicros === undefined ? undefined : formatSeconds(one.observedMicros),
    remedy: one.remedy === undefined ? undefined : clean(one.remedy, 512),
    reference: one.reference === undefined ? undefined : clean(one.reference, 128),
  });
}

function messageOf(health: HealthVerdict, bad: readonly Finding[]): string {
  const first = bad[0];
  if (first === undefined)
    return health === 'Healthy' ? 'All clocks are synchronised.' : 'The node cannot be judged.';
  const more = bad.length > 1 ? ` And ${bad.length - 1} more.` : '';
  return `${first.subject}: ${first.message}${more}`;
}

const LOCK_ORDER: readonly LockState[] = ['FreeRun', 'Holdover', 'Acquiring', 'Unknown', 'Locked'];

/** The node's lock: the status lines of T-GM and T-BC first, else the worst clock of an instance that follows. */
export function syncStateOf(
  state: NodeState,
  clocks: readonly ClockReport[],
  instances: readonly InstanceReport[],
): LockState {
  const statusLines = [...state.syncStatus.values()].map((status) => status.state);
  if (statusLines.length > 0) return worstLock(statusLines);
  const servos = clocks
    .filter((clock) => clock.type === 'PHC' || clock.type === 'System')
    .map((clock) => clock.state);
  if (servos.length > 0) return worstLock(servos);
  const states = instances.flatMap((instance) => instance.ports.map((port) => port.state));
  if (states.includes('SLAVE')) return 'Locked';
  if (states.includes('UNCALIBRATED')) return 'Acquiring';
  if (instances.some((instance) => instance.clockType === 'GM' || instance.clockType === 'TGM')) {
    return states.some((one) => one === 'MASTER' || one === 'GRAND_MASTER') ? 'Locked' : 'Unknown';
  }
  return states.some((one) => one === 'LISTENING' || one === 'FAULTY') ? 'FreeRun' : 'Unknown';
}

function worstLock(states: readonly LockState[]): LockState {
  return LOCK_ORDER.find((one) => states.includes(one)) ?? 'Unknown';
}

function worstOffset(clocks: readonly ClockReport[]): number | undefined {
  const sizes = clocks.flatMap((clock) =>
    clock.offset?.maxAbsNanoseconds === undefined ? [] : [clock.offset.maxAbsNanoseconds],
  );
  return sizes.length === 0 ? undefined : Math.max(...sizes);
}

const ROLE_NAMES: Readonly<Record<ClockType, string>> = {
  TGM: 'T-GM',
  TBC: 'T-BC',
  TSC: 'T-TSC',
  GM: 'GM',
  BC: 'BC',
  OC: 'OC',
  Unknown: 'Unknown',
};
/** In a telecom profile every clock is a telecom clock. */
const TELECOM_TYPES: Readonly<Partial<Record<ClockType, ClockType>>> = { GM: 'TGM', BC: 'TBC', OC: 'TSC' };
const ROLE_ORDER: readonly ClockType[] = ['TGM', 'GM', 'TBC', 'BC', 'TSC', 'OC'];

function roleOf(expected: Expected, instances: readonly InstanceReport[]): string {
  const types = new Set(
    [...expected.instances, ...instances].map(({ clockType, ituProfile }) =>
      ituProfile?.startsWith('G.8275') === true ? (TELECOM_TYPES[clockType] ?? clockType) : clockType,
    ),
  );
  return ROLE_NAMES[ROLE_ORDER.find((one) => types.has(one)) ?? 'Unknown'];
}

function lastFaultTime(episodes: readonly EpisodeDetail[]): string | undefined {
  if (episodes.length === 0) return undefined;
  return formatSeconds(Math.max(...episodes.map((one) => one.startMicros)));
}

function byKind(episodes: readonly EpisodeDetail[]): PtpHealthReportStatus['faults']['byKind'] {
  return FAULT_KINDS.map((kind) => ({ kind, count: episodes.filter((one) => one.kind === kind).length }))
    .filter((one) => one.count > 0)
    .sort((a, b) => b.count - a.count);
}

const RESULT_ORDER: readonly CheckResult[] = ['Fail', 'Error', 'Warn', 'Unknown', 'Skip', 'Pass'];

function complianceOf({
  compliance,
  complianceRuleSet,
}: NodeAssessment): PtpHealthReportStatus['compliance'] {
  const ordered = [...compliance].sort(
    (a, b) =>
      RESULT_ORDER.indexOf(a.result) - RESULT_ORDER.indexOf(b.result) ||
      severityRank(b.severity) - severityRank(a.severity) ||
      compareText(a.rule, b.rule) ||
      compareText(a.subject, b.subject),
  );
  const listed = ordered.filter((one) => one.result !== 'Skip');
  const count = (...results: CheckResult[]): number =>
    ordered.filter((one) => results.includes(one.result)).length;
  return compact<PtpHealthReportStatus['compliance']>({
    ruleSet: clean(complianceRuleSet.name, 64),
    edition: complianceRuleSet.edition,
    result: ordered[0]?.result === 'Skip' && count('Pass') > 0 ? 'Pass' : (ordered[0]?.result ?? 'Skip'),
    passed: count('Pass'),
    failed: count('Fail', 'Warn', 'Error'),
    skipped: count('Skip', 'Unknown'),
    checks: listed.slice(0, MAX_CHECKS).map((one) =>
      compact({
        rule: clean(one.rule, 64),
        result: one.result,
        subject: clean(one.subject, 128),
        expected: one.expected === undefined ? undefined : clean(one.expected, 96),
        found: one.observed === undefined ? undefined : clean(one.observed, 96),
        message: clean(one.message, 160),
        reference: one.reference === undefined ? undefined : clean(one.reference, 128),
        remedy: one.remedy === undefined ? undefined : clean(one.remedy, 160),
      }),
    ),
    totalChecks: listed.length,
  });
}

/** Freshness of what the verdict needs: the log where it is followed, else any source. */
export function freshnessOf(state: NodeState, now: Micros): 'Fresh' | 'Stale' | 'Absent' {
  const logs = state.sources.get('Logs');
  if (logs !== undefined && logs.condition !== 'Absent') return logs.condition;
  if (logs === undefined && state.lastLogMicros !== undefined)
    return now - state.lastLogMicros > 5 * 60 * MICROS_PER_SECOND ? 'Stale' : 'Fresh';
  const metrics = state.sources.get('Metrics');
  return metrics?.condition ?? 'Absent';
}

function sourceMessage(
  name: SourceName,
  state: NodeState,
  known: SourceState | undefined,
): string | undefined {
  if (known !== undefined && known.condition !== 'Fresh') return clean(known.message, 256);
  const twice = name === 'Logs' ? (state.pod?.duplicatePods ?? 0) : 0;
  return twice === 0
    ? undefined
    : clean(`${twice} daemon pods claim this node; ${state.pod?.pod?.name ?? 'one'} is followed.`, 256);
}

function sourceReport(name: SourceName, state: NodeState): PtpHealthReportStatus['sources'] {
  const known: SourceState | undefined = state.sources.get(name);
  const seen = name === 'Logs' ? (state.lastLogMicros ?? known?.seenMicros) : known?.seenMicros;
  if (known === undefined && seen === undefined) return [];
  return [
    compact<PtpHealthReportStatus['sources'][number]>({
      name,
      state: known?.condition ?? 'Fresh',
      observedTime: seen === undefined ? undefined : `${formatSeconds(seen).slice(0, 17)}00Z`,
      message: sourceMessage(name, state, known),
    }),
  ];
}
