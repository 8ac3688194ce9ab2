import type { PtpHealthPolicySpec } from '../api/policy.ts';
import { ruleSetOf, type RuleSet } from '../assess/compliance/index.ts';
import { Detection } from '../assess/detect/detection.ts';
import type { DetectionContext } from '../assess/detect/detector.ts';
import { buildExpected } from '../assess/expected-model.ts';
import type { Expected } from '../assess/expected.ts';
import type { Finding } from '../assess/finding.ts';
import type { FleetView, Rule, RuleContext } from '../assess/rule.ts';
import { RULES } from '../assess/rules/index.ts';
import { FlapGuard, worstOf } from '../assess/severity.ts';
import type { DaemonLife, Observation, ObservationKind } from '../observe/observation.ts';
import { KNOWLEDGE } from '../ptp/knowledge.ts';
import type { HealthVerdict } from '../ptp/health.ts';
import type { Micros } from '../ptp/time.ts';
import { BandMemory, hashOf } from '../report/canonical.ts';
import { ConditionTimes } from '../report/conditions.ts';
import { episodeDetail } from '../report/episodes.ts';
import { nodeStatus } from '../report/node.ts';
import type { EpisodeDetail, NodeReport, Transition } from '../report/snapshot.ts';
import { clean } from '../report/text.ts';
import { isEmptyInstance, nameInstance, retireInstances } from '../state/instances.ts';
import { createNodeState, type NodeState } from '../state/node-state.ts';
import { fold } from '../state/reducers/index.ts';
import { readCheckpoint, writeCheckpoint } from '../state/checkpoint.ts';

/** The model of a node whose configuration nobody showed. */
const NOTHING_EXPECTED: Expected = { origin: 'None', instances: [], problems: [] };

/** Detectors look at the state this often, by the node's own time. */
const TICK_MICROS = 1_000_000;
/** Statistics in a report are renewed at least this often while nothing else changes. */
const REFRESH_MICROS = 10_000_000;
/** Compliance is checked anew at least this often. */
const COMPLIANCE_MICROS = 60_000_000;
/** Kinds that come every second while all is well: they alone do not make a report out of date. */
const STEADY_KINDS: ReadonlySet<ObservationKind> = new Set([
  'servoSample',
  'summarySample',
  'syncStatus',
  'dpll',
  'gnss',
  'nmea',
  'synce',
  'clockClass',
  'dataSet',
  'metricSample',
]);
/** Every process begins anew with these. */
const RESTARTS: ReadonlySet<DaemonLife['what']> = new Set(['ContainerStarted', 'ApplyingProfiles']);
/** Ended episodes handed on with every report. */
const MAX_EPISODES = 200;

/** One node's state, detectors and judgement. */
export class NodeEngine {
  readonly state: NodeState;
  readonly #detection = new Detection();
  readonly #conditionTimes = new ConditionTimes();
  readonly #complianceRules: readonly Rule[];
  readonly #fleet: FleetView;
  #policy: PtpHealthPolicySpec;
  #expected: Expected = NOTHING_EXPECTED;
  #expectedRevision = 0;
  #lastTickMicros: Micros;
  #episodeRevision = -1;
  #maintenanceUntil: Micros | undefined;
  #lastHealth: HealthVerdict | undefined;
  #settled = false;
  #raised: ReadonlySet<string> = new Set();
  #compliance:
    | {
        revision: number;
        devices: NodeState['devices'];
        policy: PtpHealthPolicySpec;
        checkedMicros: Micros;
        findings: readonly Finding[];
      }
    | undefined;
  /** Until when restored episodes wait to be seen again; infinite when that is over. */
  #restoredUntil: Micros | undefined;
  readonly #guard = new FlapGuard();
  readonly #bands = new BandMemory();
  #evaluatedMicros: Micros | undefined;
  readonly #refreshPhaseMicros: Micros;
  /** Something other than a high-rate sample came since the last report. */
  #changed = true;

  constructor(
    name: string,
    atMicros: Micros,
    policy: PtpHealthPolicySpec,
    complianceRules: readonly Rule[],
    fleet: FleetView,
  ) {
    this.state = createNodeState(name, atMicros);
    this.#lastTickMicros = atMicros;
    this.#refreshPhaseMicros = Number.parseInt(hashOf(name).slice(0, 8), 16) % REFRESH_MICROS;
    this.#policy = policy;
    this.#complianceRules = complianceRules;
    this.#fleet = fleet;
  }

