import { DEFAULT_POLICY, type PtpHealthPolicySpec } from '../api/policy.ts';
import type { IncidentReport, PtpFleetReportStatus } from '../api/fleet.ts';
import { complianceRules } from '../assess/compliance/index.ts';
import { findIncidents } from '../assess/incidents.ts';
import type { Observation } from '../observe/observation.ts';
import type { FleetView, Rule } from '../assess/rule.ts';
import { fleetStatus } from '../report/fleet.ts';
import { incidentReport } from '../report/incidents.ts';
import { hashOf } from '../report/canonical.ts';
import type { FleetSnapshot, NodeReport } from '../report/snapshot.ts';
import type { Micros } from '../ptp/time.ts';
import { ClockDirectory } from './clock-directory.ts';
import type { Engine } from './contract.ts';
import { NodeEngine } from './node-engine.ts';

export interface EngineOptions {
  /** Checks of the configuration against the ITU-T profiles; the product's own when left out. */
  complianceRules?: readonly Rule[];
}

/**
 * Joins the stages. It keeps one NodeEngine per node and evaluates only nodes that changed or
 * whose time-based rules are due; the same facts in the same order give the same snapshot.
 */
export function createEngine(options: EngineOptions = {}): Engine {
  const nodes = new Map<string, NodeEngine>();
  const reports = new Map<string, NodeReport>();
  /** Also of nodes that have not spoken yet. */
  const policies = new Map<string, PtpHealthPolicySpec>();
  let sequence = 0;
  /** Nodes of which no more facts will come, and whether their last judgement has been made. */
  const ended = new Map<string, { judged: boolean }>();

  const clocks = new ClockDirectory(nodes);
  const fleet = fleetView(nodes, clocks);
  const incidentsOf = incidentFinder(nodes);

  function nodeFor(name: string, atMicros: Micros): NodeEngine {
    let node = nodes.get(name);
    if (node === undefined) {
      node = new NodeEngine(
        name,
        atMicros,
        DEFAULT_POLICY,
        options.complianceRules ?? complianceRules,
        fleet,
      );
      const policy = policies.get(name);
      if (policy !== undefined) node.setPolicy(policy);
      nodes.set(name, node);
    }
    return node;
  }

  return {
    ingest(observation: Observation): boolean {
      const mayChangeVerdict = nodeFor(observation.node, observation.atMicros).ingest(observation);
      // The only fact that tells a node's own identity.
      if (observation.kind === 'bestMaster') clocks.forget();
      return mayChangeVerdict;
    },
    evaluate(now: Micros): FleetSnapshot {
      for (const [name, node] of nodes) {
        const known = reports.get(name);
        const end = ended.get(name);
        const isLast = end?.judged === false;
        if (end !== undefined) end.judged = true;
        const isDue = end === undefined || isLast ? node.isDue(now, isLast) : node.hasChanged;
        if (isDue || known === undefined) reports.set(name, node.evaluate(now));
        else if (known.transitions.length > 0) reports.set(name, { ...known, transitions: [] });
      }
      const identities = clocks.owners;
      const ordered = new Map([...reports].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
      const status = fleetStatus(ordered, incidentsOf(identities, now), identities, now);
      sequence += 1;
      return snapshotOf(sequence, now, ordered, status);
    },
    endOfInput(name?: string): void {
      for (const node of name === undefined ? nodes.keys() : [name]) ended.set(node, { judged: false });
    },
    removeNode(name: string): void {
      nodes.delete(name);
      reports.delete(name);
      ended.delete(name);
      policies.delete(name);
      clocks.forget();
    },
    setPolicy(name: string, policy: PtpHealthPolicySpec): void {
      policies.set(name, policy);
      nodes.get(name)?.setPolicy(policy);
    },
    setMaintenance(name: string, untilMicros: Micros | undefined): void {
      nodes.get(name)?.setMaintenance(untilMicros);
    },
    restore(name: string, checkpoint: string): void {
      nodeFor(name, 0).restore(checkpoint);
    },
    setLineCounts(name, counts): void {
      nodes.get(name)?.setLineCounts(counts);
    },
    stateOf: (name) => nodes.get(name)?.state,
    get nodeNames() {
      return [...nodes.keys()].sort();
    },
  };
}

function snapshotOf(
  sequence: number,
  takenMicros: Micros,
  nodes: ReadonlyMap<string, NodeReport>,
  fleet: PtpFleetReportStatus,
): FleetSnapshot {
  const { health, verdicts, incidents } = fleet;
  return {
    sequence,
    takenMicros,
    nodes,
    fleet,
    fleetHash: hashOf(fleet),
    fleetVerdictHash: hashOf({ health, verdicts, incidents }),
  };
}

/** What one node may know about the others. */
function fleetView(nodes: ReadonlyMap<string, NodeEngine>, clocks: ClockDirectory): FleetView {
  return {
    nodeOfClock: (clockIdentity) => clocks.owners.get(clockIdentity),
    stateOf: (name) => nodes.get(name)?.state,
    expectedOf: (name) => nodes.get(name)?.expected,
    get nodeNames() {
      return [...nodes.keys()].sort();
    },
  };
}

/** Finds incidents anew only when some node's episodes have changed. */
function incidentFinder(
  nodes: ReadonlyMap<string, NodeEngine>,
): (identities: ReadonlyMap<string, string>, now: Micros) => readonly IncidentReport[] {
  let revision = '';
  let incidents: readonly IncidentReport[] = [];
  return (identities, now) => {
    const newest = [...nodes].map(([name, node]) => `${name} ${node.state.episodes.revision}`).join(',');
    if (newest === revision) return incidents;
    revision = newest;
    const states = new Map(
      [...nodes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, node]) => [name, node.state]),
    );
    incidents = findIncidents(states, (identity) => identities.get(identity), now).map(incidentReport);
    return incidents;
  };
}