  get expected(): Expected {
    if (this.#expectedRevision !== this.state.configRevision) this.#remakeExpected();
    return this.#expected;
  }

  /** Folds one fact in; true when it may change the verdict. */
  ingest(observation: Observation): boolean {
    const { state } = this;
    const { atMicros } = observation;
    if (atMicros - this.#lastTickMicros >= TICK_MICROS) this.#tick(atMicros, false);
    else if (atMicros < this.#lastTickMicros) this.#lastTickMicros = Math.min(this.#lastTickMicros, atMicros);
    fold(state, observation);
    if (observation.kind === 'daemonLife' && RESTARTS.has(observation.what)) this.#detection.restart();
    if (this.#detection.listensTo(observation.kind))
      this.#detection.observe(this.#context(false), observation);
    this.#changed ||= !STEADY_KINDS.has(observation.kind);
    return state.episodes.revision !== this.#episodeRevision;
  }

  /** Did something other than high-rate samples come since the last report? */
  get hasChanged(): boolean {
    return this.#changed;
  }

  /**
   * Looks at what only time tells and says whether the report is out of date: something changed,
   * or its numbers are old.
   */
  isDue(now: Micros, final: boolean): boolean {
    if (final || this.#changed || now - this.#lastTickMicros >= TICK_MICROS)
      this.#tick(Math.max(now, this.#lastTickMicros), final);
    if (this.#changed || final || this.state.episodes.revision !== this.#episodeRevision) return true;
    return this.#evaluatedMicros === undefined || this.#turnAt(now) !== this.#turnAt(this.#evaluatedMicros);
  }

  /** Each node has its own place in the interval: a thousand reports are not renewed in one go. */
  #turnAt(micros: Micros): number {
    return Math.floor((micros + this.#refreshPhaseMicros) / REFRESH_MICROS);
  }

  evaluate(now: Micros): NodeReport {
    const { state } = this;
    const raised = this.#raised;
    const context: RuleContext = {
      state,
      expected: this.expected,
      policy: this.#policy,
      now,
      fleet: this.#fleet,
      wasRaised: (rule, subject) => raised.has(`${rule} ${subject}`),
    };
    const findings = runRules(RULES, context);
    const compliance = this.#complianceFindings(context);
    const all = [...findings, ...compliance.filter((one) => one.severity !== 'Healthy')];
    this.#raised = new Set(
      findings.filter((one) => one.severity !== 'Healthy').map((one) => `${one.rule} ${one.subject}`),
    );
    const health = this.#guard.judge(worstOf(all.map((one) => one.severity)), now);
    const episodes = this.#episodes(now);
    const transitions = this.#transitions(health, now);
    this.#settled ||= this.#isSettled();
    const status = nodeStatus({
      state,
      expected: this.expected,
      health,
      findings: all,
      compliance,
      complianceRuleSet: this.#ruleSet(),
      episodes,
      conditionTimes: this.#conditionTimes,
      countStartMicros: state.restored?.sinceMicros ?? state.firstMicros,
      totalCount: state.episodes.totalCount,
      checkpoint: writeCheckpoint(state),
      settled: this.#settled,
      now,
    });
    this.#changed = false;
    this.#evaluatedMicros = now;
    this.#episodeRevision = state.episodes.revision;
    return {
      nodeName: state.node,
      ...(state.nodeLife !== undefined && { nodeUid: state.nodeLife.uid }),
      status,
      hash: hashOf(status, this.#bands),
      verdictHash: hashOf({
        health,
        active: episodes
          .filter((one) => one.endMicros === undefined)
          .map((one) => `${one.kind} ${one.subject}`),
        conditions: status.conditions.map((one) => `${one.type} ${one.status} ${one.reason}`),
      }),
      evaluatedMicros: now,
      findings: all,
      episodes,
      transitions,
      counters: {
        episodesTotal: { ...state.episodes.totals },
        linesTotal: state.lines.total,
        unrecognisedLinesTotal: state.lines.unrecognised,
        portTransitionsTotal: state.portTransitionsTotal,
      },
      settled: this.#settled,
    };
  }

  setPolicy(policy: PtpHealthPolicySpec): void {
    this.#policy = policy;
    this.#changed = true;
  }

  setMaintenance(untilMicros: Micros | undefined): void {
    this.#maintenanceUntil = untilMicros;
    this.#changed = true;
  }

  restore(checkpoint: string): void {
    readCheckpoint(this.state, checkpoint);
    this.state.episodes.takeChanges();
    this.#changed = true;
  }

  setLineCounts(counts: { total: number; recognised: number; unrecognised: number }): void {
    this.state.lines = counts;
  }

  /** Identities of this node's own clocks, as its log names them. */
  *clockIdentities(): Iterable<string> {
    for (const instance of this.state.instances.values()) {
      if (instance.clockIdentity !== undefined) yield instance.clockIdentity;
    }
  }

  /** Configuration changes seldom: it is checked when it does, and once a minute for what behaves otherwise. */
  #complianceFindings(context: RuleContext): readonly Finding[] {
    const { state, now } = context;
    const isKnown =
      this.#compliance !== undefined &&
      this.#compliance.revision === state.configRevision &&
      this.#compliance.devices === state.devices &&
      this.#compliance.policy === context.policy &&
      Math.abs(now - this.#compliance.checkedMicros) < COMPLIANCE_MICROS;
    if (!isKnown) {
      this.#compliance = {
        revision: state.configRevision,
        devices: state.devices,
        policy: context.policy,
        checkedMicros: now,
        findings: runRules(this.#complianceRules, context),
      };
    }
    return this.#compliance?.findings ?? [];
  }

  /** The rule set of the first instance that has one: the others share it or have none. */
  #ruleSet(): RuleSet {
    const sets = this.expected.instances.map((one) => ruleSetOf(one, this.#policy.ituProfile));
    return sets.find((one) => one.name !== 'None') ?? { name: 'None' };
  }

  #context(final: boolean): DetectionContext {
    return { state: this.state, expected: this.expected, policy: this.#policy, fleet: this.#fleet, final };
  }

  #tick(now: Micros, final: boolean): void {
    this.#lastTickMicros = now;
    this.#endUnseen(now);
    this.#detection.tick(this.#context(final), now);
  }

  /** What went on before the operator's restart is believed until detectors had time to see it again. */
  #endUnseen(now: Micros): void {
    if (this.state.restored === undefined || this.#restoredUntil === Number.POSITIVE_INFINITY) return;
    this.#restoredUntil ??= now + (this.#policy.gracePeriodSeconds + 30) * TICK_MICROS;
    if (now < this.#restoredUntil) return;
    this.state.episodes.endUnseen(now);
    this.#restoredUntil = Number.POSITIVE_INFINITY;
  }

  #remakeExpected(): void {
    const { state } = this;
    this.#expectedRevision = state.configRevision;
    this.#expected = buildExpected({
      assigned: [...state.profiles.values()],
      files: [...state.configFiles.values()],
      applied: [...state.configApplied.values()],
      ...(state.linuxptpVersion !== undefined && { linuxptpVersion: state.linuxptpVersion }),
    });
    for (const instance of this.#expected.instances)
      nameInstance(this.state, instance.configName, instance.name);
    this.#retireUnexpected();
  }

  /** Profiles that are gone take their instances with them; what files and logs do not name may still run. */
  #retireUnexpected(): void {
    const { origin, instances } = this.#expected;
    const names = new Set(instances.map((one) => one.name));
    if (names.size === 0) return;
    const isWholeList = origin === 'Applied' || origin === 'Desired' || origin === 'Matched';
    retireInstances(
      this.state,
      (one) => names.has(one.key) || (!isWholeList && !isEmptyInstance(one)),
      this.state.nowMicros,
    );
  }

  /** Live: every source has spoken or was found absent. Offline nobody announces sources. */
  #isSettled(): boolean {
    if (this.state.sources.size === 0) return this.state.lastLogMicros !== undefined;
    return this.state.sources.has('Logs') && this.state.sources.has('Config');
  }

  #episodes(now: Micros): EpisodeDetail[] {
    const active = [...this.state.episodes.active].reverse();
    const ended = [...this.state.episodes.ended].reverse().slice(0, MAX_EPISODES);
    return [...active, ...ended].map((episode) => episodeDetail(episode, now));
  }

  #transitions(health: HealthVerdict, now: Micros): Transition[] {
    const silenced = this.#maintenanceUntil !== undefined && now < this.#maintenanceUntil;
    const changes = this.state.episodes.takeChanges();
    const list: Transition[] = changes
      .filter((change) => change.episode.silenced !== true)
      .map(({ what, episode, atMicros }) => ({
        nodeName: this.state.node,
        type: what === 'Begun' ? 'Warning' : 'Normal',
        reason: what === 'Begun' ? episode.kind : `${episode.kind}Ended`,
        subject: clean(episode.subject, 128),
        message: clean(
          `${KNOWLEDGE[episode.kind].title} on ${episode.subject}${what === 'Begun' ? '' : ' ended'}.`,
          512,
        ),
        atMicros,
      }));
    if (this.#lastHealth !== undefined && this.#lastHealth !== health) {
      list.push({
        nodeName: this.state.node,
        type: health === 'Healthy' ? 'Normal' : 'Warning',
        reason: `Health${health}`,
        subject: this.state.node,
        message: `Health changed from ${this.#lastHealth} to ${health}.`,
        atMicros: now,
      });
    }
    this.#lastHealth = health;
    return silenced ? [] : list;
  }
}

function runRules(rules: readonly Rule[], context: RuleContext): Finding[] {
  return rules.flatMap((rule) => (rule.applies?.(context) === false ? [] : rule.check(context)));
}
